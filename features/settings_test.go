package features

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
)

// specOf is the Spec that has the values; false when a Spec cannot hold them.
func specOf(typ string, values param.Values) (s Spec, ok bool) {
	s, ok = Spec{Type: typ}, true
	for name, value := range values {
		var has bool
		switch name {
		case "of":
			s.Of, has = value.(string)
		case "parts":
			var list []any
			list, has = value.([]any)
			for _, part := range list {
				text, isText := part.(string)
				s.Parts, has = append(s.Parts, text), has && isText
			}
		case "rows":
			s.Rows, has = value.(int)
		case "short":
			s.Short, has = value.(int)
		case "season":
			s.Season, has = value.(string)
		case "over":
			text, _ := value.(string)
			d, err := time.ParseDuration(text)
			s.Over, has = d, err == nil
		case "options":
			s.Options, has = optionsOf(value)
		}
		ok = ok && has
	}
	return s, ok
}

// optionsOf are options as a Spec has them.
func optionsOf(value any) (param.Values, bool) {
	switch v := value.(type) {
	case param.Values:
		return v, true
	case map[string]any:
		return v, true
	}
	return nil, false
}

// planned is the plan of a feature, after detectors x and y where it is about one.
func planned(s Spec) (*Plan, error) {
	if k := find(s.Type); k != nil && k.reads != nil {
		return NewPlan([]Spec{{Name: "x", Type: "adwin", Of: "v"}, {Name: "y", Type: "page_hinkley", Of: "v"}, s})
	}
	return NewPlan([]Spec{s})
}

// together are values of the settings of a type that go with each other.
func together(draws *paramtest.Draws, list []param.Parameter) param.Values {
	values := draws.Values(list)
	if values["over"] != nil {
		delete(values, "rows")
	}
	if options, ok := optionsOf(values["options"]); ok {
		// options that must go with each other: the tests of package detect have them
		for _, name := range []string{"warning_threshold", "drift_threshold", "alpha", "beta", "drift_confidence", "warning_confidence", "window_size", "stat_size", "alpha_drift", "alpha_warning"} {
			delete(options, name)
		}
	}
	return values
}

// TestSettings: every setting of every type is described, has a default that it
// takes, refuses what is out of its bounds, and is declared whatever the other
// values are.
func TestSettings(t *testing.T) {
	draws := &paramtest.Draws{Random: rand.New(rand.NewPCG(21, 1)), Attributes: []string{"x", "y"}}
	for i, typ := range Catalogue() {
		t.Run(typ.Name, func(t *testing.T) {
			paramtest.Declared(t, typ.Name, typ.Parameters)
			paramtest.Steady(t, typ.Name, draws, func(r *param.Reader) { catalogue()[i].settings(r) })
			if typ.Summary == "" {
				t.Error("has no summary")
			}
			for range 20 {
				values := together(draws, typ.Parameters)
				s, ok := specOf(typ.Name, values)
				if _, err := planned(s); !ok || err != nil {
					t.Fatalf("%v: %v", values, err)
				}
				for j := range typ.Parameters {
					p := &typ.Parameters[j]
					for _, wrong := range append(draws.Outside(p), -1, maxRows+1) {
						values := together(draws, typ.Parameters)
						if values[p.Name] = wrong; p.Name == "over" {
							delete(values, "rows")
						}
						s, ok := specOf(typ.Name, values)
						if s.values()[p.Name] == nil || !ok {
							continue // a Spec cannot say it, or it means none
						}
						if _, err := planned(s); !errors.Is(err, errSpec) || !strings.Contains(err.Error(), p.Name+": ") && !strings.Contains(err.Error(), p.Name+".") {
							t.Errorf("%+v: %v", s, err)
						}
					}
				}
			}
		})
	}
}

// TestSettingsOfOtherTypes: what a type does not declare is refused, but for rows
// and short, which change nothing.
func TestSettingsOfOtherTypes(t *testing.T) {
	all := param.Values{"of": "x", "parts": []any{"x"}, "rows": 3, "over": "1h", "season": seasonDay, "short": 7, "options": param.Values{"delta": 0.1}}
	for _, typ := range Catalogue() {
		for name, value := range all {
			if slices.ContainsFunc(typ.Parameters, func(p param.Parameter) bool { return p.Name == name }) {
				continue
			}
			values := param.Values{name: value}
			for _, p := range typ.Parameters {
				if p.Required {
					values[p.Name] = all[p.Name]
				}
			}
			s, _ := specOf(typ.Name, values)
			_, err := planned(s)
			if name == "rows" || name == "short" {
				if err != nil {
					t.Errorf("%+v: %v", s, err)
				}
				continue
			}
			if !errors.Is(err, errSpec) || !strings.Contains(err.Error(), name+": type \""+typ.Name+"\" has no such setting") {
				t.Errorf("%+v: %v", s, err)
			}
		}
	}
}

