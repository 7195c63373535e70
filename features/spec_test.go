package features

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// mistake changes a definition so that it is wrong for some types.
type mistake struct {
	field string // that the error names
	wrong func(k *kind) bool
	make  func(s *Spec)
}

// has reports whether the type has a setting of that name.
func has(k *kind, name string) bool {
	return slices.ContainsFunc(param.List(func(r *param.Reader) { k.settings(r) }), func(p param.Parameter) bool { return p.Name == name })
}

func mistakes() []mistake {
	always := func(*kind) bool { return true }
	return []mistake{
		{field: "type", wrong: always, make: func(s *Spec) { s.Type = strings.ToUpper(s.Type) }},
		{field: "of", wrong: func(k *kind) bool { return k.timeOnly || k.composed }, make: func(s *Spec) { s.Of = "y" }},
		{field: "of", wrong: func(k *kind) bool { return !k.timeOnly && !k.composed }, make: func(s *Spec) { s.Of = "" }},
		{field: "parts", wrong: func(k *kind) bool { return !k.composed }, make: func(s *Spec) { s.Parts = []string{"y"} }},
		{field: "parts", wrong: func(k *kind) bool { return k.composed }, make: func(s *Spec) { s.Parts = nil }},
		{field: "rows", wrong: always, make: func(s *Spec) { s.Over, s.Rows = 0, maxRows+1 }},
		{field: "rows", wrong: always, make: func(s *Spec) { s.Over, s.Rows = 0, -1 }},
		{field: "over", wrong: always, make: func(s *Spec) { s.Rows, s.Over = 0, -time.Second }},
		{field: "over", wrong: func(k *kind) bool { return !has(k, "over") }, make: func(s *Spec) { s.Over = time.Hour }},
		{field: "rows and over", wrong: func(k *kind) bool { return has(k, "over") }, make: func(s *Spec) { s.Rows, s.Over = 7, time.Hour }},
		{field: "season", wrong: func(k *kind) bool { return !has(k, "season") }, make: func(s *Spec) { s.Season = seasonDay }},
		{field: "season", wrong: always, make: func(s *Spec) { s.Season = "hour_of_year" }},
		{field: "short", wrong: always, make: func(s *Spec) { s.Short = maxRows + 1 }},
		{field: "short", wrong: always, make: func(s *Spec) { s.Short = -3 }},
		{field: "options", wrong: func(k *kind) bool { return !has(k, "options") }, make: func(s *Spec) { s.Options = param.Values{"delta": 0.1} }},
		{field: "options.alfa", wrong: func(k *kind) bool { return has(k, "options") }, make: func(s *Spec) { s.Options = param.Values{"alfa": 1} }},
	}
}

// drawSpec returns a valid definition of the type.
func drawSpec(random *rand.Rand, k *kind) Spec {
	s := Spec{Type: k.name, Rows: random.IntN(60), Short: random.IntN(5)}
	switch {
	case k.composed:
		s.Parts = []string{"x", "y"}[:1+random.IntN(2)]
	case k.reads != nil:
		s.Of = "found"
	case k.name == "ddm" || k.name == "eddm" || k.name == "stepd" || strings.HasPrefix(k.name, "hddm"):
		s.Of = "wrong"
	case !k.timeOnly:
		s.Of = []string{"x", "y.z"}[random.IntN(2)]
	}
	if has(k, "over") && random.IntN(2) == 0 {
		s.Rows, s.Over = 0, time.Duration(1+random.IntN(3600))*time.Second
	}
	if has(k, "season") && random.IntN(2) == 0 {
		s.Season = seasonDay
	}
	if has(k, "options") && random.IntN(2) == 0 {
		s.Options = drawOptions(random, k.name)
	}
	return s
}

// drawOptions are options of a detector with which it soon finds something.
func drawOptions(random *rand.Rand, typ string) param.Values {
	yes := random.IntN(2) == 0
	switch typ {
	case "adwin":
		return param.Values{"delta": 0.3, "clock": 1 + random.IntN(3), "keep_window": yes}
	case "page_hinkley":
		return param.Values{"threshold": 20, "mode": []string{"up", "down"}[random.IntN(2)]}
	case "kswin":
		return param.Values{"window_size": 20, "stat_size": 8, "alpha": 0.1, "seed": random.IntN(9), "keep_window": yes}
	case "ddm", "eddm":
		return param.Values{"warm_start": 5 + random.IntN(20)}
	case "stepd":
		return param.Values{"window_size": 10, "alpha_warning": 0.2, "two_sided_test": yes}
	}
	return param.Values{"drift_confidence": 0.05, "warning_confidence": 0.1, "two_sided_test": yes}
}

