package evaluation_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
)

// calibrationTolerance is how far the points of a calibration may be from
// scikit-learn's: a row within 1/32 of log odds of an edge may be in the bin beside,
// and the probability of a row is known to 1/128.
const calibrationTolerance = 0.02

// curveCase is a row of testdata/curves.json, by tools/reference/curves.py.
type curveCase struct {
	Name             string                  `json:"name"`
	P                []float64               `json:"p"`
	Label            []bool                  `json:"label"`
	ROCAUC           float64                 `json:"roc_auc"`
	AveragePrecision float64                 `json:"average_precision"`
	Curve            []evaluation.CurvePoint `json:"curve"`
	Observed         []float64               `json:"observed"`
	Predicted        []float64               `json:"predicted"`
}

func curveCases(t testing.TB) (out []curveCase) {
	t.Helper()
	data, err := os.ReadFile("testdata/curves.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("no cases")
	}
	return out
}

func (c *curveCase) rows() []outcome {
	out := make([]outcome, len(c.P))
	for i, p := range c.P {
		out[i] = outcome{positive: c.Label[i], p: p}
	}
	return out
}

func detailOf(t testing.TB, r *evaluation.Running, part, class string) *evaluation.Detail {
	t.Helper()
	d, err := r.Detail(part, class)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestCurvesReference compares area, average precision, curve and calibration with
// scikit-learn's roc_auc_score, average_precision_score, roc_curve and
// calibration_curve.
func TestCurvesReference(t *testing.T) {
	for _, c := range curveCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			r := newRunning(t, model.RoleClassification, evaluation.RunningOptions{})
			addOutcomes(t, r, c.rows())
			curve := detailOf(t, r, "", "yes").Curve
			near(t, "AUC", curve.AUC, c.ROCAUC, *curve.AUCWithin+summedUp)
			near(t, "average precision", curve.AveragePrecision, c.AveragePrecision, 0.01)
			for _, want := range c.Curve {
				got := pointAt(curve.Points, want.Threshold)
				// the rows of the bin of the threshold that are below it
				bin := 0.03 + 1/min(curve.Rows, curve.Others)
				for what, diff := range map[string]float64{
					"false-positive rate": got.FalsePositiveRate - want.FalsePositiveRate, "recall": got.Recall - want.Recall, "share": got.Share - want.Share,
				} {
					if !(diff >= -summedUp && (diff <= bin || c.Name == "few values")) {
						t.Errorf("at the threshold %v the %s is off by %v", want.Threshold, what, diff)
					}
				}
			}
			if len(curve.Calibration) != len(c.Observed) {
				t.Fatalf("the calibration has %d bins, want %d", len(curve.Calibration), len(c.Observed))
			}
			for k, bin := range curve.Calibration {
				loose := calibrationTolerance + 2/bin.Rows // a row that is in the bin beside
				if math.Abs(bin.Observed-c.Observed[k]) > loose || math.Abs(bin.Predicted-c.Predicted[k]) > loose {
					t.Errorf("bin %d of %v rows is %v predicted, %v observed, want %v and %v", k, bin.Rows, bin.Predicted, bin.Observed, c.Predicted[k], c.Observed[k])
				}
			}
			other := detailOf(t, r, "", "no").Curve
			near(t, "AUC of the other class", other.AUC, c.ROCAUC, *curve.AUCWithin+summedUp)
			if other.Rows != curve.Others || other.Others != curve.Rows {
				t.Errorf("the other class has %v rows, want %v", other.Rows, curve.Others)
			}
		})
	}
}

// pointAt returns the point of the bin that has the threshold.
func pointAt(points []evaluation.CurvePoint, threshold float64) evaluation.CurvePoint {
	for _, p := range points {
		if p.Threshold <= threshold {
			return p
		}
	}
	return points[len(points)-1]
}

// TestCurvesAreWhatTheRowsSay: at the edges of bins the curve is that of the rows,
// exactly.
func TestCurvesAreWhatTheRowsSay(t *testing.T) {
	rows := outcomes(5000)
	r := newRunning(t, model.RoleClassification, evaluation.RunningOptions{})
	addOutcomes(t, r, rows)
	for _, p := range detailOf(t, r, "", "").Curve.Points[1:] {
		var own, rest, positives float64
		for _, o := range rows {
			if o.positive {
				positives++
			}
			if o.p < p.Threshold*(1-1e-12) {
				continue
			}
			if o.positive {
				own++
			} else {
				rest++
			}
		}
		n := float64(len(rows))
		want := evaluation.CurvePoint{Threshold: p.Threshold, FalsePositiveRate: rest / (n - positives), Recall: own / positives, Precision: own / (own + rest), Share: (own + rest) / n}
		if p != want {
			t.Fatalf("point is %+v, want %+v", p, want)
		}
	}
}

func TestDetailErrors(t *testing.T) {
	classes, numbers := newRunning(t, model.RoleClassification, evaluation.RunningOptions{}), newRunning(t, model.RoleRegression, evaluation.RunningOptions{Window: 10})
	addOutcomes(t, classes, outcomes(10))
	for _, c := range []struct {
		name        string
		r           *evaluation.Running
		part, class string
		want        string
	}{
		{name: "part that is not kept", r: classes, part: "window", want: `part is "window", want one of ["all"]`},
		{name: "unknown part", r: numbers, part: "nope", want: `part is "nope", want one of ["all" "window"]`},
		{name: "unknown class", r: classes, class: "maybe", want: `class is "maybe", want one of ["no" "yes"]`},
		{name: "class of a regression", r: numbers, class: "yes", want: `class is "yes", and a regression has no classes`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := c.r.Detail(c.part, c.class); err == nil || err.Error() != c.want {
				t.Errorf("error is %v, want %s", err, c.want)
			}
		})
	}
	empty := newRunning(t, model.RoleClassification, evaluation.RunningOptions{})
	if d := detailOf(t, empty, "", ""); d.Curve != nil || d.Rows != 0 {
		t.Errorf("an empty evaluation has %+v", d)
	}
}
