//go:build unix

package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// weighing is a store that counts what is written to it.
type weighing struct {
	state.Store
	bytes, writes int
}

func (c *weighing) Add(ctx context.Context, key string, value []byte) error {
	c.bytes += len(value)
	c.writes++
	return c.Store.Add(ctx, key, value)
}

func (c *weighing) Set(ctx context.Context, key string, value []byte) error {
	c.bytes += len(value)
	c.writes++
	return c.Store.Set(ctx, key, value)
}

// labelled returns documents of eight numbers, a class that depends on them in no straight
// line and a number that does.
func labelled(n int, seed uint64) [][]byte {
	r := rand.New(rand.NewPCG(seed, 8))
	docs := make([][]byte, n)
	var x [8]float64
	for i := range docs {
		doc := []byte{'{'}
		for k := range x {
			x[k] = r.NormFloat64()
			doc = fmt.Appendf(doc, `"s%d":%.4f,`, k, x[k])
		}
		class := "white"
		if (x[0] > 0) != (x[1]+x[2] > 0) != (r.Float64() < 0.1) {
			class = "black"
		}
		docs[i] = fmt.Appendf(doc, `"class":"%s"}`, class)
	}
	return docs
}

// BenchmarkDurableBatch learns batches of 1,000 rows into projects that have learned 40,000, and
// prints what a batch writes, and how many times the bytes and processor time that is of a project
// without the part.
func BenchmarkDurableBatch(b *testing.B) {
	bytes, seconds := 0.0, 0.0 // of the plain project
	for _, c := range []struct {
		name        string
		models      []model.Definition
		composition project.Composition
	}{
		{name: "plain"},
		{name: "forest", models: []model.Definition{{Name: "f", Type: "forest", Target: "class"}}},
		{name: "number forest", models: []model.Definition{{Name: "f", Type: "forest", Target: "s7"}}},
		{name: "half_space_trees", models: []model.Definition{{Name: "h", Type: "half_space_trees"}}},
		{name: "adaptive", models: []model.Definition{{Name: "a", Type: "adaptive", Target: "class"}}},
		{name: "60 tiles", composition: project.Composition{}.With(project.Window{Rows: 60_000, Tiles: 60, Beside: true})},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := settings(true)
			s.Learn.Models = append(s.Learn.Models, c.models...)
			s.Learn.Composition = c.composition
			store := &weighing{Store: state.NewMemory()}
			h, err := live.NewTable().Open(new(live.Scope), s, store, "root", &silent{})
			if err != nil {
				b.Fatal(err)
			}
			docs := labelled(8000, 1)
			offset := 0
			learn := func(n int) {
				for range n {
					part := make([]live.Message, benchBatch)
					for i := range part {
						part[i] = live.Message{Data: docs[(offset+i)%len(docs)], Shard: "t/0", Offset: int64(offset + i), HasOffset: true}
					}
					offset += benchBatch
					if err := h.Project().Learn(context.Background(), part); err != nil {
						b.Fatal(err)
					}
				}
			}
			learn(40)
			store.bytes, store.writes = 0, 0
			b.ResetTimer()
			begun := processorTime(b)
			learn(b.N)
			spent := processorTime(b) - begun
			b.StopTimer()
			each := float64(store.bytes) / float64(b.N)
			took := spent / float64(b.N)
			if c.name == "plain" {
				bytes, seconds = each, took
			}
			b.ReportMetric(1000*took, "cpu-ms/batch")
			b.ReportMetric(each, "B/batch")
			b.ReportMetric(each/bytes, "x-bytes")
			b.ReportMetric(took/seconds, "x-time")
			b.ReportMetric(float64(store.writes)/float64(b.N), "writes/batch")
			if err := h.Close(context.Background()); err != nil {
				b.Error(err)
			}
		})
	}
}

// processorTime returns the seconds that this process has computed.
func processorTime(tb testing.TB) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
