package design

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// momentReader reads the moments of plain terms off one summary.
type momentReader struct {
	s        *stats.Summary
	complete bool // only rows that lack nothing count
	terms    []Term
	columns  []Factor // of the terms, under the summary's layout
	numbers  []int    // terms that are numeric columns
	levels   []int    // terms that are levels
	out      *Moments
	pairs    pairReader
}

// read prefers complete rows, of which the moments are exact and positive
// semi-definite; pairwise ones are neither for certain.
func (r *momentReader) read() error {
	complete, err := r.numeric()
	if err != nil {
		return err
	}
	switch {
	case complete && r.levelsComplete():
		r.withLevels(func(i, j int, p pair) { r.out.set(i, j, p.cross) })
	case r.complete && len(r.levels) > 0:
		return fmt.Errorf("options.missing: complete, want pairwise, or inputs that are all numeric: which rows have all values is kept of numbers only, and a categorical input or target is among these (%w)", model.ErrNotHeld)
	case r.complete: // there is no complete row
	default:
		r.pairwise()
	}
	return r.check()
}

// check refuses numbers that have overflowed.
func (r *momentReader) check() error {
	for i := range r.terms {
		if x := r.out.At(i, i); !x.IsFinite() || !r.out.Mean[i].IsFinite() {
			return fmt.Errorf("attribute %q: its variance is out of range", r.terms[i].Name)
		}
	}
	return nil
}

// numeric fills in the numeric terms from the complete rows, and returns false
// when these are not all the rows that matter.
func (r *momentReader) numeric() (complete bool, err error) {
	if len(r.numbers) == 0 {
		r.out.Weight = dd.FromFloat(r.s.Weight())
		return true, nil
	}
	columns := make([]int, len(r.numbers))
	for k, i := range r.numbers {
		columns[k] = r.columns[i].Column
	}
	como, all, err := r.s.Complete(columns)
	if err != nil || como == nil || !all && !r.complete {
		return false, err
	}
	r.out.Weight = dd.FromFloat(como.Weight())
	r.out.Extended = como.Precision() == stats.Extended
	for a, i := range r.numbers {
		r.out.Mean[i] = como.MeanDD(a)
		for b, j := range r.numbers[:a+1] {
			r.out.set(i, j, como.ComomentDD(a, b))
		}
	}
	return true, nil
}

// levelsComplete fills in the means of the levels, and returns false when a
// categorical column is missing in a row that counts, or present in another.
func (r *momentReader) levelsComplete() bool {
	weight := r.out.Weight.Float()
	for _, i := range r.levels {
		f := r.columns[i]
		if !sameWeight(r.s.Present(f.Column), weight) || !sameWeight(weight, r.s.Weight()) {
			return false
		}
		r.out.Mean[i] = dd.FromFloat(r.s.Categories(f.Column).Count(f.Code)).Div(r.out.Weight)
	}
	return true
}

// withLevels calls f for all pairs of terms of which at least one is a level.
func (r *momentReader) withLevels(f func(i, j int, p pair)) {
	for at, i := range r.levels {
		for _, j := range r.numbers {
			f(i, j, r.pairs.levelAndNumber(r.columns[i], r.columns[j].Column))
		}
		for _, j := range r.levels[:at+1] {
			f(i, j, r.pairs.twoLevels(r.columns[i], r.columns[j]))
		}
	}
}

// sameWeight allows for the rounding of sums of the weights of the same rows.
// Decayed weights are fractions whose sums depend on their order.
func sameWeight(a, b float64) bool {
	const rounding = 1e-10
	return a == b || math.Abs(a-b) <= rounding*max(a, b)
}

// pairwise fills in everything from the rows that have both of a pair: their
// correlation, between the variances that each term has in all its rows. The
// weight is the smallest of a pair.
func (r *momentReader) pairwise() {
	out := r.out
	out.Pairwise, out.Extended = true, true
	smallest := r.s.Weight()
	out.Rows, out.Present = smallest, make([]float64, out.N)
	take := func(i, j int, p pair) {
		smallest = min(smallest, p.weight)
		switch {
		case i == j && p.weight > 0:
			out.set(i, i, p.cross.Div(dd.FromFloat(p.weight)))
		case i != j:
			out.set(i, j, p.correlation())
		}
	}
	for at, i := range r.numbers {
		for _, j := range r.numbers[:at+1] {
			p := r.s.Pair(r.columns[i].Column, r.columns[j].Column)
			take(i, j, pair{weight: p.N, cross: p.Cij, left: p.Cii, right: p.Cjj})
			if i == j {
				out.Mean[i], out.Present[i] = p.MeanI, p.N/out.Rows
			}
		}
	}
	for _, i := range r.levels {
		f := r.columns[i]
		if present := r.s.Present(f.Column); present > 0 {
			out.Present[i] = present / out.Rows
			out.Mean[i] = dd.FromFloat(r.s.Categories(f.Column).Count(f.Code)).Div(dd.FromFloat(present))
		}
	}
	r.withLevels(take)
	out.Weight = dd.FromFloat(smallest)
	for i := range out.N {
		out.set(i, i, out.At(i, i).Mul(out.Weight))
	}
	for i := range out.N {
		for j := range i {
			out.set(i, j, out.At(i, j).Mul(out.At(i, i).Mul(out.At(j, j)).Sqrt()))
		}
	}
}
