package evaluation_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// summedUp is the tolerance of sums of the same terms in another order.
const summedUp = 1e-12

func newRunning(t testing.TB, role model.Role, o evaluation.RunningOptions) *evaluation.Running {
	t.Helper()
	r, err := evaluation.NewRunning(role, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// outcome is a row of two classes: whether it is of the second one, and the
// probability that a model gave that.
type outcome struct {
	positive bool
	p        float64
}

// outcomes are n seeded rows of a model that is well calibrated.
func outcomes(n int) []outcome {
	r := rand.New(rand.NewPCG(3, 3))
	out := make([]outcome, n)
	for i := range out {
		p := 1 / (1 + math.Exp(-2*r.NormFloat64()))
		out[i] = outcome{positive: r.Float64() < p, p: p}
	}
	return out
}

func addOutcomes(t testing.TB, r *evaluation.Running, rows []outcome) {
	t.Helper()
	for _, o := range rows {
		result := model.Result{Probabilities: []float64{1 - o.p, o.p}}
		if o.p > 0.5 {
			result.Class = 1
		}
		actual := "no"
		if o.positive {
			actual = "yes"
		}
		if err := r.AddClass(actual, []string{"no", "yes"}, &result, 1); err != nil {
			t.Fatal(err)
		}
	}
}

func near(t *testing.T, what string, got *float64, want, tolerance float64) {
	t.Helper()
	if got == nil || !(math.Abs(*got-want) <= tolerance*max(1, math.Abs(want))) {
		t.Errorf("%s is %v, want %v", what, show(got), want)
	}
}

func show(x *float64) string {
	if x == nil {
		return "null"
	}
	return fmt.Sprint(*x)
}

// TestRunningClasses compares with the definitions over all rows at once.
func TestRunningClasses(t *testing.T) {
	rows := outcomes(20000)
	r := newRunning(t, model.RoleClassification, evaluation.RunningOptions{})
	addOutcomes(t, r, rows)
	q := r.Report().Classes
	var correct, loss, brier float64
	var scores []float64
	var positive []bool
	for _, o := range rows {
		own := o.p
		if !o.positive {
			own = 1 - o.p
		}
		if (o.p > 0.5) == o.positive {
			correct++
		}
		loss -= math.Log(own)
		brier += 2 * (1 - own) * (1 - own)
		scores, positive = append(scores, o.p), append(positive, o.positive)
	}
	n := float64(len(rows))
	near(t, "accuracy", q.Accuracy, correct/n, summedUp)
	near(t, "log loss", q.LogLoss, loss/n, summedUp)
	near(t, "Brier score", q.Brier, brier/n, summedUp)
	auc := evaluation.ROCAUC(scores, positive)
	near(t, "AUC", q.AUC, auc, *q.AUCWithin)
	t.Logf("AUC %.6f, of the scores %.6f, within %.2g", *q.AUC, auc, *q.AUCWithin)
	const fine = 0.005 // what bins of 1/16 of log odds may cost
	if *q.AUCWithin > fine {
		t.Errorf("AUC is within %v", *q.AUCWithin)
	}
	if sum := q.Confusion[0][0] + q.Confusion[1][1]; sum != correct {
		t.Errorf("the diagonal of the confusion matrix has %v rows, want %v", sum, correct)
	}
}

// TestRunningConfusion has expected values worked out by hand.
func TestRunningConfusion(t *testing.T) {
	r := newRunning(t, model.RoleClassification, evaluation.RunningOptions{})
	classes := []string{"a", "b", "c"}
	for _, row := range []struct {
		actual string
		class  int
	}{{"a", 0}, {"a", 0}, {"a", 1}, {"b", 1}, {"d", 2}} {
		p := []float64{0.25, 0.25, 0.25}
		p[row.class] = 0.5
		if err := r.AddClass(row.actual, classes, &model.Result{Class: row.class, Probabilities: p}, 1); err != nil {
			t.Fatal(err)
		}
	}
	q := r.Report().Classes
	data, err := json.Marshal(q.Confusion)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(data), "[[2,1,0,0],[0,1,0,0],[0,0,0,0],[0,0,1,0]]"; got != want {
		t.Errorf("confusion is %s, want %s", got, want)
	}
	near(t, "accuracy", q.Accuracy, 3./5, summedUp)
	near(t, "kappa", q.Kappa, (0.6-(3./5*2/5+1./5*2/5))/(1-8./25), summedUp)
	near(t, "recall of a", q.Classes[0].Recall, 2./3, summedUp)
	near(t, "precision of b", q.Classes[1].Precision, 1./2, summedUp)
	if q.Classes[3].Precision != nil {
		t.Errorf("precision of a class that was never predicted is %v", *q.Classes[3].Precision)
	}
	// -ln of 0.5, 0.5, 0.25, 0.5 and of the least probability
	near(t, "log loss", q.LogLoss, (3*math.Ln2+2*math.Ln2+52*math.Ln2)/5, summedUp)
}

func TestRunningNumbers(t *testing.T) {
	r := newRunning(t, model.RoleRegression, evaluation.RunningOptions{})
	// errors 1, -1, 0, 2 of actual values 1, 2, 3, 6 with the mean 3
	for _, row := range [][2]float64{{1, 2}, {2, 1}, {3, 3}, {6, 8}} {
		if err := r.AddNumber(row[0], row[1], 1); err != nil {
			t.Fatal(err)
		}
	}
	q := r.Report().Numbers
	near(t, "RMSE", q.RMSE, math.Sqrt(6./4), summedUp)
	near(t, "MAE", q.MAE, 1, summedUp)
	near(t, "bias", q.Bias, 0.5, summedUp)
	near(t, "R2", q.R2, 1-6./14, summedUp)
}

// TestRunningMerge: any split of the rows gives what all rows give, and bytes
// give the same back.
func TestRunningMerge(t *testing.T) {
	rows := outcomes(3000)
	options := evaluation.RunningOptions{Window: 1000, HalfLife: 200}
	whole, left, right := newRunning(t, model.RoleClassification, options), newRunning(t, model.RoleClassification, options), newRunning(t, model.RoleClassification, options)
	addOutcomes(t, whole, rows)
	addOutcomes(t, left, rows[:1200])
	addOutcomes(t, right, rows[1200:])
	before := encoded(right)
	if err := left.Merge(right); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, encoded(right)) {
		t.Error("Merge has changed its operand")
	}
	a, b := whole.Report().Classes, left.Report().Classes
	near(t, "accuracy", b.Accuracy, *a.Accuracy, summedUp)
	near(t, "log loss", b.LogLoss, *a.LogLoss, summedUp)
	near(t, "AUC", b.AUC, *a.AUC, summedUp)
	empty := newRunning(t, model.RoleClassification, options)
	if err := empty.Merge(whole); err != nil {
		t.Fatal(err)
	}
	if got, want := reportOf(t, empty), reportOf(t, whole); got != want {
		t.Errorf("merged into an empty one: %s, want %s", got, want)
	}
	reader := wire.NewReader(encoded(whole))
	decoded := evaluation.DecodeRunning(reader)
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(encoded(decoded), encoded(whole)) {
		t.Error("decoded and encoded again the bytes are others")
	}
	if got, want := reportOf(t, decoded.Clone()), reportOf(t, whole); got != want {
		t.Errorf("decoded: %s, want %s", got, want)
	}
}

func encoded(r *evaluation.Running) []byte {
	w := wire.NewWriter(nil)
	r.Encode(w)
	return w.Bytes()
}

func reportOf(t testing.TB, r *evaluation.Running) string {
	t.Helper()
	data, err := json.Marshal(r.Report())
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestRunningWindowAndDecay: after a change for the better the window and the
// decayed rows forget what was before.
func TestRunningWindowAndDecay(t *testing.T) {
	r := newRunning(t, model.RoleRegression, evaluation.RunningOptions{Window: 100, HalfLife: 10})
	for i := range 400 {
		e := 5.0
		if i >= 250 {
			e = 1
		}
		if err := r.AddNumber(float64(i), float64(i)+e, 1); err != nil {
			t.Fatal(err)
		}
	}
	q := r.Report()
	near(t, "RMSE of the window", q.NumbersWindow.RMSE, 1, summedUp)
	if n := q.NumbersWindow.Rows; n < 90 || n > 100 {
		t.Errorf("the window has %v rows, want 90 to 100", n)
	}
	// 150 rows of error 1, then 250 of error 5, each half as heavy after 10
	g := math.Exp2(-0.1)
	ones, rest := (1-math.Pow(g, 150))/(1-g), (math.Pow(g, 150)-math.Pow(g, 400))/(1-g)
	near(t, "decayed RMSE", q.NumbersDecayed.RMSE, math.Sqrt((ones+25*rest)/(ones+rest)), 1e-9) // many roundings of the scale
	near(t, "MAE of all", q.Numbers.MAE, (5*250+150)/400., summedUp)
}

func TestRunningErrors(t *testing.T) {
	classes, numbers := newRunning(t, model.RoleClassification, evaluation.RunningOptions{}), newRunning(t, model.RoleRegression, evaluation.RunningOptions{})
	one := &model.Result{Probabilities: []float64{1}}
	_, role := evaluation.NewRunning(model.RoleAnomaly, evaluation.RunningOptions{})
	_, window := evaluation.NewRunning(model.RoleRegression, evaluation.RunningOptions{Window: -1})
	_, halfLife := evaluation.NewRunning(model.RoleRegression, evaluation.RunningOptions{HalfLife: math.NaN()})
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{name: "role", err: role, want: `"anomaly"`},
		{name: "window", err: window, want: "window is -1"},
		{name: "half-life", err: halfLife, want: "half-life is NaN"},
		{name: "class for a number", err: numbers.AddClass("a", []string{"a"}, one, 1), want: "a class was added"},
		{name: "number for a class", err: classes.AddNumber(1, 1, 1), want: "a number was added"},
		{name: "weight", err: classes.AddClass("a", []string{"a"}, one, 0), want: "weight is 0"},
		{name: "classes", err: classes.AddClass("a", []string{"a", "b"}, one, 1), want: "1 probabilities of 2 classes"},
		{name: "not a number", err: numbers.AddNumber(1, math.NaN(), 1), want: "prediction NaN"},
		{name: "merge", err: numbers.Merge(classes), want: "incompatible"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
				t.Errorf("error is %v, want one with %q", c.err, c.want)
			}
		})
	}
	if err := numbers.Merge(classes); !errors.Is(err, stats.ErrIncompatible) {
		t.Errorf("error is %v, want ErrIncompatible", err)
	}
	if r := classes.Report().Classes; r.Accuracy != nil || r.AUC != nil {
		t.Errorf("an empty evaluation reports %+v", r)
	}
}

