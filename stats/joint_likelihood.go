package stats

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
)

// LikelihoodOfCells returns the likelihood of all rows that the summary has, as its joint
// cells have it: that of rows as they are, from before a model was defined too. A count with
// many values is at its mean in each cell, which is all that its Poisson likelihood depends
// on but for a constant. The error says why the cells do not have what the likelihood needs.
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
		out.Rows.have(c.present(values))
		key = c.key(key[:0], out.Rows.names, values)
		out.Rows.add(key, w*of, math.MaxInt)
		if counted >= 0 {
			out.Pooled.add(p.table[cell].counts[int32(counted)], of)
		}
	}
	return out, nil
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

// serves returns the column of the target where it is counted, else -1. An error says which
// attribute of a likelihood the cells do not have, and why.
func (p *jointCells) serves(c *likelihoodColumns, spec *LikelihoodSpec) (counted int, err error) {
	counted = -1
	check := func(column likelihoodColumn, isTarget bool) error {
		use, name := jointKeyed, ""
		switch {
		case column.numeric >= 0:
			use, name = p.numeric[column.numeric], p.layout.Numeric[column.numeric].Name
		case column.categorical >= 0:
			use, name = p.categorical[column.categorical], p.layout.Categorical[column.categorical].Name
		}
		if isTarget && use == jointCounted && spec.Family == likelihood.Poisson {
			counted = column.numeric
			return nil
		}
		return use.why(name)
	}
	if err := check(c.target, true); err != nil {
		return -1, err
	}
	if c.weights >= 0 {
		if err := check(likelihoodColumn{numeric: c.weights, categorical: -1}, false); err != nil {
			return -1, err
		}
	}
	for i, column := range c.columns {
		if c.names[i] == spec.Target {
			continue
		}
		if err := check(column, false); err != nil {
			return -1, err
		}
	}
	return counted, nil
}

// why says why the values of a column are no part of the combinations; nil where they are.
func (u jointUse) why(name string) error {
	switch u {
	case jointKeyed:
		return nil
	case jointCounted, jointMany:
		return fmt.Errorf("attribute %q has more than %d different values", name, maxJointValues)
	case jointCrowded:
		return fmt.Errorf("there are more than %d combinations of values with attribute %q", maxJointCells, name)
	case jointBefore:
		return fmt.Errorf("rows with attribute %q were learned by a version that kept no combinations of values", name)
	}
	return fmt.Errorf("attribute %q is no part of the combinations of values that are kept: they are of the first %d attributes of a kind, and not of lists", name, maxJointColumns)
}
