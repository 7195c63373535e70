package stats_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Rows are learned in blocks of benchBlock, a batch. There are several, so
// that histograms have more values than bins.
const (
	benchBlock  = 512
	benchBlocks = 8
)

// benchRows returns n rows of d normal numbers under their layout.
func benchRows(d, n int) (*stats.Layout, *stats.Rows) {
	rng := rand.New(rand.NewPCG(3, uint64(d)))
	layout, rows := &stats.Layout{}, &stats.Rows{N: n, Numeric: d}
	for j := range d {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", j)})
	}
	for range n * d {
		rows.Values = append(rows.Values, 100+rng.NormFloat64())
	}
	return layout, rows
}

func benchSummary(b *testing.B, d int, extendedUpTo int) (*stats.Summary, *stats.Layout, *stats.Rows) {
	b.Helper()
	s, err := stats.NewSummary(stats.SummaryOptions{ExtendedUpTo: extendedUpTo})
	if err != nil {
		b.Fatal(err)
	}
	layout, rows := benchRows(d, benchBlocks*benchBlock)
	for range 2 {
		if err := s.Learn(layout, rows); err != nil {
			b.Fatal(err)
		}
	}
	return s, layout, rows
}

// BenchmarkLearn adds rows with all statistics: moments to order 4, extremes,
// histograms and co-moments. The baseline of the same run is the plain rank-1
// update of means and co-moments alone, row by row (Welford); x-rank1 says how
// many times as fast the summary is, though it keeps more.
func BenchmarkLearn(b *testing.B) {
	for _, d := range []int{9, 30, 100} {
		perRow := 0.0
		b.Run(fmt.Sprintf("d=%d/rank1", d), func(b *testing.B) {
			_, rows := benchRows(d, benchBlocks*benchBlock)
			mean, c, delta, n := make([]float64, d), make([]float64, d*d), make([]float64, d), 0.0
			b.ResetTimer()
			for i := range b.N {
				n++
				x := rows.Row(i % rows.N)
				for j, v := range x {
					delta[j] = v - mean[j]
					mean[j] += delta[j] / n
				}
				for j, v := range x {
					e := v - mean[j]
					row := c[j*d:]
					for k := range j + 1 {
						row[k] += e * delta[k]
					}
				}
			}
			perRow = b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(1/perRow, "rows/s")
		})
		for _, precision := range []struct {
			name     string
			extended int
		}{{"double", -1}, {"extended", 1 << 30}} {
			b.Run(fmt.Sprintf("d=%d/%s", d, precision.name), func(b *testing.B) {
				s, layout, rows := benchSummary(b, d, precision.extended)
				b.ReportAllocs()
				b.ResetTimer()
				for n := 0; n < b.N; n += benchBlock {
					from := n % rows.N
					part := rows.Select(from, from+min(benchBlock, b.N-n))
					if err := s.Learn(layout, &part); err != nil {
						b.Fatal(err)
					}
				}
				mine := b.Elapsed().Seconds() / float64(b.N)
				b.ReportMetric(1/mine, "rows/s")
				if perRow > 0 {
					b.ReportMetric(perRow/mine, "x-rank1")
				}
			})
		}
	}
}

// BenchmarkMerge64 merges 64 shards of 100 attributes, histograms included.
func BenchmarkMerge64(b *testing.B) {
	var shards []*stats.Summary
	layout, rows := benchRows(100, 2048)
	for range 64 {
		s, err := stats.NewSummary(stats.SummaryOptions{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Learn(layout, rows); err != nil {
			b.Fatal(err)
		}
		shards = append(shards, s)
	}
	b.ResetTimer()
	for range b.N {
		whole, err := stats.NewSummary(stats.SummaryOptions{})
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range shards {
			if err := whole.Merge(s); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkBytes encodes and decodes a summary of 100 attributes.
func BenchmarkBytes(b *testing.B) {
	s, _, _ := benchSummary(b, 100, 0)
	w := wire.NewWriter(nil)
	s.Encode(w)
	b.Run("encode", func(b *testing.B) {
		for range b.N {
			s.Encode(wire.NewWriter(make([]byte, 0, len(w.Bytes()))))
		}
		b.ReportMetric(float64(len(w.Bytes())), "bytes")
	})
	b.Run("decode", func(b *testing.B) {
		for range b.N {
			if _, err := stats.DecodeSummary(wire.NewReader(w.Bytes())); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestSummarySize bounds the memory and the bytes of a summary of 100
// attributes. The goals for a project are 2.5 MB and 1.5 MB (design section 9);
// the first bound leaves room for what the runtime keeps meanwhile.
func TestSummarySize(t *testing.T) {
	const maxLive, maxStored = 4_000_000, 1_500_000
	layout, rows := benchRows(100, 16*benchBlock)
	before := liveBytes()
	s, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for from := 0; from < rows.N; from += benchBlock {
		part := rows.Select(from, from+benchBlock)
		if err := s.Learn(layout, &part); err != nil {
			t.Fatal(err)
		}
	}
	live := liveBytes() - before
	w := wire.NewWriter(nil)
	s.Encode(w)
	t.Logf("100 attributes: %d bytes live, %d stored", live, len(w.Bytes()))
	if live > maxLive {
		t.Errorf("%d bytes live, want at most %d", live, maxLive)
	}
	if len(w.Bytes()) > maxStored {
		t.Errorf("%d bytes stored, want at most %d", len(w.Bytes()), maxStored)
	}
	runtime.KeepAlive(rows)
}

// liveBytes returns the bytes of the heap that are in use.
func liveBytes() int {
	for range 2 {
		runtime.GC() // twice, as pools give up what they hold at the second
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