// TestRunningIsBounded: classes that rows make up do not fill the memory.
func TestRunningIsBounded(t *testing.T) {
	r := newRunning(t, model.RoleClassification, evaluation.RunningOptions{})
	result := &model.Result{Probabilities: []float64{0.5, 0.5}}
	for i := range 30000 {
		if err := r.AddClass(fmt.Sprint(i), []string{"a", "b"}, result, 1); err != nil {
			t.Fatal(err)
		}
	}
	const bound = 1 << 20
	if n := len(encoded(r)); n > bound {
		t.Errorf("an evaluation of 30000 classes has %d bytes", n)
	}
}

// FuzzDecodeRunning: no bytes make DecodeRunning panic; what it accepts can be
// reported, merged, and encodes to something that decodes to the same.
func FuzzDecodeRunning(f *testing.F) {
	for _, role := range []model.Role{model.RoleClassification, model.RoleRegression} {
		r := newRunning(f, role, evaluation.RunningOptions{Window: 20, HalfLife: 5})
		f.Add(encoded(r))
		if role == model.RoleClassification {
			addOutcomes(f, r, outcomes(50))
		} else if err := r.AddNumber(1, 2, 1); err != nil {
			f.Fatal(err)
		}
		f.Add(encoded(r))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		reader := wire.NewReader(data)
		r := evaluation.DecodeRunning(reader)
		if reader.Close() != nil {
			return
		}
		if _, err := json.Marshal(r.Report()); err != nil {
			t.Fatal(err)
		}
		first := encoded(r)
		again := evaluation.DecodeRunning(wire.NewReader(first))
		if !bytes.Equal(first, encoded(again)) {
			t.Fatal("encoding is not stable")
		}
		if err := again.Merge(r); err != nil {
			t.Fatal(err)
		}
	})
}

