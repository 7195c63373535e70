package anomaly_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// testAUC is the ROC AUC of a detector that learns rows of a shape, 5 % of them
// anomalies, and scores others.
func testAUC(t *testing.T, c detectorCase, s shape, r *rand.Rand) float64 {
	t.Helper()
	const trained, tested = 3000, 1500
	layout, rows, _ := s.drawnRows(r, trained)
	_, test, positive := s.drawnRows(r, tested)
	m, scores := binned(t, c, layout, rows), make([]float64, tested)
	for k := range scores {
		scores[k] = scoreOf(m, test.Row(k), nil)
	}
	return evaluation.ROCAUC(scores, positive)
}

// requireShape asks that the ROC AUC of a detector on a shape of drawn settings is at least each, and means on the mean.
func requireShape(t *testing.T, typ string, of func(r *rand.Rand) shape, each, means float64) {
	t.Helper()
	const seeds = 3
	mean := 0.0
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 5))
		auc := testAUC(t, detectorCase{typ: typ}, of(r), r)
		if mean += auc / seeds; auc < each {
			t.Errorf("seed %d: ROC AUC is %.3f, want %v", seed, auc, each)
		}
	}
	if t.Logf("mean ROC AUC %.4f", mean); mean < means {
		t.Errorf("mean ROC AUC is %.4f, want %v", mean, means)
	}
}

// figureEight is two noisy rings that touch; anomalies lie within them.
func figureEight(r *rand.Rand) shape {
	one := ring(r)
	onto := func(draw func(r *rand.Rand) []float64) func(r *rand.Rand) []float64 {
		return func(r *rand.Rand) []float64 {
			row := draw(r)
			row[1] += float64(2*r.IntN(2)) - 1
			return row
		}
	}
	return shape{name: "figure eight", usual: onto(one.usual), anomaly: onto(one.anomaly)}
}

// TestDensityForestOnShapes: a density forest finds what lies within a ring, around a
// narrow cluster, between clusters and at another hour, whatever the settings of these.
func TestDensityForestOnShapes(t *testing.T) {
	drawn.Alone(t)
	for _, c := range []struct {
		name        string
		of          func(r *rand.Rand) shape
		each, means float64
	}{
		{name: "ring", of: ring, each: 0.98, means: 0.99},
		{name: "figure eight", of: figureEight, each: 0.95, means: 0.97},
		{name: "local density", of: density, each: 0.88, means: 0.93},
		{name: "clusters", of: func(r *rand.Rand) shape { return clusters(r, 4, 4) }, each: 0.9, means: 0.96},
		{name: "in many dimensions", of: func(r *rand.Rand) shape { return clusters(r, 20, 5) }, each: 0.98, means: 0.99},
		{name: "seasonal", of: seasonal, each: 0.98, means: 0.99},
		{name: "curve", of: curve, each: 0.9, means: 0.95},
	} {
		t.Run(c.name, func(t *testing.T) { requireShape(t, "density_forest", c.of, c.each, c.means) })
	}
}

