package anomaly_test

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestLocalDensityOnShapes: a local density finds what lies around a narrow cluster,
// within a ring, between clusters and off a linear dependence, whatever the settings
// of these.
func TestLocalDensityOnShapes(t *testing.T) {
	drawn.Alone(t)
	for _, c := range []struct {
		name        string
		of          func(r *rand.Rand) shape
		each, means float64
	}{
		{name: "ring", of: ring, each: 0.98, means: 0.99},
		{name: "local density", of: density, each: 0.93, means: 0.95},
		{name: "clusters", of: func(r *rand.Rand) shape { return clusters(r, 4, 4) }, each: 0.9, means: 0.95},
		{name: "in many dimensions", of: func(r *rand.Rand) shape { return clusters(r, 20, 5) }, each: 0.95, means: 0.97},
		{name: "seasonal", of: seasonal, each: 0.98, means: 0.99},
		{name: "linear", of: func(r *rand.Rand) shape { return linear(r, 6) }, each: 0.82, means: 0.86},
		{name: "one attribute", of: oneAttribute, each: 0.97, means: 0.98},
	} {
		t.Run(c.name, func(t *testing.T) { requireShape(t, "local_density", c.of, c.each, c.means) })
	}
}

// TestLocalDensityOfDigits: after handwritten digits of which one in fifty is an 8, the
// other 8s are found by how their pixels go together, which single attributes do not
// show. They are scored with usual digits that were not learned.
func TestLocalDensityOfDigits(t *testing.T) {
	drawn.Alone(t)
	const few, draws, want = 20, 4, 0.7
	name := filepath.Join(dataFolder, "../classic/digits.csv.gz")
	if _, err := os.Stat(name); err != nil {
		t.Skip("the folder of larger data sets is missing beside the checkout")
	}
	var usual, eights [][]float64
	for _, record := range table(t, "../classic/digits.csv.gz") {
		row := make([]float64, len(record)-1)
		for i := range row {
			row[i] = number(t, record[i])
		}
		if record[len(row)] == "8" {
			eights = append(eights, row)
		} else {
			usual = append(usual, row)
		}
	}
	mean := 0.0
	for seed := range uint64(draws) {
		r := rand.New(rand.NewPCG(seed, 8))
		r.Shuffle(len(usual), func(i, j int) { usual[i], usual[j] = usual[j], usual[i] })
		r.Shuffle(len(eights), func(i, j int) { eights[i], eights[j] = eights[j], eights[i] })
		learned := append(append([][]float64{}, eights[:few]...), usual[:len(usual)*7/10]...)
		r.Shuffle(len(learned), func(i, j int) { learned[i], learned[j] = learned[j], learned[i] })
		rows := &stats.Rows{N: len(learned), Numeric: len(learned[0])}
		for _, row := range learned {
			rows.Values = append(rows.Values, row...)
		}
		m := binned(t, detectorCase{typ: "local_density"}, adbenchSet{labelled: labelled{rows: learned}}.layout(), rows)
		var scores []float64
		var positive []bool
		for i, rest := range [][][]float64{usual[len(usual)*7/10:], eights[few:]} {
			for _, row := range rest {
				scores, positive = append(scores, scoreOf(m, row, nil)), append(positive, i == 1)
			}
		}
		mean += evaluation.ROCAUC(scores, positive) / draws
	}
	if t.Logf("mean ROC AUC %.4f", mean); mean < want {
		t.Errorf("mean ROC AUC is %.4f, want %v", mean, want)
	}
}

// TestLocalDensityScores: a value farther out is more unusual, however far, and the
// attribute has the blame; a row that lacks an attribute is judged by the others on
// the scale of whole rows, and contributions of what lacks are 0.
func TestLocalDensityScores(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "a"}, {Name: "b"}, {Name: "c"}}}
	rows := &stats.Rows{N: 4000, Numeric: 3}
	r := rand.New(rand.NewPCG(8, 8))
	for range rows.N {
		angle := 2 * math.Pi * r.Float64()
		rows.Values = append(rows.Values, math.Cos(angle)+0.1*r.NormFloat64(), math.Sin(angle)+0.1*r.NormFloat64(), r.NormFloat64())
	}
	m := binned(t, detectorCase{typ: "local_density"}, layout, rows)
	last := scoreOf(m, []float64{1, 0, 0}, nil)
	var result model.Result
	for _, x := range []float64{2, 5, 10, 50, 1e3, 1e9, 1e300} {
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
		sum := 0.0
		for i, x := range c.row {
			sum += result.Contributions[i]
			if math.IsNaN(x) && result.Contributions[i] != 0 {
				t.Errorf("%s: contributions are %v", c.name, result.Contributions)
			}
		}
		if math.Abs(sum-result.Score) > 1e-9*max(1, result.Score) {
			t.Errorf("%s: contributions add up to %v, the score is %v", c.name, sum, result.Score)
		}
	}
}

// TestLocalDensityLearnsWithGaps: rows that lack values are counted by those that they
// have, so shapes are found where a third of the values lack.
func TestLocalDensityLearnsWithGaps(t *testing.T) {
	const least = 0.9
	r := rand.New(rand.NewPCG(3, 3))
	s := clusters(r, 4, 4)
	layout, rows, _ := s.drawnRows(r, 3000)
	for i := range rows.Values {
		if r.Float64() < 0.3 {
			rows.Values[i] = math.NaN()
		}
	}
	_, test, positive := s.drawnRows(r, 1500)
	m, scores := binned(t, detectorCase{typ: "local_density"}, layout, rows), make([]float64, test.N)
	for k := range scores {
		scores[k] = scoreOf(m, test.Row(k), nil)
	}
	auc := evaluation.ROCAUC(scores, positive)
	if t.Logf("ROC AUC %.4f", auc); auc < least {
		t.Errorf("ROC AUC is %.4f, want %v", auc, least)
	}
}

// TestLocalDensityAdds: the sums of shards are those of all rows, to the last bit, so the
// scores are equal; after the other half is forgotten they are those of one half.
func TestLocalDensityAdds(t *testing.T) {
	layout, rows := detectorRows(2000)
	first := rows.Select(0, 300)
	d := model.Definition{Name: "m", Type: "local_density"}
	binnings, err := binningsOf(d, modeltest.SummaryOf(t, layout, &first), 1)
	if err != nil {
		t.Fatal(err)
	}
	learned := func(parts ...stats.Rows) *stats.Detectors {
		out, err := stats.NewDetectors(binnings...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range parts {
			part, err := stats.NewDetectors(binnings...)
			if err == nil {
				err = part.Learn(layout, &parts[i])
			}
			if err == nil {
				err = out.Merge(part)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	summary := modeltest.SummaryOf(t, layout, rows)
	build := func(counts *stats.Detectors) model.Model {
		m, err := catalogue.All().Build(context.Background(), d, &model.Evidence{Summary: summary, Detectors: counts})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	a, b := rows.Select(0, 700), rows.Select(700, 2000)
	whole, merged := learned(*rows), learned(b, a)
	less := learned(a, b)
	if err := less.Forget(layout, &b); err != nil {
		t.Fatal(err)
	}
	pairs := [][2]model.Model{{build(whole), build(merged)}, {build(learned(a)), build(less)}}
	for i := range rows.N {
		for k, p := range pairs {
			if x, y := scoreOf(p[0], rows.Row(i), nil), scoreOf(p[1], rows.Row(i), nil); x != y {
				t.Fatalf("pair %d: row %d scores %v and %v", k, i, x, y)
			}
		}
	}
}