// TestDrawnSpecs: valid definitions of every type are taken with their defaults
// filled in, and each mistake in them is refused with the field's name and the
// feature's index.
func TestDrawnSpecs(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 3))
	refused := map[string]int{}
	for _, k := range catalogue() {
		for range 20 {
			s := drawSpec(random, &k)
			plan, err := NewPlan([]Spec{{Type: "adwin", Name: "found", Of: "x"}, s})
			if err != nil {
				t.Fatalf("%+v: %v", s, err)
			}
			whole := plan.specs[1]
			again, err := NewPlan([]Spec{{Type: "adwin", Name: "found", Of: "x"}, whole})
			if err != nil || again.mark != plan.mark {
				t.Errorf("%+v is completed to %+v, which is taken as another one (error %v)", s, whole, err)
			}
			for _, m := range mistakes() {
				if !m.wrong(&k) {
					continue
				}
				bad := s
				m.make(&bad)
				_, err := NewPlan([]Spec{{Type: "adwin", Name: "found", Of: "x"}, bad})
				if !errors.Is(err, errSpec) || !strings.HasPrefix(err.Error(), "1: ") || !strings.Contains(err.Error(), ": "+m.field+": ") && !strings.Contains(err.Error(), m.field+" is missing") {
					t.Errorf("%+v: error %v, want one that wraps %v and names feature 1 and %q", bad, err, errSpec, m.field)
				}
				refused[m.field]++
			}
		}
	}
	t.Logf("refused: %v", refused)
}

// TestPlans: number and names of features.
func TestPlans(t *testing.T) {
	many := make([]Spec, MaxFeatures+1)
	for i := range many {
		many[i] = Spec{Name: fmt.Sprint("f", i), Type: "hour"}
	}
	for _, c := range []struct {
		name  string
		specs []Spec
		want  string
	}{
		{name: "none", want: "0 features, want 1 to 256"},
		{name: "too many", specs: many, want: "257 features, want 1 to 256"},
		{name: "one name twice", specs: []Spec{{Type: "lag", Of: "x"}, {Type: "hour"}, {Name: "x_lag", Type: "hour"}}, want: `2: invalid feature: name: "x_lag" is that of feature 0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := NewPlan(c.specs); !errors.Is(err, errSpec) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want it to contain %q", err, c.want)
			}
		})
	}
	if _, err := NewPlan(many[:MaxFeatures]); err != nil {
		t.Errorf("%d features: %v", MaxFeatures, err)
	}
}

// TestNamesOfFieldsAndFeatures: what a feature is about is an earlier feature of
// that name, else a field, also where a later feature has the name.
func TestNamesOfFieldsAndFeatures(t *testing.T) {
	plan, err := NewPlan([]Spec{
		{Name: "a", Type: "lag", Of: "b"}, {Name: "b", Type: "lag", Of: "a"}, {Name: "c", Type: "total", Parts: []string{"a", "b", "c", "x"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := plan.Fields(); !slices.Equal(got, []string{"b", "c", "x"}) {
		t.Errorf("fields %q, want b, c and x: the features a and b come before what is about them", got)
	}
	if got := plan.Names(); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("names %q", got)
	}
}

// TestMarks: any change of a definition that changes what is kept changes the
// mark, so that a record of other features is never read.
func TestMarks(t *testing.T) {
	base := Spec{Type: "mean", Of: "x", Rows: 5}
	seen := map[uint64]string{}
	for name, specs := range map[string][]Spec{
		"base": {base}, "name": {{Name: "m", Type: "mean", Of: "x", Rows: 5}}, "type": {{Type: "sum", Of: "x", Rows: 5}},
		"of": {{Type: "mean", Of: "y", Rows: 5}}, "rows": {{Type: "mean", Of: "x", Rows: 6}}, "over": {{Type: "mean", Of: "x", Over: 5}},
		"season": {{Type: "seasonal_mean", Of: "x", Season: seasonDay}}, "other season": {{Type: "seasonal_mean", Of: "x"}},
		"short": {{Type: "likelihood", Of: "x", Short: 5}}, "other short": {{Type: "likelihood", Of: "x"}},
		"parts": {{Type: "total", Parts: []string{"x", "y"}}}, "other parts": {{Type: "total", Parts: []string{"y", "x"}}},
		"detector": {{Type: "adwin", Of: "x"}}, "option": {{Type: "adwin", Of: "x", Options: param.Values{"delta": 0.01}}}, "other option": {{Type: "adwin", Of: "x", Options: param.Values{"clock": 1}}},
		"one more": {base, {Type: "hour"}}, "order": {{Type: "hour"}, base},
	} {
		plan, err := NewPlan(specs)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if other, taken := seen[plan.mark]; taken {
			t.Errorf("%s and %s have the same mark", name, other)
		}
		seen[plan.mark] = name
	}
}

// TestTypesAreDescribed: every type has a line of the catalogue.
func TestTypesAreDescribed(t *testing.T) {
	all := Catalogue()
	for i, name := range Types() {
		if all[i].Name != name || all[i].Summary == "" {
			t.Errorf("type %q is listed as %q and described as %q", name, all[i].Name, all[i].Summary)
		}
	}
}
