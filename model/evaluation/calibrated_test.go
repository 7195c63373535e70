package evaluation_test

import (
	"bytes"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/calibration"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
)

// addTwo adds rows that a model was too sure of, of which those from a place on were
// calibrated by half of the log odds.
func addTwo(t *testing.T, r *evaluation.Running, rows []outcome, from int) {
	t.Helper()
	classes := []string{"no", "yes"}
	predicted := func(p float64) *model.Result {
		out := &model.Result{Probabilities: []float64{1 - p, p}}
		if p > 0.5 {
			out.Class = 1
		}
		return out
	}
	for i, o := range rows {
		odds := math.Log(o.p / (1 - o.p))
		given, actual := predicted(1/(1+math.Exp(-2*odds))), "no"
		var after *model.Result
		if i >= from {
			after = predicted(o.p)
		}
		if o.positive {
			actual = "yes"
		}
		if err := r.AddCalibrated(actual, classes, given, after, 1); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCalibratedRows compares with the definitions over all rows at once.
func TestCalibratedRows(t *testing.T) {
	rows := outcomes(6000)
	const from = 1000
	whole := newRunning(t, model.RoleClassification, evaluation.RunningOptions{})
	addTwo(t, whole, rows, from)
	var loss, brier, n float64
	var confidence, correct [10]float64
	for _, o := range rows[from:] {
		own := o.p
		if !o.positive {
			own = 1 - o.p
		}
		loss -= math.Log(own)
		brier += 2 * (1 - own) * (1 - own)
		top := max(o.p, 1-o.p)
		k := min(int(top*10), 9)
		confidence[k] += top
		if (o.p > 0.5) == o.positive {
			correct[k]++
		}
		n++
	}
	ece := 0.0
	for k := range confidence {
		ece += math.Abs(confidence[k]-correct[k]) / n
	}
	q := whole.Report().Classes.Calibrated
	if q == nil || q.Rows != n {
		t.Fatalf("calibrated rows are %+v, want %v", q, n)
	}
	near(t, "log loss", q.After.LogLoss, loss/n, summedUp)
	near(t, "Brier score", q.After.Brier, brier/n, summedUp)
	near(t, "expected calibration error", q.After.ECE, ece, summedUp)
	if !(*q.Before.LogLoss > *q.After.LogLoss && *q.Before.ECE > *q.After.ECE) {
		t.Errorf("of a model that is too sure it tells %+v", q)
	}
}

// TestCalibratedShards: what shards of drawn rows add up to is what all rows give, in bytes
// too, and they calibrate alike.
func TestCalibratedShards(t *testing.T) {
	rows := outcomes(6000)
	for seed := range drawn.Seeds(20) {
		r := rand.New(rand.NewPCG(seed, 4))
		options := evaluation.RunningOptions{Window: r.IntN(2) * 500, HalfLife: float64(r.IntN(2) * 300)}
		cut, begin := 1+r.IntN(len(rows)-1), r.IntN(len(rows)+1)
		all, left, right := newRunning(t, model.RoleClassification, options), newRunning(t, model.RoleClassification, options), newRunning(t, model.RoleClassification, options)
		addTwo(t, all, rows, begin)
		addTwo(t, left, rows[:cut], begin)
		addTwo(t, right, rows[cut:], max(0, begin-cut))
		if err := left.Merge(right); err != nil {
			t.Fatal(err)
		}
		reader := wire.NewReader(encoded(left))
		read := evaluation.DecodeRunning(reader)
		if err := reader.Close(); err != nil || !bytes.Equal(encoded(read), encoded(left)) {
			t.Fatalf("seed %d: decoded and encoded again the bytes are others, %v", seed, err)
		}
		a, b := all.Report().Classes.Calibrated, read.Report().Classes.Calibrated
		if (a == nil) != (b == nil) || (a == nil) != (begin == len(rows)) {
			t.Fatalf("seed %d: shards tell %+v, all rows %+v", seed, b, a)
		}
		if a != nil {
			near(t, "log loss of shards", b.After.LogLoss, *a.After.LogLoss, summedUp)
			near(t, "calibration error of shards", b.Before.ECE, *a.Before.ECE, summedUp)
		}
		for _, method := range calibration.Methods()[1:] {
			requireOneFit(t, seed, method, all, read, options == evaluation.RunningOptions{})
		}
	}
}

// requireOneFit requires that shards calibrate as all rows do. Their windows and decayed
// rows are of other rows.
func requireOneFit(t *testing.T, seed uint64, method string, a, b *evaluation.Running, same bool) {
	t.Helper()
	x, err := evaluation.Calibrate(a, method)
	if err != nil || !x.Applied {
		t.Fatalf("seed %d: %+v, %v", seed, x, err)
	}
	y, err := evaluation.Calibrate(b, method)
	if err != nil || !y.Applied {
		t.Fatalf("seed %d: %+v, %v", seed, y, err)
	}
	if !same {
		return
	}
	for _, given := range []float64{0.01, 0.3, 0.5, 0.9, 1} {
		p, q := []float64{1 - given, given}, []float64{1 - given, given}
		x.Map().Apply([]string{"no", "yes"}, p)
		y.Map().Apply([]string{"no", "yes"}, q)
		if p[1] != q[1] {
			t.Errorf("seed %d: %s makes %v of %v, by shards %v", seed, method, p[1], given, q[1])
		}
	}
}

// TestUncalibratedBytes: version 2, which knew no calibrated rows, is read.
func TestUncalibratedBytes(t *testing.T) {
	const zero, one, half = "0000000000000000", "000000000000f03f", "000000000000e03f"
	sums := one + one + one + half // weight, correct, log loss, squares
	none := zero + zero + zero + zero + "00" + "00"
	bytes, err := hex.DecodeString("02" + "01" + "00" + zero + one + sums + "01" + "0161" + "0161" + one + "00" + none + "00" + "00" + "00" + "00")
	if err != nil {
		t.Fatal(err)
	}
	reader := wire.NewReader(bytes)
	old := evaluation.DecodeRunning(reader)
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	if q := old.Report().Classes; q.Rows != 1 || *q.Brier != 0.5 || q.Calibrated != nil {
		t.Errorf("version 2 is read as %+v", q)
	}
}
