package schema

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// benchDocs returns n flat documents of random numbers: with 9 fields about
// 130 bytes each, with 100 about 1,650.
func benchDocs(n, fields int) [][]byte {
	rng := rand.New(rand.NewPCG(1, uint64(fields)))
	docs := make([][]byte, n)
	for i := range docs {
		var b strings.Builder
		for k := range fields {
			fmt.Fprintf(&b, `,"s%d":%.5f`, k+1, rng.NormFloat64()*100)
		}
		docs[i] = []byte("{" + b.String()[1:] + "}")
	}
	return docs
}

// shuttleDocs returns documents as of the nine sensors and the class of the
// shuttle data: integers.
func shuttleDocs(n int) [][]byte {
	rng := rand.New(rand.NewPCG(1, 2))
	docs := make([][]byte, n)
	for i := range docs {
		var b strings.Builder
		for k := range 9 {
			fmt.Fprintf(&b, `"s%d":%d,`, k+1, rng.IntN(200)-50)
		}
		fmt.Fprintf(&b, `"class":"c%d"`, rng.IntN(7))
		docs[i] = []byte("{" + b.String() + "}")
	}
	return docs
}

// benchReader returns a reader whose schema has everything in docs.
func benchReader(b *testing.B, docs [][]byte) (*Reader, *Schema) {
	b.Helper()
	r := NewReader(nil)
	var block Block
	for _, doc := range docs {
		if err := r.ReadJSON(doc, &block); err != nil {
			b.Fatal(err)
		}
	}
	s, _ := (&Schema{}).Grow(r.Growth(), Limits{})
	r.SetSchema(s)
	return r, s
}

func totalBytes(docs [][]byte) (n int64) {
	for _, d := range docs {
		n += int64(len(d))
	}
	return n / int64(len(docs))
}

func BenchmarkReadJSON(b *testing.B) {
	sets := []struct {
		name string
		docs [][]byte
	}{
		{"9 decimals", benchDocs(128, 9)},
		{"100 decimals", benchDocs(128, 100)},
		{"9 integers and a category", shuttleDocs(128)},
	}
	for _, set := range sets {
		b.Run(set.name, func(b *testing.B) {
			r, s := benchReader(b, set.docs)
			var block Block
			b.SetBytes(totalBytes(set.docs))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if i%128 == 0 {
					block.Reset(s)
				}
				if err := r.ReadJSON(set.docs[i%128], &block); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
		b.Run(set.name+", encoding/json", func(b *testing.B) {
			b.SetBytes(totalBytes(set.docs))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				var m map[string]any
				if err := json.Unmarshal(set.docs[i%128], &m); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}

func BenchmarkReadStructured(b *testing.B) {
	docs := benchDocs(128, 9)
	r, s := benchReader(b, docs)
	maps := make([]any, len(docs))
	for i := range docs {
		if err := json.Unmarshal(docs[i], &maps[i]); err != nil {
			b.Fatal(err)
		}
	}
	var block Block
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if i%128 == 0 {
			block.Reset(s)
		}
		if err := r.ReadStructured(maps[i%128], &block); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
