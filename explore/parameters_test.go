package explore

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// drawnSummary has attributes of every type but lists. The values of c are named
// as attributes are, so that names stand for either.
func drawnSummary(t *testing.T, random *rand.Rand) (s *stats.Summary, attributes []string) {
	t.Helper()
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "x"}, {Name: "y"}, {Name: "flag", Binary: true}, {Name: "mark", Binary: true}},
		Categorical: []stats.CategoricalColumn{{Name: "c", Values: []string{"x", "y", "flag"}}},
	}
	rows := &stats.Rows{N: 300, Numeric: 4, Categorical: 1}
	for range rows.N {
		x, y := random.NormFloat64(), random.NormFloat64()
		rows.Values = append(rows.Values, x, x+y, float64(random.IntN(2)), float64(random.IntN(2)))
		rows.Codes = append(rows.Codes, 1+int32(random.IntN(3)))
	}
	s, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Learn(layout, rows); err != nil {
		t.Fatal(err)
	}
	return s, []string{"x", "y", "flag", "mark", "c"}
}

// TestParameters: every parameter of every question is described, has a default
// that it takes, refuses what is out of its bounds, and is declared whatever the
// other values are.
func TestParameters(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 1))
	draws := &paramtest.Draws{Random: random, Attributes: []string{"x", "y"}}
	for _, q := range Questions() {
		t.Run(q.Name, func(t *testing.T) {
			paramtest.Declared(t, q.Name, q.Parameters)
			paramtest.Steady(t, q.Name, draws, q.declare)
			for i := range q.Parameters {
				p := &q.Parameters[i]
				for range 50 {
					args := draws.Values(q.Parameters)
					if err := q.Check(args); err != nil {
						t.Fatalf("%v: %v", args, err)
					}
					for _, wrong := range draws.Outside(p) {
						if _, err := p.Parse(wrong, param.Texts); err == nil {
							continue // a text that stands for the value
						}
						if args[p.Name] = wrong; !param.Texts.Absent(wrong) && q.Check(args) == nil {
							t.Errorf("takes %s: %v", p.Name, wrong)
						}
					}
				}
				if p.Required {
					args := draws.Values(q.Parameters)
					delete(args, p.Name)
					if q.Check(args) == nil {
						t.Errorf("does without %s", p.Name)
					}
				}
			}
		})
	}
}

// TestDefaultsAreWhatIsDone: a question with a default spelled out has the answer
// that it has without.
func TestDefaultsAreWhatIsDone(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 2))
	s, attributes := drawnSummary(t, random)
	draws := &paramtest.Draws{Random: random, Attributes: attributes}
	for _, q := range Questions() {
		for i := range q.Parameters {
			p := &q.Parameters[i]
			if p.Default == nil {
				continue
			}
			t.Run(q.Name+"/"+p.Name, func(t *testing.T) {
				compared := 0
				for range 400 {
					args := draws.Values(q.Parameters)
					delete(args, p.Name)
					without, err := q.AskOf(context.Background(), s, args)
					if err != nil {
						continue // these attributes do not go together
					}
					args[p.Name] = p.Default
					with, err := q.AskOf(context.Background(), s, args)
					if err != nil {
						t.Fatalf("%v: %v", args, err)
					}
					if a, b := asJSON(t, without), asJSON(t, with); a != b {
						t.Fatalf("%v:\n%s\nwithout\n%s", args, b, a)
					}
					compared++
				}
				if compared == 0 {
					t.Error("no drawn question has an answer")
				}
			})
		}
	}
}

// TestParametersCount: for every parameter there are values with which the answer,
// or that there is one, differs from that without it.
func TestParametersCount(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 31))
	s, attributes := drawnSummary(t, random)
	draws := &paramtest.Draws{Random: random, Attributes: attributes}
	said := func(q *Question, args param.Values) (string, bool) {
		answer, err := q.AskOf(context.Background(), s, args)
		if err != nil {
			return "", false
		}
		return asJSON(t, answer), true
	}
	for _, q := range Questions() {
		for i := range q.Parameters {
			p := &q.Parameters[i]
			if p.Name == referenceName {
				continue // whoever asks chooses the state
			}
			t.Run(q.Name+"/"+p.Name, func(t *testing.T) {
				for range 20000 {
					args := draws.Values(q.Parameters)
					args[p.Name] = draws.Inside(p)
					first, ok := said(&q, args)
					args[p.Name] = draws.Inside(p)
					if second, also := said(&q, args); (ok || also) && first != second {
						return
					}
				}
				t.Error("changes nothing")
			})
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
