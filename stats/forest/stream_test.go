package forest

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
)

type stream struct {
	x       [][]float64
	y       []int32
	classes int
}

func load(t testing.TB, path string) *stream {
	f, err := os.Open(path)
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	s := &stream{}
	ids := map[string]int32{}
	for _, r := range all[1:] {
		x := make([]float64, len(r)-1)
		for i := range x {
			x[i], _ = strconv.ParseFloat(r[i], 64)
		}
		l := r[len(r)-1]
		id, ok := ids[l]
		if !ok {
			id = int32(len(ids))
			ids[l] = id
		}
		s.x, s.y = append(s.x, x), append(s.y, id)
	}
	s.classes = len(ids)
	return s
}

type tree struct {
	f       *Frame
	g       *Grower
	c       *Counts
	w       *Weights
	touched []bool
}

func (t *tree) learn(s Sample, classes int, moves []Move) []Move {
	moves = t.g.Grow(s, classes, moves[:0])
	for len(t.touched) < t.f.Nodes() {
		t.touched = append(t.touched, true)
	}
	for _, m := range moves {
		if &m.Sample.Row[0] == &s.Row[0] {
			continue
		}
		t.c.Take(t.f, m.From, m.Sample.Class, m.Sample.Weight)
		t.c.Add(m.To, m.Sample.Class, m.Sample.Weight)
		t.touched[m.From] = true
	}
	l := t.f.Leaf(s.Row)
	t.c.Add(l, s.Class, s.Weight)
	t.touched[l] = true
	return moves
}

func TestStream(t *testing.T) {
	for _, name := range []string{"elec", "weather", "sea"} {
		s := load(t, "../../../shared/data/streams/"+name+".csv.gz")
		var trees []*tree
		for k := range 10 {
			f := NewFrame()
			trees = append(trees, &tree{f: f, g: NewGrower(f, Growth{SplitRows: 10, Candidates: 2 * len(s.x[0]), MaxNodes: 4096}, nil, uint64(k)), c: &Counts{}, w: &Weights{}})
		}
		right, loss := 0, 0.0
		const B = 50
		p := make([]float64, s.classes)
		classes := 0
		var moves []Move
		for from := 0; from < len(s.x); from += B {
			to := min(len(s.x), from+B)
			if from > 0 {
				for _, tr := range trees {
					tr.w.Read(tr.f, tr.c, .2, tr.touched)
					clear(tr.touched)
				}
				for i := from; i < to; i++ {
					clear(p)
					for _, tr := range trees {
						tr.w.Predict(tr.f, s.x[i], .1, p)
					}
					b := 0
					for k := range p {
						if p[k] > p[b] {
							b = k
						}
					}
					if int32(b) == s.y[i] {
						right++
					}
					loss -= math.Log(max(p[s.y[i]], 1e-4))
				}
			}
			for i := from; i < to; i++ {
				classes = max(classes, int(s.y[i])+1)
				for _, tr := range trees {
					moves = tr.learn(Sample{s.x[i], s.y[i], 1}, classes, moves)
				}
			}
		}
		n := 0
		for _, tr := range trees {
			n += tr.f.Nodes()
		}
		t.Logf("%s: accuracy %.4f, log loss %.4f, nodes %d", name, float64(right)/float64(len(s.x)), loss/float64(len(s.x)), n/10)
	}
}
