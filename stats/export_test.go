package stats

import (
	"iter"
	"math"
)

// MaxBinnings is for the tests of stats_test, as is all of this file.
const MaxBinnings = maxBinnings

// MaxWeight is the most that a row can weigh.
const MaxWeight = maxWeight

// DecodeConditionalVersion is decodeConditional.
var DecodeConditionalVersion = decodeConditional

// ForgetExtremes takes away what version 1 of the format did not keep.
func ForgetExtremes(s *Summary) {
	for _, part := range [][]*Conditional{s.givenBinary.at, s.givenCategory.at} {
		for _, c := range part {
			for _, row := range c.cells {
				for j := range row {
					row[j].min, row[j].max = math.NaN(), math.NaN()
				}
			}
		}
	}
}

// What production code uses under another name.
type CodePair = codePair

const (
	MaxCode        = maxCode
	MaxExceedances = maxExceedances
	MaxBinningKey  = maxBinningKey
	MinExceedances = minExceedances
)

var (
	NewCategories      = newCategories
	DecodeCategories   = decodeCategories
	NewComoments       = newComoments
	DecodeComoments    = decodeComoments
	NewContingency     = newContingency
	DecodeContingency  = decodeContingency
	NewCells           = newCells
	NewDistinct        = newDistinct
	DecodeDistinct     = decodeDistinct
	DecodeHeavyHitters = decodeHeavyHitters
	NewMoments         = newMoments
	DecodeMoments      = decodeMoments
	NewPairwise        = newPairwise
	DecodePairwise     = decodePairwise
	PairOf             = pairOf
)

// MergeMapped is mergeMapped.
func (c *Categories) MergeMapped(o *Categories, mapping []int32) error {
	return c.mergeMapped(o, mapping)
}

// SubtractMapped is subtractMapped.
func (c *Categories) SubtractMapped(o *Categories, mapping []int32) error {
	return c.subtractMapped(o, mapping, 0)
}

// Dim is dimension.
func (c *Comoments) Dim() int { return c.dimension() }

// Empty is empty.
func (c *Comoments) Empty() bool { return c.empty() }

// Comoment is comoment.
func (c *Comoments) Comoment(i, j int) float64 { return c.comoment(i, j) }

// Select is selected.
func (c *Comoments) Select(columns []int32) (*Comoments, error) { return c.selected(columns) }

// As is converted.
func (c *Comoments) As(precision Precision) *Comoments { return c.converted(precision) }

// MergeMapped is mergeMapped.
func (c *Conditional) MergeMapped(o *Conditional, codes, columns []int32) error {
	return c.mergeMapped(o, codes, columns)
}

// SubtractMapped is subtractMapped.
func (c *Conditional) SubtractMapped(o *Conditional, codes, columns []int32) error {
	return c.subtractMapped(o, codes, columns)
}

// MergeMapped is mergeMapped.
func (c *Contingency) MergeMapped(o *Contingency, a, b []int32) error { return c.mergeMapped(o, a, b) }

// SubtractMapped is subtractMapped.
func (c *Contingency) SubtractMapped(o *Contingency, a, b []int32) error {
	return c.subtractMapped(o, a, b, 0)
}

// Transposed is transposed.
func (c *Contingency) Transposed() *Contingency { return c.transposed() }

// Len is size.
func (c *Contingency) Len() int { return c.size() }

// Pairs is pairs.
func (c *Contingency) Pairs() iter.Seq[codePair] { return c.pairs() }

// Total is total.
func (c *Contingency) Total() float64 { return c.total() }

// Add is add.
func (d *Distinct) Add(value string) { d.add(value) }

// Clone is clone.
func (d *Distinct) Clone() *Distinct { return d.clone() }

// Merge is merge.
func (h *HeavyHitters) Merge(o *HeavyHitters) error { return h.merge(o) }

// Clone is clone.
func (h *HeavyHitters) Clone() *HeavyHitters { return h.clone() }

// Scale is checkedScale.
func (h *Histogram) Scale(f float64) error { return h.checkedScale(f) }

// Dim is dimension.
func (p *Pairwise) Dim() int { return p.dim() }

// AddRow is addRow.
func (p *Pairwise) AddRow(values []float64, w float64) { p.addRow(values, w, false) }

// Pair is pair.
func (p *Pairwise) Pair(i, j int) PairStat { return p.pair(i, j) }

// MergeMapped is mergeMapped.
func (p *Pairwise) MergeMapped(o *Pairwise, columns []int32) error { return p.mergeMapped(o, columns) }

// SubtractMapped is subtractMapped.
func (p *Pairwise) SubtractMapped(o *Pairwise, columns []int32) error {
	return p.subtractMapped(o, columns)
}

// Absorb is absorb.
func (p *Pairwise) Absorb(c *Comoments, columns []int32) error { return p.absorb(c, columns) }

// Merge is merge.
func (p *PairStat) Merge(o PairStat) { p.merge(o) }

// Digits is digits.
func (s *Summary) Digits(column int) int { return s.digits(column) }
