package stats

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
)

// LikelihoodOfCells returns the likelihood of all rows that the summary has, as its joint
// cells have it: that of rows as they are, from before a model was defined too. A count with
// many values is at its mean in each cell, which is all that its Poisson likelihood depends
// on but for a constant. The error says which attributes that the likelihood needs the cells
// do not have, and why.
func (s *Summary) LikelihoodOfCells(spec *LikelihoodSpec) (*Likelihood, error) {
	p := s.joint
	c := bindLikelihood(s.layout, &LikelihoodUse{LikelihoodSpec: *spec})
	counted, err := p.serves(c, spec)
	if err != nil {
		return nil, err
	}
	out := &Likelihood{Rows: &LikelihoodRows{}, Cells: true}
	b := &jointRow{rows: Rows{N: 1, Numeric: len(s.layout.Numeric), Categorical: len(s.layout.Categorical)}}
	var key []byte
	var pooled []pooledCell
	for _, cell := range slices.Sorted(maps.Keys(p.table)) {
		w := p.table[cell].weight
		b.read(cell)
		if counted >= 0 {
			w = b.pool(p.table[cell], counted, out)
		}
		of, ok := c.weight(b.rows.Values)
		if !ok || w == 0 || c.target.of(&b.rows, 0).Kind == LikelihoodMissing || spec.Offset != "" && c.offset.of(&b.rows, 0).Kind != LikelihoodNumber {
			out.Left += w
			continue
		}
		values := c.all(&b.rows, 0)
		present := c.present(values)
		out.Rows.have(present)
		key = c.key(key[:0], out.Rows.names, values)
		out.Rows.add(key, w*of, math.MaxInt)
		if counted >= 0 {
			pooled = append(pooled, pooledCell{sums: p.table[cell].counts[int32(counted)], weight: of, present: len(present)})
		}
	}
	for _, cell := range pooled {
		if !spec.Complete || cell.present == len(out.Rows.names) { // else the fit leaves its rows out
			out.Pooled.add(cell.sums, cell.weight)
		}
	}
	return out, nil
}

// pooledCell is a cell whose counts are at their mean.
type pooledCell struct {
	sums    *countSums
	weight  float64 // by which its rows are weighted
	present int     // how many attributes its rows have
}

// jointRow is a cell as a row.
type jointRow struct {
	rows   Rows
	values []jointValue
}

func (b *jointRow) read(key string) {
	b.rows.Values, b.rows.Codes = b.rows.Values[:0], b.rows.Codes[:0]
	for range b.rows.Numeric {
		b.rows.Values = append(b.rows.Values, math.NaN())
	}
	for range b.rows.Categorical {
		b.rows.Codes = append(b.rows.Codes, Missing)
	}
	b.values, _ = readJointKey(b.values[:0], []byte(key))
	for _, v := range b.values {
		if v.categorical {
			b.rows.Codes[v.column] = int32(v.bits)
		} else {
			b.rows.Values[v.column] = v.number()
		}
	}
}

// pool puts the mean of a counted column in its place, and returns the weight of the rows
// that have it; the others are left out.
func (b *jointRow) pool(c *jointCell, column int, out *Likelihood) float64 {
	s := c.counts[int32(column)]
	if s == nil {
		out.Left += c.weight
		return 0
	}
	out.Left += max(c.weight-s.weight, 0)
	b.rows.Values[column] = s.sum / s.weight
	return s.weight
}

// add adds what the counts of a cell have beyond their mean.
func (p *PooledCounts) add(s *countSums, weight float64) {
	if s == nil {
		return
	}
	mean := s.sum / s.weight
	l, _ := math.Lgamma(mean + 1) // the sign is + above 0
	p.LogFactorial += weight * (s.logFactorial - s.weight*l)
	if mean > 0 {
		p.YLogY += weight * (s.yLogY - s.weight*mean*math.Log(mean))
	}
}

// serves returns the column of the target where it is counted, else -1. The error names the
// attributes of a likelihood that the cells do not have, and says why.
func (p *jointCells) serves(c *likelihoodColumns, spec *LikelihoodSpec) (counted int, err error) {
	counted = -1
	var lacks []string
	for i, column := range c.columns {
		name := c.names[i]
		use := p.useOf(column)
		if name == spec.Target && use == jointCounted && spec.Family == likelihood.Poisson {
			counted = column.numeric
		} else if use != jointKeyed {
			lacks = append(lacks, use.why(name))
		}
	}
	if c.weights >= 0 && !slices.Contains(c.names, spec.Weights) {
		if use := p.numeric[c.weights]; use != jointKeyed {
			lacks = append(lacks, use.why(spec.Weights))
		}
	}
	if len(lacks) == 0 {
		return counted, nil
	}
	if rest := len(lacks) - maxLacksNamed; rest > 1 {
		lacks = append(lacks[:maxLacksNamed], fmt.Sprintf("%d more attributes are not in them", rest))
	}
	return -1, fmt.Errorf("%s", strings.Join(lacks, "; "))
}

// maxLacksNamed is how many attributes an error names.
const maxLacksNamed = 4

// useOf returns what the cells have of a column; a column that no row has had lacks nothing.
func (p *jointCells) useOf(column likelihoodColumn) jointUse {
	switch {
	case column.numeric >= 0:
		return p.numeric[column.numeric]
	case column.categorical >= 0:
		return p.categorical[column.categorical]
	}
	return jointKeyed
}

// why says why the values of a column are no part of the combinations.
func (u jointUse) why(name string) string {
	switch u {
	case jointMany:
		return fmt.Sprintf("attribute %q has more than %d different values", name, maxJointValues)
	case jointCounted: // which does not tell why it left
		return fmt.Sprintf("attribute %q has more than %d different values, or there are more than %d combinations of values with it", name, maxJointValues, maxJointCells)
	case jointCrowded:
		return fmt.Sprintf("there are more than %d combinations of values with attribute %q", maxJointCells, name)
	case jointBefore:
		return fmt.Sprintf("rows with attribute %q were learned by a version that kept no combinations of values", name)
	}
	return fmt.Sprintf("attribute %q is no part of the combinations of values that are kept: they are of the first %d attributes of a kind, and not of lists or computed attributes", name, maxJointColumns)
}
