package paramtest_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
)

// recorder is a test that keeps what it is told.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func TestDeclared(t *testing.T) {
	good := param.Parameter{Name: "x", Kind: param.KindNumber, Description: "A number.", Default: 0.5, Range: param.Between(0, 1)}
	with := func(change func(*param.Parameter)) []param.Parameter {
		p := good
		change(&p)
		return []param.Parameter{p}
	}
	for name, c := range map[string]struct {
		list []param.Parameter
		want string // empty for nothing wrong
	}{
		"good":           {list: []param.Parameter{good}},
		"no name":        {list: with(func(p *param.Parameter) { p.Name = "" }), want: "lower case"},
		"twice":          {list: []param.Parameter{good, good}, want: "twice"},
		"no kind":        {list: with(func(p *param.Parameter) { p.Kind = "" }), want: "kind"},
		"no description": {list: with(func(p *param.Parameter) { p.Description = "" }), want: "no description"},
		"no sentence":    {list: with(func(p *param.Parameter) { p.Description = "a number" }), want: "no sentence"},
		"needed default": {list: with(func(p *param.Parameter) { p.Required = true }), want: "must be given"},
		"default beyond": {list: with(func(p *param.Parameter) { p.Default = 2.0 }), want: "does not take"},
		"bounds crossed": {list: with(func(p *param.Parameter) { p.Range = param.Between(1, 0) }), want: "nothing is within"},
		"no fields":      {list: with(func(p *param.Parameter) { p.Kind, p.Default = param.KindObject, nil }), want: "no fields"},
		"a field": {list: with(func(p *param.Parameter) {
			p.Kind, p.Default, p.Fields = param.KindObject, nil, with(func(p *param.Parameter) { p.Description = "" })
		}), want: "no description"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{}
			if ok := paramtest.Declared(r, "test", c.list); ok != (c.want == "") {
				t.Errorf("good is %v, want %q", ok, c.want)
			}
			if said := strings.Join(r.said, "; "); c.want != "" && !strings.Contains(said, c.want) {
				t.Errorf("%q, want %q", said, c.want)
			}
		})
	}
}

func TestSteady(t *testing.T) {
	d := &paramtest.Draws{Random: rand.New(rand.NewPCG(1, 1)), Attributes: []string{"x"}}
	r := &recorder{}
	paramtest.Steady(r, "steady", d, func(r *param.Reader) { r.Boolean("on", false, "On.") })
	if len(r.said) > 0 {
		t.Error(r.said)
	}
	paramtest.Steady(r, "unsteady", d, func(r *param.Reader) {
		if r.Boolean("on", false, "On.") {
			r.Boolean("more", false, "More.")
		}
	})
	if len(r.said) != 1 || !strings.Contains(r.said[0], "[on more]") {
		t.Error(r.said)
	}
}

// TestDraws: what is needed is always drawn.
func TestDraws(t *testing.T) {
	d := &paramtest.Draws{Random: rand.New(rand.NewPCG(1, 1)), Attributes: []string{"x"}}
	list := param.List(func(r *param.Reader) {
		r.Attribute("needed", param.Required, "Needed.")
		r.NumberIfGiven("below", param.Any().UpTo(-5), "Below.")
		r.NumberIfGiven("far", param.AtLeast(1e9), "Far.")
	})
	for range 100 {
		values := d.Values(list)
		r := param.NewReader(values, param.Typed)
		r.Declare(list)
		if err := r.Close(); err != nil {
			t.Fatalf("%v: %v", values, err)
		}
	}
}
