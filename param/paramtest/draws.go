package paramtest

import (
	"math"
	"math/rand/v2"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Draws draws values of parameters.
type Draws struct {
	Random *rand.Rand
	// Attributes are the names that stand for attributes and free texts.
	Attributes []string
}

// Values draws values for some of the parameters, and for all that are needed.
func (d *Draws) Values(parameters []param.Parameter) param.Values {
	out := param.Values{}
	for i := range parameters {
		if p := &parameters[i]; p.Required || d.Random.IntN(2) == 0 {
			out[p.Name] = d.Inside(p)
		}
	}
	return out
}

// Inside draws a value that the parameter takes, in the form of JSON.
func (d *Draws) Inside(p *param.Parameter) any {
	if len(p.Choices) > 0 && (p.Kind == param.KindText || d.Random.IntN(2) == 0) {
		return p.Choices[d.Random.IntN(len(p.Choices))]
	}
	switch p.Kind {
	case param.KindAttributes, param.KindTexts:
		out := make([]any, 1+d.Random.IntN(3))
		for i := range out {
			out[i] = d.name()
		}
		return out
	case param.KindNumber:
		return d.number(p)
	case param.KindInteger:
		return int(math.Ceil(d.number(p)))
	case param.KindBoolean:
		return d.Random.IntN(2) == 0
	case param.KindDuration:
		some := []string{"1ns", "90s", "1h30m"}
		if p.Zero {
			some = append(some, "0s")
		}
		return some[d.Random.IntN(len(some))]
	case param.KindNumbers:
		out := map[string]any{}
		for range 1 + d.Random.IntN(3) {
			out[d.name()] = d.number(p)
		}
		return out
	case param.KindObject:
		return map[string]any(d.Values(p.Fields))
	case param.KindObjects:
		out := make([]any, 1+d.Random.IntN(3))
		for i := range out {
			out[i] = map[string]any(d.Values(p.Fields))
		}
		return out
	case param.KindOptions:
		return map[string]any{}
	}
	return d.name()
}

func (d *Draws) name() string { return d.Attributes[d.Random.IntN(len(d.Attributes))] }

// number draws a number within the bounds of a parameter: either bound, one
// between, evenly or by its magnitude.
func (d *Draws) number(p *param.Parameter) float64 {
	low, high := -1e6, 1e6
	if p.Min != nil {
		low = *p.Min
		high = max(high, low+1e6)
	}
	if p.Max != nil {
		high = *p.Max
		low = min(low, high)
	}
	if p.Min != nil {
		low = *p.Min
	}
	for {
		x := low + d.Random.Float64()*(high-low)
		switch d.Random.IntN(4) {
		case 0:
			x = low
		case 1:
			x = high
		case 2:
			if low >= 0 {
				x = low + math.Pow(10, d.Random.Float64()*math.Log10(high-low+1)) - 1
			}
		}
		if p.Contains(x) {
			return x
		}
	}
}

// Outside returns values that the parameter must refuse: of another kind, beyond
// its bounds, none of its choices.
func (d *Draws) Outside(p *param.Parameter) []any {
	far := 1 + 1e3*d.Random.Float64()
	var beyond []any
	if p.Min != nil {
		beyond = append(beyond, *p.Min-math.Abs(*p.Min)-far, math.Nextafter(*p.Min, math.Inf(-1)))
		if p.AboveMin {
			beyond = append(beyond, *p.Min)
		}
	}
	if p.Max != nil {
		beyond = append(beyond, *p.Max+math.Abs(*p.Max)+far, math.Nextafter(*p.Max, math.Inf(1)))
		if p.BelowMax {
			beyond = append(beyond, *p.Max)
		}
	}
	numbers := append([]any{math.NaN(), math.Inf(1), math.Inf(-1), true, []any{1.0}, map[string]any{"a": 1.0}, "no number"}, beyond...)
	switch p.Kind {
	case param.KindNumber:
		return numbers
	case param.KindInteger:
		return append(numbers, 0.5+math.Floor(far), 1e300)
	case param.KindBoolean:
		return []any{1.0, 0, "yes", "true", []any{true}, map[string]any{}}
	case param.KindAttributes, param.KindTexts:
		return []any{1.0, true, "a, b", []any{1.0}, []any{"a", nil}, map[string]any{}}
	case param.KindDuration:
		out := []any{1.0, true, "", "1", "-1s", []any{"1s"}}
		if !p.Zero {
			out = append(out, "0s")
		}
		return out
	case param.KindNumbers:
		out := []any{1.0, true, "no choice", "", []any{1.0}, map[string]any{}}
		for _, x := range append(beyond, "1", nil, math.NaN()) {
			out = append(out, map[string]any{"a": x})
		}
		return out
	case param.KindObject:
		return append([]any{1.0, true, []any{}, map[string]any{"no field": 1.0}}, d.outsideFields(p)...)
	case param.KindObjects:
		out := []any{1.0, true, []any{}, []any{1.0}, []any{map[string]any{"no field": 1.0}}, map[string]any{}}
		for _, wrong := range d.outsideFields(p) {
			out = append(out, []any{wrong})
		}
		return out
	case param.KindOptions:
		return []any{1.0, true, "text", []any{}}
	}
	out := []any{1.0, true, []any{"a"}, map[string]any{}}
	if len(p.Choices) > 0 {
		out = append(out, "", "no choice", p.Choices[0]+"s")
	}
	return out
}

// outsideFields returns objects of which one field is wrong.
func (d *Draws) outsideFields(p *param.Parameter) []any {
	var out []any
	for i := range p.Fields {
		for _, wrong := range d.Outside(&p.Fields[i]) {
			object := map[string]any(d.Values(p.Fields))
			object[p.Fields[i].Name] = wrong
			out = append(out, object)
		}
	}
	return out
}
