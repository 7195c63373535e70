package stats_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// withHistograms is conditionalOf with histograms of that many bins.
func withHistograms(t *testing.T, bins int, rows []conditionalRow) *stats.Conditional {
	t.Helper()
	c, err := stats.NewConditionalHistograms(bins)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := c.AddRow(r.code, r.values, r.weight); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// TestConditionalShape: extremes are those of the values, a histogram with room
// for all of them has the very median, whatever was merged and taken away.
func TestConditionalShape(t *testing.T) {
	rows, others := conditionalRows(7, 400), conditionalRows(8, 50)
	whole := withHistograms(t, 512, rows)
	merged := withHistograms(t, 512, rows[300:])
	for _, part := range []*stats.Conditional{withHistograms(t, 512, rows[:10]), withHistograms(t, 512, rows[10:300]), withHistograms(t, 512, others)} {
		if err := merged.Merge(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := merged.Subtract(withHistograms(t, 512, others)); err != nil {
		t.Fatal(err)
	}
	for code := range int32(whole.Codes()) {
		for j := range whole.Columns() {
			var values []float64
			for _, r := range rows {
				if x := r.values[j]; r.code == code && !math.IsNaN(x) {
					for range int(r.weight) {
						values = append(values, x)
					}
				}
			}
			slices.Sort(values)
			n := len(values)
			median := (values[(n-1)/2] + values[n/2]) / 2
			for what, c := range map[string]*stats.Conditional{"whole": whole, "merged": merged} {
				cell := c.Cell(code, j)
				if got := c.Histogram(code, j).Quantile(0.5); math.Abs(got-median) > 1e-12*math.Abs(median) && !slices.Contains(values[(n-1)/2:n/2+1], got) {
					t.Errorf("%s: median of column %d given %d is %v, want %v", what, j, code, got, median)
				}
				if what == "whole" && (cell.Min != values[0] || cell.Max != values[n-1]) {
					t.Errorf("column %d given %d lies from %v to %v, want %v to %v", j, code, cell.Min, cell.Max, values[0], values[n-1])
				}
				if cell.Min > values[0] || cell.Max < values[n-1] {
					t.Errorf("%s: column %d given %d lies from %v to %v, wider than its values", what, j, code, cell.Min, cell.Max)
				}
			}
		}
	}
	if err := merged.Subtract(whole); err != nil {
		t.Fatal(err)
	}
	if merged.Codes() != 0 {
		t.Errorf("%d codes are left of what is empty", merged.Codes())
	}
	if err := whole.Merge(conditionalOf(t, rows)); err == nil {
		t.Error("histograms and none were merged")
	}
}

// TestConditionalReadsVersion1: the bytes of version 1 are read, and the
// extremes are not known.
func TestConditionalReadsVersion1(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("testdata", "conditional_v1_mixed.bin"))
	if err != nil {
		t.Fatal(err)
	}
	r := wire.NewReader(file)
	c := stats.DecodeConditionalVersion(r, 1, 0)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if cell := c.Cell(1, 0); !(cell.Weight > 0) || !math.IsNaN(cell.Min) || !math.IsNaN(cell.Max) {
		t.Errorf("cell %+v", cell)
	}
}
