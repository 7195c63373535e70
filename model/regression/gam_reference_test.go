package regression

import (
	"math"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// gamReference is testdata/gam.json, written by tools/reference/gam.py.
type gamReference struct {
	A, B, Y []float64
	Knots   [][]float64
	Cases   []struct {
		Alpha  []float64
		Curves []referenceCurve
		RSS    float64
	}
	Pygam []referenceCurve
}

type referenceCurve struct {
	X, Y, Unit []float64
	DF         float64
}

// evidence computes natural cubics on the knots of the reference.
func (g *gamReference) evidence(t *testing.T) *model.Evidence {
	t.Helper()
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "a"}, {Name: "b"}, {Name: "y"}}}
	e := &model.Evidence{}
	for i, name := range []string{"a", "b"} {
		x, err := expansion.New(expansion.Expansion{Kind: expansion.Natural, Sources: []string{name}, Knots: g.Knots[i]})
		if err != nil {
			t.Fatal(err)
		}
		e.Expansions = append(e.Expansions, x)
		for _, column := range x.Names() {
			layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: column})
		}
	}
	rows := &stats.Rows{N: len(g.Y), Numeric: len(layout.Numeric)}
	for i := range g.Y {
		rows.Values = append(rows.Values, g.A[i], g.B[i], g.Y[i])
		for k, x := range e.Expansions {
			columns := make([]float64, x.Columns())
			x.Compute([]float64{[]float64{g.A[i], g.B[i]}[k]}, columns, math.MaxFloat64)
			rows.Values = append(rows.Values, columns...)
		}
	}
	e.Summary = modeltest.SummaryOf(t, layout, rows)
	return e
}

// gamClose is what both sides round and solve differently.
const gamClose = 1e-6

// requireCurve requires the curve, its degrees of freedom and its band to be those of the
// reference.
func requireCurve(t *testing.T, alpha []float64, got *curveReport, want *referenceCurve) {
	t.Helper()
	if math.Abs(got.DF-want.DF) > gamClose {
		t.Errorf("alpha %v: df of %s %v, want %v", alpha, got.Input, got.DF, want.DF)
	}
	// The band of a curve is a multiple of the root that is the reference's unit.
	factor := (*got.Points[0].High - *got.Points[0].Low) / want.Unit[0]
	for i, p := range got.Points {
		if math.Abs(p.X-want.X[i]) > gamClose || math.Abs(p.Y-want.Y[i]) > gamClose {
			t.Errorf("alpha %v: curve of %s at %v is %v, want %v at %v", alpha, got.Input, p.X, p.Y, want.Y[i], want.X[i])
		}
		if half := (*p.High - *p.Low) / want.Unit[i]; math.Abs(half-factor) > 1e-5*factor {
			t.Errorf("alpha %v: band of %s at %v is %v units, want %v", alpha, got.Input, p.X, half, factor)
		}
	}
}

// TestGAMReference compares curves, degrees of freedom and bands with statsmodels' GLMGam on
// patsy's natural cubic basis at given weights, and the curves at weights that are chosen
// with pyGAM, which has another basis.
func TestGAMReference(t *testing.T) {
	var g gamReference
	modeltest.ReadJSON(t, "gam.json", &g)
	e := g.evidence(t)
	inputs := []string{"y"}
	for _, x := range e.Expansions {
		inputs = append(inputs, x.Names()...)
	}
	o, err := model.ReadOptions(&model.Definition{Type: "gam"}, readGAM)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRegression(&model.Definition{Name: "m", Type: "gam", Target: "y", Inputs: inputs[1:]}, o.regressionOptions, e, design.CodingReference)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range g.Cases {
		f := newAdditive(r, e.Expansions, o)
		for k := range f.smooths {
			s := &f.smooths[k]
			// statsmodels takes twice alpha: penalized_wls in generalized_additive_model.py
			f.lambdas[k] = 2 * c.Alpha[k] * s.expansion.Roughness()[0] / s.penalty[0]
		}
		_, report, err := f.describe()
		if err != nil {
			t.Fatal(err)
		}
		if rss := *report.RMSE * *report.RMSE * report.Rows; math.Abs(rss-c.RSS) > gamClose*c.RSS {
			t.Errorf("alpha %v: rss %v, want %v", c.Alpha, rss, c.RSS)
		}
		for k := range c.Curves {
			requireCurve(t, c.Alpha, &report.Curves[k], &c.Curves[k])
		}
	}
	m, err := model.NewCatalogue(Entries()).Build(t.Context(), model.Definition{Name: "m", Type: "gam", Target: "y"}, e)
	if err != nil {
		t.Fatal(err)
	}
	report, ok := m.Describe().(*gamReport)
	if !ok {
		t.Fatalf("description is a %T", m.Describe())
	}
	for k, want := range g.Pygam {
		var off []float64
		for i, p := range report.Curves[k].Points {
			off = append(off, math.Abs(p.Y-want.Y[i]))
		}
		if slices.Max(off) > 0.3 { // the curves go from -2 to 2 and beyond
			t.Errorf("curve of %s is up to %v off pyGAM's", report.Curves[k].Input, slices.Max(off))
		}
	}
}
