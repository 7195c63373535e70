package covariance_test

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/covariance"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
)

// referenceDigits is what matrices may differ by from the reference, relative
// to their largest entry; exactly is the tolerance of sums of the same terms.
const (
	referenceDigits = 1e-8
	exactly         = 1e-12
)

// covarianceOf are the options of the settings, as a definition would have them.
func covarianceOf(settings map[string]any) covariance.CovarianceOptions {
	var o covariance.CovarianceOptions
	for name, v := range settings {
		switch name {
		case "estimator":
			o.Estimator = v.(string)
		case "target":
			o.Target = v.(string)
		case "lambda":
			o.Lambda = v.(float64)
		case "alpha":
			o.Alpha = v.(float64)
		case "raw":
			o.Raw = v.(bool)
		}
	}
	return o
}

// TestCovarianceEqualsScikitLearn compares with scikit-learn 1.9.1 and the
// formulas of the papers, see tools/reference/covariance.py.
func TestCovarianceEqualsScikitLearn(t *testing.T) {
	var reference struct {
		Sets []struct {
			Name      string
			N, Fourth float64
			Sample    []float64
			Estimates []struct {
				Name              string
				Settings          map[string]any
				Shrinkage         float64
				Matrix, Precision []float64
			}
		}
	}
	modeltest.ReadJSON(t, "covariance.json", &reference)
	for _, set := range reference.Sets {
		for _, ref := range set.Estimates {
			t.Run(set.Name+"/"+ref.Name, func(t *testing.T) {
				c, err := covariance.EstimateCovariance(context.Background(), covarianceOf(ref.Settings), covariance.CovarianceSample{N: set.N, Matrix: set.Sample, Fourth: set.Fourth})
				if err != nil {
					t.Fatal(err)
				}
				worst := math.Abs(c.Shrinkage - ref.Shrinkage)
				for i, want := range ref.Matrix {
					worst = max(worst, math.Abs(c.Matrix[i]-want))
				}
				for i, want := range ref.Precision {
					worst = max(worst, math.Abs(c.Precision[i]-want)/max(1, math.Abs(want)))
				}
				t.Logf("largest difference %.2g", worst)
				if !(worst <= referenceDigits) {
					t.Errorf("differs by %.3g, want at most %g", worst, referenceDigits)
				}
			})
		}
	}
}

// TestLedoitWolfAssumed holds how far the shrinkage without fourth moments is
// from the exact one on real data.
func TestLedoitWolfAssumed(t *testing.T) {
	table := modeltest.ReadClasses(t, "class", "classic/wine.csv")
	s := table.Evidence(t, "class", 0, table.Rows.N).Summary
	p := 13
	sample := covariance.CovarianceSample{N: s.Weight(), Matrix: make([]float64, p*p), Kurtosis: make([]float64, p)}
	for i := range p {
		m := s.Moments(i)
		sample.Kurtosis[i] = m.Kurtosis() + 3
		for j := range p {
			sample.Matrix[i*p+j] = s.Pair(i, j).Correlation()
		}
	}
	for i := range table.Rows.N {
		d := 0.0
		for j, x := range table.Rows.Row(i) {
			m := s.Moments(j)
			d += (x - m.Mean()) * (x - m.Mean()) / m.Variance(0)
		}
		sample.Fourth += d * d / s.Weight()
	}
	exact, err := covariance.EstimateCovariance(context.Background(), covariance.CovarianceOptions{Estimator: "ledoit_wolf"}, sample)
	if err != nil {
		t.Fatal(err)
	}
	sample.Fourth = 0
	assumed, err := covariance.EstimateCovariance(context.Background(), covariance.CovarianceOptions{Estimator: "ledoit_wolf"}, sample)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("shrinkage %.4f, with assumed fourth moments %.4f", exact.Shrinkage, assumed.Shrinkage)
	const near = 0.25 // of the shrinkage, which is itself an estimate
	if !assumed.Approximate || exact.Approximate || !(math.Abs(assumed.Shrinkage/exact.Shrinkage-1) <= near) {
		t.Errorf("assumed shrinkage is %v (approximate %v), exact %v (%v)", assumed.Shrinkage, assumed.Approximate, exact.Shrinkage, exact.Approximate)
	}
}

// TestGraphicalLassoByEBIC: of a chain of columns, each the one before plus
// noise, only neighbours have a precision that is not 0.
func TestGraphicalLassoByEBIC(t *testing.T) {
	const p, n, rho = 8, 5000, 0.5
	s := make([]float64, p*p)
	for i := range p {
		for j := range p {
			s[i*p+j] = math.Pow(rho, math.Abs(float64(i-j)))
		}
	}
	c, err := covariance.EstimateCovariance(context.Background(), covariance.CovarianceOptions{Estimator: "graphical_lasso"}, covariance.CovarianceSample{N: n, Matrix: s})
	if err != nil {
		t.Fatal(err)
	}
	for i := range p {
		for j := range p {
			edge := c.Precision[i*p+j] != 0
			if want := i-j <= 1 && j-i <= 1; edge != want {
				t.Errorf("precision of %d, %d is %v", i, j, c.Precision[i*p+j])
			}
		}
	}
	if len(c.Path) != 50 || c.Path[0].Edges != 0 {
		t.Errorf("path has %d steps, the first with %v edges", len(c.Path), c.Path[0].Edges)
	}
}