// TestRunningBytes holds the bytes of version 3: version, role, window, half-life,
// scale, six sums and two grids of all rows and of the decayed ones, no tiles, and the
// history. Those of version 2 are the same of regressions, and those of version 1 have
// neither grids nor history; both are read.
func TestRunningBytes(t *testing.T) {
	r := newRunning(t, model.RoleRegression, evaluation.RunningOptions{})
	r.At(time.Unix(600, 0))
	if err := r.AddNumber(2, 3, 1); err != nil {
		t.Fatal(err)
	}
	const zero, one, two = "0000000000000000", "000000000000f03f", "0000000000000040"
	const head = "00" + "00" + zero + one           // role, window, half-life, scale
	const sums = one + one + one + one + two + zero // weight, squares, absolute, bias, mean, spread
	// one cell: levels -18 and -18 above -60, then 2 and 3 as multiples of 2^-18
	const joint = "01" + "2a2a" + "80804080" + "8060" + one
	// levels -18 and -19, then 3 and -1
	const residuals = "01" + "2a29" + "80806" + "0ffff3f" + one
	const history = "00" + "01" + "3c" + sums + "01" + "0a" + sums // level, step 60 of 10 s, step 10 of 60 s
	none := strings.Repeat(zero, 6)
	tail := head + sums + joint + residuals + none + "0000" + "00" + history
	if got, want := fmt.Sprintf("%x", encoded(r)), "03"+tail; got != want {
		t.Errorf("bytes are %s, want %s", got, want)
	}
	second, err := hex.DecodeString("02" + tail)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := reportOf(t, evaluation.DecodeRunning(wire.NewReader(second))), reportOf(t, r); got != want {
		t.Errorf("version 2 is read as %s, want %s", got, want)
	}
	first, err := hex.DecodeString("01" + head + sums + none + "00")
	if err != nil {
		t.Fatal(err)
	}
	reader := wire.NewReader(first)
	old := evaluation.DecodeRunning(reader)
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := reportOf(t, old), reportOf(t, r); got != want {
		t.Errorf("version 1 is read as %s, want %s", got, want)
	}
	if err := old.Merge(r); err != nil {
		t.Fatal(err)
	}
	if d, err := old.Detail("", ""); err != nil || d.Rows != 2 || len(d.Joint.Cells) != 1 || len(d.History) != 1 {
		t.Errorf("merged with version 3 it has %+v, %v", d, err)
	}
}

func BenchmarkAddNumber(b *testing.B) {
	r, err := evaluation.NewRunning(model.RoleRegression, evaluation.RunningOptions{Window: 1000, HalfLife: 1000})
	if err != nil {
		b.Fatal(err)
	}
	draw := rand.New(rand.NewPCG(1, 1))
	for i := 0; b.Loop(); i++ {
		y := draw.NormFloat64()
		r.At(time.Unix(int64(1_700_000_000+i/1000), 0))
		if err := r.AddNumber(y, y+draw.NormFloat64(), 1); err != nil {
			b.Fatal(err)
		}
	}
}
