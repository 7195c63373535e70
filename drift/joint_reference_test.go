package drift_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/drift"
)

// referenceCase is one comparison of tools/reference/drift_joint.py.
type referenceCase struct {
	Name                string    `json:"name"`
	Dimension           int       `json:"dimension"`
	Reference           []float64 `json:"reference"`
	Recent              []float64 `json:"recent"`
	Bhattacharyya       float64   `json:"bhattacharyya"`
	Hellinger           float64   `json:"hellinger"`
	KullbackLeibler     float64   `json:"kullback_leibler"`
	Stein               float64   `json:"stein"`
	Frechet             float64   `json:"frechet"`
	FrechetStandardised float64   `json:"frechet_standardised"`
	Box                 struct {
		M, Chi2, F float64
		PChi2      float64 `json:"p_chi2"`
		DFChi2     float64 `json:"df_chi2"`
		PF         float64 `json:"p_f"`
		DFF        float64 `json:"df_f"`
	} `json:"box"`
	Hotelling, Unequal struct {
		T2, Statistic, DF2, P float64
	}
	Mahalanobis, AUC, Accuracy float64
	PCA                        struct {
		Components               int
		Reference, Recent, Means float64
	}
}

// TestJointReference compares with statsmodels, SciPy and numpy (tools/reference/drift_joint.py) to 10 digits.
func TestJointReference(t *testing.T) {
	raw, err := os.ReadFile("testdata/joint.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []referenceCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			j := jointly(t, numbers(t, c.Dimension, c.Reference), numbers(t, c.Dimension, c.Recent), drift.JointOptions{})
			d, b, h, u := &j.Distances, &j.Covariances, &j.Means.Hotelling, &j.Means.Unequal
			if j.PCA.Components != c.PCA.Components {
				t.Errorf("%d components, want %d", j.PCA.Components, c.PCA.Components)
			}
			for _, x := range []struct {
				name string
				got  drift.Number
				want float64
			}{
				{"bhattacharyya", d.Bhattacharyya, c.Bhattacharyya}, {"hellinger", d.Hellinger, c.Hellinger},
				{"kullback_leibler", d.KullbackLeibler, c.KullbackLeibler}, {"stein", d.Stein, c.Stein},
				{"frechet", d.Frechet, c.Frechet}, {"frechet_standardised", d.FrechetStandardised, c.FrechetStandardised},
				{"m", b.M, c.Box.M}, {"chi2", b.BoxChiSquare.Statistic, c.Box.Chi2}, {"p_chi2", b.BoxChiSquare.P, c.Box.PChi2},
				{"df_chi2", b.BoxChiSquare.DF, c.Box.DFChi2}, {"f", b.BoxF.Statistic, c.Box.F}, {"df_f", b.BoxF.DF2, c.Box.DFF}, {"p_f", b.BoxF.P, c.Box.PF},
				{"t2", j.Means.T2, c.Hotelling.T2}, {"hotelling", h.Statistic, c.Hotelling.Statistic}, {"hotelling df", h.DF2, c.Hotelling.DF2}, {"hotelling p", h.P, c.Hotelling.P},
				{"unequal t2", j.Means.UnequalT2, c.Unequal.T2}, {"unequal", u.Statistic, c.Unequal.Statistic}, {"unequal df", u.DF2, c.Unequal.DF2}, {"unequal p", u.P, c.Unequal.P},
				{"mahalanobis", j.Classifier.Mahalanobis, c.Mahalanobis}, {"auc", j.Classifier.AUC, c.AUC}, {"accuracy", j.Classifier.Accuracy, c.Accuracy},
				{"error_reference", j.PCA.ErrorReference, c.PCA.Reference}, {"error_recent", j.PCA.ErrorRecent, c.PCA.Recent}, {"error_means", j.PCA.ErrorMeans, c.PCA.Means},
			} {
				if !near(float64(x.got), x.want, 1e-10) {
					t.Errorf("%s is %v, want %v", x.name, x.got, x.want)
				}
			}
		})
	}
}

// near compares to a relative error.
func near(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*math.Max(math.Abs(got), math.Abs(want))
}