// featuresOf are the features of drawn rows under a plan, as bits.
func featuresOf(t *testing.T, s Spec) []uint64 {
	t.Helper()
	plan, err := planned(s)
	if err != nil {
		t.Fatal(err)
	}
	k, random := newKeyed(plan, Limits{}), rand.New(rand.NewPCG(21, 7))
	var out []uint64
	at := int64(0)
	for range 3000 {
		at += int64(time.Hour) + random.Int64N(int64(time.Hour))
		row := Row{Time: at, Values: make([]float64, len(plan.Fields()))}
		for i := range row.Values {
			row.Values[i] = random.NormFloat64() + math.Sin(float64(at)/float64(24*time.Hour))
			if slices.Contains([]string{"ddm", "eddm", "hddm_a", "hddm_w", "stepd"}, s.Type) { // errors
				row.Values[i] = math.Max(0, math.Copysign(1, row.Values[i]-0.5))
			}
		}
		values, err := k.take(row)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, math.Float64bits(values[len(values)-1]))
	}
	return out
}

// TestDefaultsAreWhatIsDone: a default that is spelled out gives the same
// features, and the same plan, so that what is stored is read.
func TestDefaultsAreWhatIsDone(t *testing.T) {
	for _, typ := range Catalogue() {
		for _, p := range typ.Parameters {
			if p.Default == nil {
				continue
			}
			t.Run(typ.Name+"/"+p.Name, func(t *testing.T) {
				without, _ := specOf(typ.Name, param.Values{"of": "x"})
				with, ok := specOf(typ.Name, param.Values{"of": "x", p.Name: p.Default})
				if !ok || !slices.Equal(featuresOf(t, without), featuresOf(t, with)) {
					t.Errorf("%v is not what is done", p.Default)
				}
				a, errA := planned(without)
				b, errB := planned(with)
				if errA != nil || errB != nil || a.mark != b.mark {
					t.Errorf("the plans differ: %v, %v", errA, errB)
				}
			})
		}
	}
}

// TestSettingsCount: every setting changes a feature.
func TestSettingsCount(t *testing.T) {
	draws := &paramtest.Draws{Random: rand.New(rand.NewPCG(21, 3)), Attributes: []string{"x", "y"}}
	others := map[string]any{"of": "y", "parts": []any{"x", "y", "z"}, "rows": 3, "over": "30h", "season": seasonDay, "short": 3}
	options := map[string]param.Values{
		"adwin": {"delta": 0.9, "clock": 1}, "page_hinkley": {"threshold": 1}, "kswin": {"alpha": 0.5}, "ddm": {"drift_threshold": 2}, "eddm": {"beta": 0.95},
		"hddm_a": {"warning_confidence": 0.5}, "hddm_w": {"warning_confidence": 0.5}, "stepd": {"alpha_warning": 0.5},
	}
	for _, typ := range Catalogue() {
		for _, p := range typ.Parameters {
			t.Run(typ.Name+"/"+p.Name, func(t *testing.T) {
				values := param.Values{}
				for i := range typ.Parameters {
					if q := &typ.Parameters[i]; q.Required {
						values[q.Name] = draws.Inside(q)
					}
				}
				if typ.Name != "total" {
					values["of"] = "x"
				}
				before, _ := specOf(typ.Name, values)
				if values[p.Name] = others[p.Name]; p.Name == "options" {
					values[p.Name] = options[typ.Name]
				}
				after, ok := specOf(typ.Name, values)
				same := slices.Equal(featuresOf(t, before), featuresOf(t, after))
				if p.Name == "of" && find(typ.Name).reads == nil { // which field it is changes no value when it is the only one
					a, _ := planned(before)
					b, _ := planned(after)
					same = slices.Equal(a.Fields(), b.Fields())
				}
				if !ok || same {
					t.Error("changes nothing")
				}
			})
		}
	}
}
