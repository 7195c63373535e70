package main

import (
	"fmt"
	"strconv"
	"strings"
)

// table renders all goals as a Markdown table.
func table(goals []goal, m measurements) string {
	var b strings.Builder
	b.WriteString("| what | goal | measured | ratio to the baseline | met |\n|---|---|---|---|---|\n")
	for i := range goals {
		b.WriteString(goals[i].row(m))
	}
	return b.String()
}

// row renders one goal; what was not measured is said to be so.
func (g *goal) row(m measurements) string {
	want := ""
	if g.want != 0 {
		want = "at least " + format(g.want, g.unit)
		if g.atMost {
			want = "at most " + format(g.want, g.unit)
		}
		if g.noAllocation {
			want += ", no allocation"
		}
	}
	got, ok := g.measure(m)
	if !ok {
		return fmt.Sprintf("| %s | %s | not measured | | |\n", g.what, want)
	}
	measured, met := format(got, g.unit), ""
	allocations, known := m.median(g.benchmark, "allocs/op")
	if g.noAllocation && known && allocations > 0 {
		measured += fmt.Sprintf(", %g allocations", allocations)
	}
	if g.want != 0 {
		met = "**no**"
		if g.holds(got) && !(g.noAllocation && (!known || allocations > 0)) {
			met = "yes"
		}
	}
	ratio := ""
	if r, ok := m.median(g.benchmark, g.ratio); ok {
		ratio = format(r, g.ratio)
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", g.what, want, measured, ratio, met)
}

func (g *goal) measure(m measurements) (float64, bool) {
	if g.value != nil {
		return g.value(m)
	}
	return m.median(g.benchmark, g.unit)
}

func (g *goal) holds(got float64) bool {
	if g.atMost {
		return got <= g.want
	}
	return got >= g.want
}

// format writes a value of a unit in three digits and a unit to read it in.
func format(v float64, unit string) string {
	switch {
	case strings.HasPrefix(unit, "x-"):
		return digits(v) + " x " + strings.TrimPrefix(unit, "x-")
	case unit == "rows/s" && v >= 1e6:
		return digits(v/1e6) + " M rows/s"
	case unit == "rows/s":
		return digits(v/1e3) + " k rows/s"
	case unit == "ns/op" && v >= 1e6:
		return digits(v/1e6) + " ms"
	case unit == "ns/op" && v >= 1e3:
		return digits(v/1e3) + " µs"
	case unit == "ns/op":
		return digits(v) + " ns"
	case strings.HasSuffix(unit, "bytes"):
		return digits(v/1e6) + " MB"
	}
	return digits(v) + " " + unit
}

// digits writes a value with three significant digits and no exponent.
func digits(v float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
