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

func TestStream(t *testing.T) {
	for _, name := range []string{"elec", "weather", "sea"} {
		s := load(t, "/work/shared/data/streams/"+name+".csv.gz")
		set := &Settings{Trees: 10, SplitRows: 10, MaxNodes: 4096, Stop: .2}
		type tree struct {
			f *Frame
			g *grower
			c *Counts
			w *Weights
		}
		var trees []*tree
		for k := range set.Trees {
			f := newFrame(uint64(k))
			trees = append(trees, &tree{f: f, g: newGrower(set, f), c: &Counts{}, w: &Weights{}})
		}
		right, loss := 0, 0.0
		const B = 50
		p, q := make([]float64, s.classes), make([]float64, s.classes)
		for from := 0; from < len(s.x); from += B {
			to := min(len(s.x), from+B)
			if from > 0 {
				for _, tr := range trees {
					tr.w.Update(tr.f, tr.c, set.Stop, tr.c.touched)
					clear(tr.c.touched)
				}
				for i := from; i < to; i++ {
					clear(p)
					for _, tr := range trees {
						Predict(tr.f, tr.c, tr.w, s.x[i], q)
						for k := range p {
							p[k] += q[k] / float64(set.Trees)
						}
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
				for _, tr := range trees {
					leaf := tr.c.Add(tr.f, s.x[i], s.y[i], 1)
					tr.g.add(tr.c, leaf, sample{s.x[i], s.y[i], 1})
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
