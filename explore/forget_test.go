package explore_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	sizes "github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestQuestionsForget draws rows and others, some of these far out, learns all of them in a
// drawn order and forgets the others. Each question of the catalogue, with drawn arguments,
// is answered as where the others have never been learned, save groupExtreme.
func TestQuestionsForget(t *testing.T) {
	asked, answered := map[string]int{}, map[string]int{}
	for seed := range sizes.Seeds(16) {
		r := rand.New(rand.NewPCG(seed, 19))
		d, far := draw(t, 30+r.IntN(200), "plain", r), seed%2 == 1
		others := drawRows(5+r.IntN(60), r)
		if far {
			for i := range others.N {
				if row := others.Row(i); r.IntN(3) == 0 {
					row[r.IntN(3)] = math.Copysign(math.Pow(10, 3+9*r.Float64()), r.NormFloat64())
				}
			}
		}
		both := &stats.Rows{}
		both.Reset(d.rows.Numeric, d.rows.Categorical)
		for _, i := range r.Perm(d.rows.N + others.N) {
			if i < d.rows.N {
				both.Append(d.rows, i)
			} else {
				both.Append(others, i-d.rows.N)
			}
		}
		s := learned(t, d.layout, both)
		if err := s.Forget(d.layout, others); err != nil {
			t.Fatal(err)
		}
		draws := &paramtest.Draws{Random: r, Attributes: []string{"x", "y", "z", "flag", "flag2", "k", "k2"}}
		for _, q := range explore.Questions() {
			for try := range 4 {
				a := args{}
				maps.Copy(a, sound()[q.Name])
				if values := draws.Values(q.Parameters); try > 0 {
					for _, name := range slices.Sorted(maps.Keys(values)) {
						if r.IntN(3) == 0 {
							a[name] = values[name]
						}
					}
				}
				want, err := tryAsk(t, d.s, q.Name, a)
				got, errGot := tryAsk(t, s, q.Name, a)
				asked[q.Name]++
				label := fmt.Sprintf("seed %d, far %v: %s%v", seed, far, q.Name, a)
				if (err == nil) != (errGot == nil) {
					t.Errorf("%s: %v, and after rows were forgotten %v", label, err, errGot)
				}
				if err == nil && errGot == nil {
					answered[q.Name]++
					requireForgotten(t, label, "", got, want)
				}
			}
		}
	}
	for _, q := range explore.Questions() {
		if answered[q.Name] < asked[q.Name]/5 {
			t.Errorf("%s has %d answers to %d questions", q.Name, answered[q.Name], asked[q.Name])
		}
	}
}

// groupExtreme are the extremes of an attribute given a category, the only answers that
// differ (docs/forgetting.md): each is null, or one that a forgotten row had within the
// range of the attribute.
var groupExtreme = regexp.MustCompile(`\.conditional\.[^.]+\.(min|max)$`)

// farthest is beyond the values of the rows that stay.
const farthest = 1200

// sameForgotten is the tolerance of all others: 12 digits, of which tests and inverses of
// matrices lose some.
const sameForgotten = 1e-6

// requireForgotten compares two answers, number by number, save groupExtreme.
func requireForgotten(t *testing.T, label, path string, got, want any) {
	t.Helper()
	if groupExtreme.MatchString(path) {
		if g, ok := got.(float64); got != nil && (!ok || math.Abs(g) > farthest) {
			t.Errorf("%s: %s is %v, want %v or null", label, path, got, want)
		}
		return
	}
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			t.Errorf("%s: %s is %v, want %v", label, path, got, want)
			return
		}
		for name := range w {
			requireForgotten(t, label, path+"."+name, g[name], w[name])
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			t.Errorf("%s: %s is %v, want %v", label, path, got, want)
			return
		}
		for i := range w {
			requireForgotten(t, label, fmt.Sprintf("%s.%d", path, i), g[i], w[i])
		}
	case float64:
		g, ok := got.(float64)
		if !ok || !(math.Abs(g-w) <= sameForgotten*max(math.Abs(w), 1e-3)) {
			t.Errorf("%s: %s is %v, want %v", label, path, got, want)
		}
	default:
		if got != want {
			t.Errorf("%s: %s is %v, want %v", label, path, got, want)
		}
	}
}
