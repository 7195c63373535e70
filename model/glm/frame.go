package glm

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// column is what rows that are kept as they are have of an attribute.
type column struct {
	numbers         float64 // weight of those that are numbers
	mean, squares   float64 // of these
	labels          map[string]float64
	other           float64
	lowest, highest float64
}

func (c *column) add(v stats.LikelihoodValue, w float64) {
	switch v.Kind {
	case stats.LikelihoodNumber:
		if c.numbers == 0 {
			c.lowest, c.highest = v.Number, v.Number
		}
		c.lowest, c.highest = min(c.lowest, v.Number), max(c.highest, v.Number)
		c.numbers += w
		d := v.Number - c.mean
		c.mean += d * w / c.numbers
		c.squares += w * d * (v.Number - c.mean)
	case stats.LikelihoodLabel:
		c.labels[v.Label] += w
	case stats.LikelihoodOther:
		c.other += w
	}
}

// isNumeric reports whether most rows have a number, where an attribute has had both types.
func (c *column) isNumeric() bool {
	sum := c.other
	for _, label := range slices.Sorted(maps.Keys(c.labels)) {
		sum += c.labels[label]
	}
	return c.numbers > sum
}

// scale returns by what the values are scaled: their standard deviation, 1 for a constant.
func (c *column) scale() float64 {
	if s := math.Sqrt(c.squares / c.numbers); c.lowest < c.highest && s > 0 && !math.IsInf(1/s, 0) {
		return s
	}
	return 1
}

// frameOf returns the frame of rows: their inputs as terms, centred and scaled, and all
// parameters 0.
func frameOf(spec *stats.LikelihoodSpec, rows *stats.LikelihoodRows) (*stats.LikelihoodFrame, error) {
	names := rows.Names()
	columns := make([]*column, len(names))
	for i := range columns {
		columns[i] = &column{labels: map[string]float64{}}
	}
	rows.Each(names, func(values []stats.LikelihoodValue, w float64) {
		for i, v := range values {
			columns[i].add(v, w)
		}
	})
	f := &stats.LikelihoodFrame{
		Key: spec.Key, Kernel: likelihood.Kernel{Family: spec.Family, Level: spec.Level}, Target: spec.Target,
		Offset: spec.Offset, Complete: spec.Complete, Scale: 1,
	}
	at, found := slices.BinarySearch(names, spec.Target)
	if !found {
		return nil, model.Later(fmt.Errorf("no row has the target %q", spec.Target))
	}
	if err := targetOf(f, columns[at], rows); err != nil {
		return nil, err
	}
	for i, name := range names {
		if name == spec.Target || name == spec.Offset {
			continue
		}
		f.Inputs = append(f.Inputs, inputOf(name, columns[i]))
	}
	if terms := f.Terms(); terms > stats.MaxLikelihoodTerms || f.Parameters() > stats.MaxLikelihoodParameters {
		widest := slices.MaxFunc(f.Inputs, func(a, b stats.LikelihoodInput) int { return len(a.Levels) - len(b.Levels) })
		return nil, fmt.Errorf("inputs give %d terms and %d parameters, at most %d and %d: name fewer (%q has %d values)",
			terms, f.Parameters(), stats.MaxLikelihoodTerms, stats.MaxLikelihoodParameters, widest.Name, len(widest.Levels))
	}
	f.Origin = make([]float64, f.Parameters())
	f.Point = f.Origin
	return f, nil
}

// inputOf returns an attribute as an input. The reference is the most frequent value.
func inputOf(name string, c *column) stats.LikelihoodInput {
	in := stats.LikelihoodInput{Name: name}
	if c.isNumeric() {
		in.Centre, in.Scale = c.mean, c.scale()
		return in
	}
	sum := c.other
	for _, label := range slices.Sorted(maps.Keys(c.labels)) {
		in.Levels = append(in.Levels, stats.LikelihoodLevel{Label: label, Centre: c.labels[label]})
		sum += c.labels[label]
	}
	if c.other > 0 {
		in.Levels = append(in.Levels, stats.LikelihoodLevel{Label: stats.OtherClass, Other: true, Centre: c.other})
	}
	best := 0
	for k := range in.Levels {
		l := &in.Levels[k]
		if l.Centre > in.Levels[best].Centre {
			best = k
		}
	}
	reference := in.Levels[best]
	in.Levels = slices.Insert(slices.Delete(in.Levels, best, best+1), 0, reference)
	for k := range in.Levels {
		l := &in.Levels[k]
		if l.Centre /= sum; l.Centre < 1 {
			l.Scale = math.Sqrt(l.Centre * (1 - l.Centre))
		} else {
			l.Scale = 1
		}
	}
	return in
}

// targetOf fills in what a frame knows of the target.
func targetOf(f *stats.LikelihoodFrame, c *column, rows *stats.LikelihoodRows) error {
	if f.Kernel.Family == likelihood.Logistic {
		weights := map[string]float64{}
		rows.Each([]string{f.Target}, func(values []stats.LikelihoodValue, w float64) {
			if name, ok := values[0].Class(); ok {
				weights[name] += w
			}
		})
		f.Classes = slices.Sorted(maps.Keys(weights))
		f.Kernel.Classes = len(f.Classes)
		switch n := len(f.Classes); {
		case n < 2:
			return model.Later(fmt.Errorf("target %q has one class only: %q", f.Target, f.Classes))
		case n > likelihood.MaxClasses:
			return fmt.Errorf("target %q has %d classes, at most %d", f.Target, n, likelihood.MaxClasses)
		}
		return nil
	}
	if c.numbers == 0 {
		return fmt.Errorf("%w: target %q is categorical, and a number is predicted", model.ErrDefinition, f.Target)
	}
	if f.Kernel.Family == likelihood.Quantile {
		f.Centre, f.Scale = c.mean, c.scale()
		f.Kernel.Bandwidth = 1
	}
	return nil
}
