package regression_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/model/regression"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// pairedRows are rows of four inputs with their splines and all products, and a target with
// an interaction of a drawn pair.
type pairedRows struct {
	layout     *stats.Layout
	rows       *stats.Rows
	expansions []*expansion.Expansion
	pair       []string
}

func newPairedRows(t *testing.T, r *rand.Rand, n int, strength float64) *pairedRows {
	t.Helper()
	inputs, y := make([][]float64, 4), make([]float64, n)
	i, j := r.IntN(4), r.IntN(3)
	if j >= i {
		j++
	}
	for k := range n {
		for a := range inputs {
			inputs[a] = append(inputs[a], 3+r.NormFloat64())
		}
		y[k] = 2*math.Sin(inputs[0][k]) + inputs[1][k] + strength*(inputs[i][k]-3)*(inputs[j][k]-3) + 0.5*r.NormFloat64()
	}
	curves := curvedRows(t, expansion.Hats, 6, y, inputs...)
	name := func(a int) string { return string(rune('a' + a)) }
	out := &pairedRows{layout: curves.layout, rows: &stats.Rows{}, expansions: curves.expansions, pair: []string{name(min(i, j)), name(max(i, j))}}
	for a := range inputs {
		for b := range a + 1 {
			e, err := expansion.New(expansion.Expansion{Kind: expansion.Product, Sources: []string{name(b), name(a)}})
			if err != nil {
				t.Fatal(err)
			}
			out.expansions = append(out.expansions, e)
			out.layout.Numeric = append(out.layout.Numeric, stats.NumericColumn{Name: e.Names()[0]})
		}
	}
	out.rows.Reset(len(out.layout.Numeric), 0)
	for k := range n {
		row := slices.Clone(curves.rows.Row(k))
		for a := range inputs {
			for b := range a + 1 {
				row = append(row, inputs[b][k]*inputs[a][k])
			}
		}
		out.rows.Values = append(out.rows.Values, row...)
		out.rows.N++
	}
	return out
}

func (p *pairedRows) evidence(t *testing.T) *model.Evidence {
	return &model.Evidence{Summary: modeltest.SummaryOf(t, p.layout, p.rows), Expansions: p.expansions}
}

// built is a model of the rows and its sum of squared errors.
func (p *pairedRows) built(t *testing.T, e *model.Evidence, d model.Definition) (model.Model, float64) {
	t.Helper()
	d.Name, d.Type, d.Target = "m", "gam", "y"
	m, err := model.NewCatalogue(regression.Entries()).Build(context.Background(), d, e)
	if err != nil {
		t.Fatal(err)
	}
	var r model.Result
	sum := 0.0
	for i := range p.rows.N {
		row := p.rows.Row(i)
		m.Predict(row, nil, &r)
		sum += (r.Prediction - row[4]) * (r.Prediction - row[4])
	}
	return m, sum
}

// pair is what a description has of one.
type pair struct {
	Inputs []string
	Gain   float64
}

func pairsOf(t *testing.T, m model.Model) []pair {
	t.Helper()
	text, err := json.Marshal(m.Describe())
	var about struct{ Pairs []pair }
	if err == nil {
		err = json.Unmarshal(text, &about)
	}
	if err != nil {
		t.Fatal(err)
	}
	return about.Pairs
}

// TestPairs: of all pairs the one that is in the rows is chosen, and the gain of each is what
// a fit with it explains of what the curves leave, as refits say.
func TestPairs(t *testing.T) {
	const straight = 1e-8 // a penalty that costs nothing, so that gains are of squared errors alone
	for seed := range drawn.Seeds(12) {
		r := rand.New(rand.NewPCG(seed, 51))
		p := newPairedRows(t, r, 300+r.IntN(500), 0.2+r.Float64())
		e := p.evidence(t)
		_, alone := p.built(t, e, model.Definition{Options: map[string]any{"lambda": straight}})
		m, _ := p.built(t, e, model.Definition{Options: map[string]any{"lambda": straight, "pairs": 10}})
		pairs := pairsOf(t, m)
		if len(pairs) != 6 || !slices.Equal(pairs[0].Inputs, p.pair) {
			t.Fatalf("seed %d: pairs are %+v, want all six and %q first", seed, pairs, p.pair)
		}
		for _, one := range pairs {
			_, with := p.built(t, e, model.Definition{Inputs: []string{"*", "product(" + strings.Join(one.Inputs, ",") + ")"}, Options: map[string]any{"lambda": straight}})
			if want := 1 - with/alone; math.Abs(one.Gain-want) > 1e-6 {
				t.Errorf("seed %d: gain of %q is %.9f, by a refit %.9f", seed, one.Inputs, one.Gain, want)
			}
		}
		one, left := p.built(t, e, model.Definition{Options: map[string]any{"pairs": 1}})
		if got := pairsOf(t, one); len(got) != 1 || !slices.Equal(got[0].Inputs, p.pair) {
			t.Errorf("seed %d: the one pair is %+v, want %q", seed, got, p.pair)
		}
		if _, without := p.built(t, e, model.Definition{}); !(left < without) {
			t.Errorf("seed %d: squared errors add up to %v with a pair, %v without", seed, left, without)
		}
	}
}

// TestPairsRefuses: pairs beside all products, and pairs of a project without products.
func TestPairsRefuses(t *testing.T) {
	p := newPairedRows(t, rand.New(rand.NewPCG(1, 51)), 200, 1)
	types := model.NewCatalogue(regression.Entries())
	d := model.Definition{Name: "m", Type: "gam", Target: "y", Options: map[string]any{"pairs": 1}}
	e := p.evidence(t)
	all := d
	all.Features = []string{"splines", "products"}
	if _, err := types.Build(context.Background(), all, e); !errors.Is(err, model.ErrDefinition) || !strings.Contains(err.Error(), "options.pairs") {
		t.Errorf("beside all products the error is %v", err)
	}
	e.Expansions = e.Expansions[:4]
	if _, err := types.Build(context.Background(), d, e); !errors.Is(err, model.ErrNotYet) || !strings.Contains(err.Error(), "expand.products") {
		t.Errorf("without products the error is %v", err)
	}
}
