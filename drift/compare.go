package drift

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Options say what Compare looks at.
type Options struct {
	// Attributes are those that are compared; all of both states when empty.
	Attributes []string
	// Alpha is the rate of wrong verdicts of a state that has not changed, above 0 and below 1.
	Alpha float64
	// MinEffect is the least effect, 0 to 1, of an attribute that has drifted.
	MinEffect float64
	// Joint says whether the numeric attributes are also compared together: JointOff, JointReport, or JointVerdict, where their p-value counts for
	// Report.Drift as that of one more attribute.
	Joint string
	// Tiles are statistics of consecutive steps of time, oldest first, from which the dependence of rows is estimated. They may
	// be none.
	Tiles []*stats.Summary
}

// Choices of Options.Joint.
const (
	JointOff     = "off"
	JointReport  = "report"
	JointVerdict = "verdict"
)

// mostJoint bounds the attributes that Compare compares together; Jointly takes more, with time that grows with their cube.
const mostJoint = 100

// comparison is Compare at work.
type comparison struct {
	reference, recent *stats.Summary
	tiles             []*stats.Summary
}

// Compare tells what has changed from the reference to the recent rows. The states must not share rows. An attribute that neither has is
// an error. It looks at the context between attributes.
func Compare(ctx context.Context, reference, recent *stats.Summary, o Options) (*Report, error) {
	names, err := namesOf(reference, recent, o.Attributes)
	if err != nil {
		return nil, err
	}
	var notes []string
	for _, s := range []struct {
		name string
		of   *stats.Summary
	}{{"reference", reference}, {"recent", recent}} {
		if s.of.Weight() == 0 {
			notes = append(notes, "the "+s.name+" state has no rows, so nothing can be told")
		}
	}
	tiles, err := joined(o.Tiles)
	if err != nil {
		return nil, err
	}
	c := &comparison{reference: reference, recent: recent, tiles: tiles}
	out := &Report{
		Alpha: Number(o.Alpha), MinEffect: Number(o.MinEffect), P: undefined(), Drifted: []string{}, Attributes: []Attribute{}, Notes: notes,
		Reference: States{Rows: Number(reference.Weight()), EffectiveRows: Number(reference.EffectiveRows())},
		Recent:    States{Rows: Number(recent.Weight()), EffectiveRows: Number(recent.EffectiveRows())},
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a, err := c.attribute(name)
		if err != nil {
			return nil, fmt.Errorf("attribute %q: %w", name, err)
		}
		out.Attributes = append(out.Attributes, *a)
	}
	if err := c.jointly(ctx, names, o, out); err != nil {
		return nil, err
	}
	out.decide(o, len(tiles))
	return out, nil
}

// jointly compares the numeric attributes of both states together, where there are at least two.
func (c *comparison) jointly(ctx context.Context, names []string, o Options, out *Report) error {
	var numeric []string
	for _, name := range names {
		if c.reference.Layout().NumericIndex(name) >= 0 && c.recent.Layout().NumericIndex(name) >= 0 {
			numeric = append(numeric, name)
		}
	}
	switch {
	case o.Joint == JointOff || o.Joint == "" || len(numeric) < 2 || !(c.reference.Weight() > 0 && c.recent.Weight() > 0):
		return nil
	case len(numeric) > mostJoint:
		out.Notes = append(out.Notes, fmt.Sprintf("%d numeric attributes are not compared together, at most %d are: name some in attributes", len(numeric), mostJoint))
		return nil
	}
	joint, err := Jointly(ctx, c.reference, c.recent, JointOptions{Attributes: numeric, Tiles: c.tiles})
	if err != nil {
		return fmt.Errorf("joint: %w", err)
	}
	out.Joint = joint
	return nil
}

// namesOf returns the attributes to compare, in the order of the reference, then those that only the recent rows have.
func namesOf(reference, recent *stats.Summary, wanted []string) ([]string, error) {
	var known []string
	for _, s := range []*stats.Summary{reference, recent} {
		for _, name := range attributesOf(s.Layout()) {
			if !slices.Contains(known, name) {
				known = append(known, name)
			}
		}
	}
	for _, name := range wanted {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%w %q", ErrUnknownAttribute, name)
		}
	}
	if len(wanted) > 0 {
		return wanted, nil
	}
	return known, nil
}