// TestDensityForestScores: a value farther out is more unusual, however far, and
// the attribute has the blame; a row that lacks an attribute is judged by the others,
// on the scale of whole rows, and contributions of what lacks are 0.
func TestDensityForestScores(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "a"}, {Name: "b"}, {Name: "c"}}}
	rows := &stats.Rows{N: 4000, Numeric: 3}
	r := rand.New(rand.NewPCG(8, 8))
	for range rows.N {
		angle := 2 * math.Pi * r.Float64()
		rows.Values = append(rows.Values, math.Cos(angle)+0.1*r.NormFloat64(), math.Sin(angle)+0.1*r.NormFloat64(), r.NormFloat64())
	}
	m := binned(t, detectorCase{typ: "density_forest"}, layout, rows)
	last := scoreOf(m, []float64{1, 0, 0}, nil)
	var result model.Result
	for _, x := range []float64{5, 10, 50, 1e3, 1e9, 1e300} {
		m.Predict([]float64{1, x, 0}, nil, &result)
		if !(result.Score > last) || math.IsInf(result.Score, 0) || result.Contributions[1] < max(result.Contributions[0], result.Contributions[2]) {
			t.Errorf("score at %v is %v, nearer %v; contributions %v", x, result.Score, last, result.Contributions)
		}
		last = result.Score
	}
	nan := math.NaN()
	usual, centre := scoreOf(m, []float64{1, 0, 0}, nil), scoreOf(m, []float64{0, 0, 0}, nil)
	for _, c := range []struct {
		name        string
		row         []float64
		least, most float64
	}{
		{name: "usual without c", row: []float64{1, 0, nan}, most: (usual + centre) / 2},
		{name: "centre without c", row: []float64{0, 0, nan}, least: (usual + centre) / 2, most: math.Inf(1)},
		{name: "of the ring without b", row: []float64{0, nan, 0}, most: (usual + centre) / 2},
		{name: "far without b and c", row: []float64{30, nan, nan}, least: centre, most: math.Inf(1)},
		{name: "nothing", row: []float64{nan, nan, nan}},
	} {
		m.Predict(c.row, nil, &result)
		if !(result.Score >= c.least && result.Score <= c.most) {
			t.Errorf("%s: score is %v, want %v to %v; a usual row has %v, the centre %v", c.name, result.Score, c.least, c.most, usual, centre)
		}
		for i, x := range c.row {
			if math.IsNaN(x) && result.Contributions[i] != 0 {
				t.Errorf("%s: contributions are %v", c.name, result.Contributions)
			}
		}
	}
}

// TestDensityForestSharesCounts: options that only say how counts are read change
// neither the binning nor the counts, those that lay the trees do.
func TestDensityForestSharesCounts(t *testing.T) {
	layout, rows := detectorRows(600)
	s := modeltest.SummaryOf(t, layout, rows)
	id := func(options map[string]any) string {
		t.Helper()
		binnings, err := binningsOf(model.Definition{Name: "m", Type: "density_forest", Options: options}, s, 1)
		if err != nil || len(binnings) != 1 {
			t.Fatalf("%d binnings, %v", len(binnings), err)
		}
		return binnings[0].ID()
	}
	plain := id(nil)
	for _, c := range []struct {
		options map[string]any
		same    bool
	}{
		{options: map[string]any{"stop_prior": 0.5, "local": 0, "min_rows": 7}, same: true},
		{options: map[string]any{"trees": 100, "depth": 9, "seed": 0, "frame_rows": 256}, same: true},
		{options: map[string]any{"trees": 50}},
		{options: map[string]any{"depth": 8}},
		{options: map[string]any{"seed": 7}},
		{options: map[string]any{"frame_rows": 300}},
	} {
		if got := id(c.options); (got == plain) != c.same {
			t.Errorf("options %v: binning %s, with the defaults %s", c.options, got, plain)
		}
	}
}

func BenchmarkDensityForest(b *testing.B) {
	const n, columns = 4096, 9
	values := modeltest.NormalRows(n, columns)
	layout, rows := &stats.Layout{}, &stats.Rows{N: n, Numeric: columns, Values: values}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"} {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: name})
	}
	for _, typ := range []string{"half_space_trees", "density_forest", "local_density"} {
		m := binned(b, detectorCase{typ: typ}, layout, rows)
		b.Run("score/"+typ, func(b *testing.B) {
			var result model.Result
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				m.Predict(rows.Row(i%n), nil, &result)
			}
		})
	}
	d := model.Definition{Name: "m", Type: "density_forest"}
	s := modeltest.SummaryOf(b, layout, rows)
	binnings, err := binningsOf(d, s, 1)
	if err != nil {
		b.Fatal(err)
	}
	detectors, err := stats.NewDetectors(binnings...)
	if err == nil {
		err = detectors.Learn(layout, rows)
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			if _, err := catalogue.All().Build(context.Background(), d, &model.Evidence{Summary: s, Detectors: detectors}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
