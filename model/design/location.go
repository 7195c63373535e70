package design

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// location reads moments of numbers and levels where rows lack values, by the location model
// (I. Olkin, R. F. Tate, Annals of Mathematical Statistics 32, 1961; Little and Rubin,
// Statistical Analysis with Missing Data, 3rd ed., 2020, section 14.2): the means of the
// numbers differ by level, and their covariances within the levels are alike. Each is read
// off the rows that have it, at the shares that the levels have in all rows. So numbers may
// be missing more often at some levels, and moments fit together if those within the levels
// do, which the levels can then not contradict.
type location struct {
	s          *stats.Summary
	numbers    []int // columns
	means      []float64
	categories []category
	levels     []Factor
	pairs      pairReader
	// Per row: the covariances of levels, of levels with numbers, level by level, and of
	// numbers as far as levels explain them.
	ofLevels, withNumbers, between []float64
}

// MomentsWithin returns the moments of the terms and the target where rows lack numbers and
// some terms are levels: covariances of numbers within the levels are those of the rows that
// have both, or of the rows that have all numbers; rows counts these, and is 0 where there
// are none or no input varies in them. They are not for products, and all numbers must be columns of s, as is so where
// the design was made of its layout.
func (g *Design) MomentsWithin(s *stats.Summary, target Term) (pairs, complete *Moments, rows float64, err error) {
	terms := append(slices.Clone(g.Terms), target)
	r := newWithin(s, terms)
	if err := r.explain(); err != nil {
		return nil, nil, 0, err
	}
	inner, smallest := r.ofPairs()
	pairs = r.assemble(terms, inner, smallest)
	pairs.Rows, pairs.Present = s.Weight(), r.present(terms)
	como, _, err := s.Complete(r.numbers)
	if err != nil || como == nil || !(como.Weight() > 0) || !r.varies(como) {
		return pairs, nil, 0, err
	}
	if err := r.steady(como); err != nil {
		return nil, nil, 0, err
	}
	complete = r.assemble(terms, r.ofComplete(como), como.Weight())
	return pairs, complete, como.Weight(), nil
}

// newWithin reads the means.
func newWithin(s *stats.Summary, terms []Term) *location {
	r := &location{s: s, pairs: newPairReader(s)}
	for i := range terms {
		if !terms[i].Categorical {
			r.numbers = append(r.numbers, terms[i].Column)
			r.means = append(r.means, s.Pair(terms[i].Column, terms[i].Column).MeanI.Float())
		}
	}
	plain := slices.Clone(r.means)
	for i := range terms {
		if !terms[i].Categorical || slices.ContainsFunc(r.categories, func(c category) bool { return c.column == terms[i].Column }) {
			continue
		}
		c := newCategory(s, terms[i].Column, r.numbers, plain)
		for k := range r.means {
			r.means[k] += c.whole[k] - c.had[k]
		}
		for _, code := range c.codes {
			r.levels = append(r.levels, Factor{Categorical: true, Column: c.column, Code: code})
		}
		r.categories = append(r.categories, c)
	}
	return r
}

// explain works out the covariances that levels have part in. What they explain of numbers is
// by the pseudo-inverse of their own covariances, which are singular: levels exclude each other.
func (r *location) explain() error {
	n, l := len(r.numbers), len(r.levels)
	r.ofLevels, r.withNumbers, r.between = make([]float64, l*l), make([]float64, 0, l*n), make([]float64, n*n)
	spread := make([]float64, 0, l)
	for k := range r.categories {
		c := &r.categories[k]
		for a, share := range c.share {
			spread = append(spread, math.Sqrt(share*(1-share)))
			for j := range n {
				r.withNumbers = append(r.withNumbers, share*(c.mean[a][j]-c.whole[j]))
			}
		}
	}
	for a := range l {
		r.ofLevels[a*l+a] = spread[a] * spread[a]
		for b := range a {
			v := r.pairs.twoLevels(r.levels[a], r.levels[b]).correlation().Float() * spread[a] * spread[b]
			r.ofLevels[a*l+b], r.ofLevels[b*l+a] = v, v
		}
	}
	values, vectors, err := linalg.Eigen(r.ofLevels, l)
	if err != nil {
		return err
	}
	along := make([]float64, n)
	for k, v := range values {
		if !(v > leastLevels*values[0]) {
			break
		}
		clear(along)
		for a := range l {
			for j, x := range r.withNumbers[a*n : (a+1)*n] {
				along[j] += vectors[k*l+a] * x
			}
		}
		for i, x := range along {
			for j, y := range along {
				r.between[i*n+j] += x * y / v
			}
		}
	}
	return nil
}

// leastLevels is the least eigenvalue of the covariances of levels, as a share of the largest,
// that is told from 0: that of a level of a millionth of the rows.
const leastLevels = 1e-6