func attributesOf(l *stats.Layout) []string {
	out := make([]string, 0, len(l.Numeric)+len(l.Categorical))
	for i := range l.Numeric {
		if !expansion.IsColumn(l.Numeric[i].Name) {
			out = append(out, l.Numeric[i].Name)
		}
	}
	for i := range l.Categorical {
		out = append(out, l.Categorical[i].Name)
	}
	return out
}

// kindOf returns the kind of an attribute, empty for one that the layout does not have.
func kindOf(l *stats.Layout, name string) string {
	if i := l.NumericIndex(name); i >= 0 {
		if l.Numeric[i].Binary {
			return "binary"
		}
		return "numeric"
	}
	if i := l.CategoricalIndex(name); i >= 0 {
		if l.Categorical[i].List {
			return "list"
		}
		return "categorical"
	}
	return ""
}

// attribute compares one attribute.
func (c *comparison) attribute(name string) (*Attribute, error) {
	before, now := kindOf(c.reference.Layout(), name), kindOf(c.recent.Layout(), name)
	var out *Attribute
	var err error
	switch {
	case before != now:
		// of one kind the other has no values, so they are told apart by being missing
		out = &Attribute{Attribute: name, Kind: strings.TrimPrefix(before+" to "+now, " to ")}
		out.Kind = strings.TrimSuffix(out.Kind, " to ")
		out.Reference, out.Recent = c.presence(c.reference, name), c.presence(c.recent, name)
		if before != "" && now != "" { // retyped: all is new
			out.Reference.Rows, out.Reference.Missing = 0, Number(c.reference.Weight())
		}
	case now == "numeric":
		out, err = c.numeric(name)
	case now == "list":
		out = c.list(name)
	default:
		out = c.categorical(name, now)
	}
	if err != nil {
		return nil, err
	}
	c.missing(out)
	out.P = Number(cauchy(out.deciding()...))
	return out, nil
}

// telling are the tests that say nothing to the verdict: their p-values are too large where values are equal, or where a variance
// is not defined, and what they see is seen by the tests of ranks.
var telling = []string{"welch", "obrien", "wilcoxon", "kolmogorov_smirnov"}

// deciding returns the p-values that decide about an attribute.
func (a *Attribute) deciding() []float64 {
	var out []float64
	for _, t := range a.Tests {
		if !slices.Contains(telling, t.Test) {
			out = append(out, float64(t.P))
		}
	}
	return out
}

// decide adjusts the p-values for the number of attributes and puts the attributes in order.
func (r *Report) decide(o Options, tiles int) {
	p := make([]float64, len(r.Attributes))
	for i := range r.Attributes {
		p[i] = float64(r.Attributes[i].P)
	}
	counts := r.Joint != nil && o.Joint == JointVerdict
	if counts {
		p = append(p, float64(r.Joint.P))
	}
	all := adjusted(p)
	if counts {
		v := all[len(r.Attributes)]
		r.Joint.PAdjusted, r.Joint.Drift = Number(v), v < o.Alpha && !(float64(r.Joint.Distances.Hellinger) < o.MinEffect)
		r.Drift = r.Joint.Drift
		if !math.IsNaN(v) {
			r.P = Number(v)
		}
	} else if r.Joint != nil {
		r.Joint.PAdjusted = r.Joint.P
		r.Joint.Drift = float64(r.Joint.P) < o.Alpha && !(float64(r.Joint.Distances.Hellinger) < o.MinEffect)
	}
	for i, v := range all[:len(r.Attributes)] {
		a := &r.Attributes[i]
		a.PAdjusted = Number(v)
		a.Drift = v < o.Alpha && !(float64(a.Effect) < o.MinEffect)
		if !math.IsNaN(v) && !(float64(r.P) <= v) {
			r.P = Number(v)
		}
		if a.Dependent {
			r.Tiles = tiles
		}
	}
	slices.SortStableFunc(r.Attributes, func(a, b Attribute) int {
		return cmp.Or(cmp.Compare(orOne(a.P), orOne(b.P)), cmp.Compare(float64(b.Effect), float64(a.Effect)))
	})
	for i := range r.Attributes {
		if r.Attributes[i].Drift {
			r.Drift = true
			r.Drifted = append(r.Drifted, r.Attributes[i].Attribute)
		}
	}
}

// orOne puts p-values that are not defined last.
func orOne(p Number) float64 {
	if math.IsNaN(float64(p)) {
		return 2
	}
	return float64(p)
}