// TestGraphicalLassoBlocks: what no correlation above lambda connects is
// solved apart, with the same result as together.
func TestGraphicalLassoBlocks(t *testing.T) {
	s := []float64{
		1, 0.6, 0.05, 0,
		0.6, 1, 0.02, 0.01,
		0.05, 0.02, 2, -0.9,
		0, 0.01, -0.9, 3,
	}
	c, err := covariance.EstimateCovariance(context.Background(), covariance.CovarianceOptions{Estimator: "graphical_lasso", Lambda: 0.1, Raw: true}, covariance.CovarianceSample{N: 100, Matrix: s})
	if err != nil {
		t.Fatal(err)
	}
	// of two columns the estimate is the sample with its covariance brought
	// nearer to 0 by lambda
	want := []float64{
		1, 0.5, 0, 0,
		0.5, 1, 0, 0,
		0, 0, 2, -0.8,
		0, 0, -0.8, 3,
	}
	for i, x := range want {
		if math.Abs(c.Matrix[i]-x) > 1e-11 { // the tolerance of the sweeps and a digit
			t.Errorf("element %d, %d is %v, want %v", i/4, i%4, c.Matrix[i], x)
		}
	}
}

func TestCovarianceTruncation(t *testing.T) {
	// eigenvalues 3, 1 and 0.5 on the axes
	s := []float64{3, 0, 0, 0, 1, 0, 0, 0, 0.5}
	c, err := covariance.EstimateCovariance(context.Background(), covariance.CovarianceOptions{Estimator: "eigenvalue_truncation", Components: 1}, covariance.CovarianceSample{N: 10, Matrix: s})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{3, 0, 0, 0, 0.75, 0, 0, 0, 0.75} {
		if math.Abs(c.Matrix[i]-want) > exactly {
			t.Errorf("element %d is %v, want %v", i, c.Matrix[i], want)
		}
	}
}

func TestCovarianceErrors(t *testing.T) {
	good := covariance.CovarianceSample{N: 10, Matrix: []float64{1, 0, 0, 1}}
	for _, c := range []struct {
		name    string
		options covariance.CovarianceOptions
		sample  covariance.CovarianceSample
		want    string
	}{
		{name: "unknown", options: covariance.CovarianceOptions{Estimator: "x"}, sample: good, want: "covariance.estimator: x, want one of empirical, ridge"},
		{name: "target", options: covariance.CovarianceOptions{Target: "x"}, sample: good, want: "covariance.target"},
		{name: "alpha", options: covariance.CovarianceOptions{Alpha: 2}, sample: good, want: "covariance.alpha: 2"},
		{name: "not a number", options: covariance.CovarianceOptions{Lambda: math.NaN()}, sample: good, want: "covariance.lambda: NaN"},
		{name: "not square", sample: covariance.CovarianceSample{N: 10, Matrix: make([]float64, 3)}, want: "3 elements"},
		{name: "empty", sample: covariance.CovarianceSample{N: 10}, want: "0 elements"},
		{name: "no rows", sample: covariance.CovarianceSample{Matrix: []float64{1}}, want: "weight is 0"},
		{name: "negative", sample: covariance.CovarianceSample{N: 10, Matrix: []float64{-1}}, want: "is -1"},
		{name: "infinite", sample: covariance.CovarianceSample{N: 10, Matrix: []float64{1, math.Inf(1), 0, 1}}, want: "is +Inf"},
		{name: "kurtosis", sample: covariance.CovarianceSample{N: 10, Matrix: []float64{1}, Kurtosis: make([]float64, 2)}, want: "kurtosis of 2"},
		{name: "constant column", options: covariance.CovarianceOptions{Estimator: "graphical_lasso"}, sample: covariance.CovarianceSample{N: 10, Matrix: []float64{1, 0, 0, 0}}, want: "column 1 has no variance"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := covariance.EstimateCovariance(context.Background(), c.options, c.sample)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestCovarianceDefinitions(t *testing.T) {
	for _, c := range []struct{ name, option, want string }{
		{name: "name", option: `"oas"`},
		{name: "object", option: `{"estimator": "ridge", "lambda": 0.5, "target": "diagonal"}`},
		{name: "graphical", option: `{"estimator": "graphical_lasso", "gamma": 0, "steps": 10, "min_ratio": 0.1, "raw": true}`},
		{name: "truncation", option: `{"estimator": "eigenvalue_truncation", "components": 2, "share": 0.5}`},
		{name: "unknown name", option: `"x"`, want: "options.covariance.estimator: x, want one of empirical"},
		{name: "unknown setting", option: `{"lamda": 1}`, want: "covariance.lamda: unknown"},
		{name: "number", option: `3`, want: "options.covariance: 3"},
		{name: "no text", option: `{"estimator": 1}`, want: "covariance.estimator: 1"},
		{name: "no number", option: `{"alpha": "x"}`, want: "covariance.alpha: x"},
		{name: "not whole", option: `{"components": 1.5}`, want: "covariance.components: 1.5"},
		{name: "no truth", option: `{"raw": 1}`, want: "covariance.raw: 1"},
		{name: "zero", option: `{"lambda": 0}`, want: "covariance.lambda: 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := model.Definition{Name: "m", Type: "lda", Target: "y"}
			if err := json.Unmarshal([]byte(`{"covariance": `+c.option+`}`), &d.Options); err != nil {
				t.Fatal(err)
			}
			err := catalogue.All().Validate(&d)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error is %v, want %q", err, c.want)
			}
		})
	}
}
