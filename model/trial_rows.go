package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/internal/glob"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// trialRows are rows that are made up.
type trialRows struct {
	declared *Declared
	layout   *stats.Layout
}

// trialCount is how many rows a trial has.
const trialCount = 60

// add adds an attribute, with the type that it is declared with or else the one that
// suits.
func (t *trialRows) add(name, suits string) {
	if t.layout.NumericIndex(name) >= 0 || t.layout.CategoricalIndex(name) >= 0 {
		return
	}
	kind := t.declared.Kind(name)
	if kind == "" {
		kind = suits
	}
	switch kind {
	case kindIgnore:
	case kindCategorical, kindList:
		t.layout.Categorical = append(t.layout.Categorical, stats.CategoricalColumn{Name: name, List: kind == kindList, Values: []string{"a", "b"}})
	default:
		t.layout.Numeric = append(t.layout.Numeric, stats.NumericColumn{Name: name, Binary: kind == kindBinary})
	}
}

// isProduct reports whether an input is one of two attributes that are declared or named
// by the definition, and no attribute that is declared itself.
func (t *trialRows) isProduct(d *Definition, input string) bool {
	known := func(name string) bool {
		return t.declared.Kind(name) != "" || name == d.Target || slices.Contains(d.Inputs, name) && !glob.Is(name)
	}
	if t.declared.Kind(input) != "" {
		return false
	}
	for i, r := range input {
		if r == ':' && known(input[:i]) && known(input[i+1:]) {
			t.add(input[:i], kindContinuous)
			t.add(input[i+1:], kindContinuous)
			return true
		}
	}
	return false
}

// evidence learns the rows, which are seeded, and those of each value of the partition.
func (t *trialRows) evidence(partition string) (*Evidence, error) {
	r := rand.New(rand.NewPCG(1, 2))
	rows := &stats.Rows{}
	rows.Reset(len(t.layout.Numeric), len(t.layout.Categorical))
	rows.N = trialCount
	for i := range trialCount {
		for _, c := range t.layout.Numeric {
			x := 2 + r.NormFloat64()
			if c.Binary {
				x = float64(r.IntN(2))
			}
			rows.Values = append(rows.Values, math.Abs(x))
		}
		for range t.layout.Categorical {
			rows.Codes = append(rows.Codes, 1+int32((i+r.IntN(2))%2))
		}
	}
	e := &Evidence{}
	var err error
	if e.Summary, err = t.learned(rows); err != nil || partition == "" {
		return e, err
	}
	e.Partition = &Partition{Attribute: partition}
	numeric, categorical := t.layout.NumericIndex(partition), t.layout.CategoricalIndex(partition)
	for v := range 2 {
		part := &stats.Rows{}
		part.Reset(rows.Numeric, rows.Categorical)
		for i := range rows.N {
			if numeric >= 0 && rows.Row(i)[numeric] == float64(v) || categorical >= 0 && rows.RowCodes(i)[categorical] == int32(v+1) {
				part.Append(rows, i)
			}
		}
		value := strconv.Itoa(v)
		if categorical >= 0 {
			value = t.layout.Categorical[categorical].Values[v]
		}
		s, err := t.learned(part)
		if err != nil {
			return nil, err
		}
		e.Partition.Values, e.Partition.Summaries = append(e.Partition.Values, value), append(e.Partition.Summaries, s)
	}
	return e, nil
}

func (t *trialRows) learned(rows *stats.Rows) (*stats.Summary, error) {
	s, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		return nil, err
	}
	return s, s.Learn(t.layout, rows)
}