// ofPairs returns the covariances of numbers within the levels, per row: the correlation of each
// pair from the rows that have both, between the variances of all rows of each. Smallest is
// the weight of the rows of a pair that has fewest.
func (r *location) ofPairs() (out []float64, smallest float64) {
	n := len(r.numbers)
	out, smallest = make([]float64, n*n), r.s.Weight()
	var weights [][]float64
	for k := range r.categories {
		weights = append(weights, make([]float64, len(r.categories[k].codes)))
		for j := range n {
			smallest = min(smallest, r.categories[k].rows[j])
		}
	}
	own := make([]float64, n)
	for i, column := range r.numbers {
		p := r.s.Pair(column, column)
		if own[i] = p.N; p.N > 0 {
			r.pairWeights(weights, i, i, true)
			out[i*n+i] = max(r.left(p.Cij.Float()/p.N, weights, i, i), 0)
		}
	}
	for i := range n {
		for j := range i {
			p := r.s.Pair(r.numbers[i], r.numbers[j])
			smallest = min(smallest, p.N)
			if !(p.N > 0) {
				continue
			}
			r.pairWeights(weights, i, j, sameWeight(p.N, own[i]) || sameWeight(p.N, own[j]))
			ii, jj := r.left(p.Cii.Float()/p.N, weights, i, i), r.left(p.Cjj.Float()/p.N, weights, j, j)
			if ii > 0 && jj > 0 {
				v := r.left(p.Cij.Float()/p.N, weights, i, j) * math.Sqrt(out[i*n+i]/ii*out[j*n+j]/jj)
				out[i*n+j], out[j*n+i] = v, v
			}
		}
	}
	return out, smallest
}

// left returns what of a covariance of rows the levels do not explain, which have other weights
// in these rows than in all.
func (r *location) left(covariance float64, weights [][]float64, i, j int) float64 {
	covariance -= r.between[i*len(r.numbers)+j]
	for k := range r.categories {
		c := &r.categories[k]
		covariance -= c.explained(weights[k], i, j) - c.explained(c.share, i, j)
	}
	return covariance
}

// pairWeights writes the weights of the levels, by category, in the rows that have both numbers:
// those of one of them where all its rows have the other, as columns of one attribute, and else
// as if it were chance at each level which rows lack each.
func (r *location) pairWeights(out [][]float64, i, j int, same bool) {
	for k := range r.categories {
		c := &r.categories[k]
		for l, w := range c.weight {
			if same {
				out[k][l] = min(w[i], w[j])
			} else {
				out[k][l] = w[i] * w[j] / c.share[l]
			}
		}
	}
}

// ofComplete returns the covariances of numbers within the levels in the rows that have all of
// them, per row. Where one would be below 0 the moments do not fit together.
func (r *location) ofComplete(como *stats.Comoments) []float64 {
	n := len(r.numbers)
	out := make([]float64, n*n)
	var weights [][]float64
	for k := range r.categories {
		weights = append(weights, r.categories[k].complete())
	}
	for i := range n {
		for j := range i + 1 {
			v := r.left(como.ComomentDD(i, j).Float()/como.Weight(), weights, i, j)
			out[i*n+j], out[j*n+i] = v, v
		}
	}
	return out
}

// assemble makes moments of the covariances of numbers within the levels and a weight of rows.
func (r *location) assemble(terms []Term, inner []float64, weight float64) *Moments {
	out := NewMoments(len(terms))
	out.Pairwise, out.Extended, out.Weight = true, false, dd.FromFloat(weight)
	n, l, number := len(r.numbers), len(r.levels), 0
	at := make([]int, len(terms)) // among the numbers or the levels
	for i := range terms {
		if !terms[i].Categorical {
			at[i] = number
			number++
			out.Mean[i] = dd.FromFloat(r.means[at[i]])
			continue
		}
		at[i] = slices.Index(r.levels, terms[i].Factor)
		out.Mean[i] = dd.FromFloat(r.share(terms[i].Factor))
	}
	for i := range terms {
		for j := range i + 1 {
			a, b, v := at[i], at[j], 0.0
			switch {
			case terms[i].Categorical && terms[j].Categorical:
				v = r.ofLevels[a*l+b]
			case terms[i].Categorical:
				v = r.withNumbers[a*n+b]
			case terms[j].Categorical:
				v = r.withNumbers[b*n+a]
			default:
				v = inner[a*n+b] + r.between[a*n+b]
			}
			out.set(i, j, dd.FromFloat(v*weight))
		}
	}
	return out
}

// share returns the share of a level.
func (r *location) share(f Factor) float64 {
	for k := range r.categories {
		if c := &r.categories[k]; c.column == f.Column {
			return c.share[slices.Index(c.codes, f.Code)]
		}
	}
	return 0
}

// present returns the share of all rows that has each term.
func (r *location) present(terms []Term) []float64 {
	out := make([]float64, len(terms))
	for i := range terms {
		if terms[i].Categorical {
			out[i] = r.s.Present(terms[i].Column) / r.s.Weight()
		} else {
			out[i] = r.s.Pair(terms[i].Column, terms[i].Column).N / r.s.Weight()
		}
	}
	return out
}
