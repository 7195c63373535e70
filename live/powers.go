package live

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// Powers says of which attributes powers are learned beside them, so that a
// model of type power can choose among them afterwards.
// Each power is a numeric column, so its co-moments with all inputs are learned and
// a regression on it can be read off. That costs Steps + 1 columns an attribute.
type Powers struct {
	// Attributes are continuous ones, by name.
	Attributes []string
	// From, To and Steps make the grid of Steps powers, ends included.
	From, To float64
	Steps    int
}

// most powers of an attribute, and how far from 0 they may lie.
const (
	mostPowers   = 101
	largestPower = 5
)

// Validate checks the names and the grid.
func (p *Powers) Validate() error {
	switch {
	case len(p.Attributes) == 0:
		return nil
	case p.Steps < 1 || p.Steps > mostPowers:
		return fmt.Errorf("steps is %d, want 1 to %d", p.Steps, mostPowers)
	case !(p.From >= -largestPower && p.To <= largestPower && p.From <= p.To):
		return fmt.Errorf("powers from %v to %v, want -%d to %d in ascending order", p.From, p.To, largestPower, largestPower)
	}
	seen := map[string]bool{}
	for i, name := range p.Attributes {
		if name == "" || seen[name] {
			return fmt.Errorf("attributes.%d is %q, which is empty or occurs twice", i, name)
		}
		seen[name] = true
	}
	return nil
}

// lambdas returns the grid, rounded to the digits that names have.
// A column is found by its name, so the value must be the one that the name gives.
func (p *Powers) lambdas() []float64 {
	out := make([]float64, p.Steps)
	for i := range out {
		x := p.From
		if p.Steps > 1 {
			x += (p.To - p.From) * float64(i) / float64(p.Steps-1)
		}
		out[i] = math.Round(x*1e6) / 1e6
	}
	return out
}

// missing returns what a schema lacks of the columns of powers, once it or
// growth has their attributes.
// The column of the Jacobian is added last and stands for all of them.
func (p *Powers) missing(s *schema.Schema, growth schema.Growth) schema.Growth {
	for _, name := range p.Attributes {
		if s.Index(model.JacobianColumn(name)) >= 0 || !numbers(s, growth, name) {
			continue
		}
		for _, lambda := range p.lambdas() {
			growth.Attributes = append(growth.Attributes, schema.Attribute{Name: model.PowerColumn(name, lambda), Kind: schema.Continuous})
		}
		growth.Attributes = append(growth.Attributes, schema.Attribute{Name: model.JacobianColumn(name), Kind: schema.Continuous})
	}
	return growth
}

// lost returns the attributes whose powers the schema has not, nil for nil powers.
func (p *Powers) lost(s *schema.Schema) (out []string) {
	if p == nil {
		return nil
	}
	for _, name := range p.Attributes {
		if s.Index(model.JacobianColumn(name)) < 0 && numbers(s, schema.Growth{}, name) {
			out = append(out, name)
		}
	}
	return out
}

// numbers reports whether the name is that of a continuous attribute.
func numbers(s *schema.Schema, growth schema.Growth, name string) bool {
	if i := s.Index(name); i >= 0 {
		return s.Attributes()[i].Kind == schema.Continuous
	}
	for i := range growth.Attributes {
		if growth.Attributes[i].Name == name {
			return growth.Attributes[i].Kind == schema.Continuous
		}
	}
	return false
}

// powerPlan is where the columns are under one schema.
type powerPlan struct {
	schema  *schema.Schema
	targets []powerTarget
}

// powerTarget is one attribute: its column, those of its powers, parallel to their
// lambdas, and that of the logarithm of the transform's Jacobian.
type powerTarget struct {
	from     int
	columns  []int
	lambdas  []float64
	jacobian int
}

// plan finds the columns.
func (p *Powers) plan(s *schema.Schema) *powerPlan {
	column := map[string]int{}
	attributes := s.Attributes()
	for at, i := range s.Numeric() {
		column[attributes[i].Name] = at
	}
	out := &powerPlan{schema: s}
	for _, name := range p.Attributes {
		from, ok := column[name]
		jacobian, known := column[model.JacobianColumn(name)]
		if !ok || !known {
			continue
		}
		t := powerTarget{from: from, jacobian: jacobian}
		for _, lambda := range p.lambdas() {
			if at, ok := column[model.PowerColumn(name, lambda)]; ok {
				t.columns, t.lambdas = append(t.columns, at), append(t.lambdas, lambda)
			}
		}
		out.targets = append(out.targets, t)
	}
	return out
}

// fill computes the powers of one row. One that is too large for the
// statistics is missing.
// The transform is that of Yeo and Johnson (Biometrika 87, 2000), which takes values
// below 0 too. A missing value leaves all of its columns missing.
func (p *powerPlan) fill(row []float64) {
	for i := range p.targets {
		t := &p.targets[i]
		y := row[t.from]
		if math.IsNaN(y) {
			continue
		}
		for k, at := range t.columns {
			if z := model.YeoJohnson(y, t.lambdas[k]); math.Abs(z) <= schema.MaxMagnitude {
				row[at] = z
			}
		}
		row[t.jacobian] = model.LogJacobian(y)
	}
}
