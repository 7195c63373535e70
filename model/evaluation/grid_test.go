package evaluation_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
)

// pair is a row of a regression: when it was scored, and what came of it.
type pair struct {
	at                 time.Time
	actual, prediction float64
}

// pairs draws rows of one of several shapes, over a drawn time.
func pairs(r *rand.Rand, n int) []pair {
	shape, size := r.IntN(6), math.Exp(r.NormFloat64()*10)
	every := time.Duration(math.Exp(r.Float64()*20)) * time.Millisecond
	out := make([]pair, n)
	for i := range out {
		y := size * r.NormFloat64()
		switch shape {
		case 1:
			y = size
		case 2:
			y = float64(r.IntN(3))
		case 3:
			y = size * math.Exp(5*r.NormFloat64()) // a long tail
		case 4:
			y = 0
		}
		out[i] = pair{at: time.Unix(1_700_000_000, 0).Add(time.Duration(i) * every), actual: y, prediction: y + size*r.NormFloat64()/10}
		if shape == 5 {
			out[i].prediction = y
		}
	}
	return out
}

func addPairs(t testing.TB, r *evaluation.Running, rows []pair) {
	t.Helper()
	for _, p := range rows {
		r.At(p.at)
		if err := r.AddNumber(p.actual, p.prediction, 1); err != nil {
			t.Fatal(err)
		}
	}
}

// TestGridsDoNotDependOnTheSplit: of drawn rows in any order and any split, merged in
// any order, the grids and the times of the history are the same, bit for bit.
func TestGridsDoNotDependOnTheSplit(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		rows := pairs(r, 1+r.IntN(1500))
		whole := newRunning(t, model.RoleRegression, evaluation.RunningOptions{})
		addPairs(t, whole, rows)
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		parts := make([]*evaluation.Running, 1+r.IntN(5))
		for k := range parts {
			parts[k] = newRunning(t, model.RoleRegression, evaluation.RunningOptions{})
		}
		for _, row := range rows {
			addPairs(t, parts[r.IntN(len(parts))], []pair{row})
		}
		merged := parts[0]
		for _, p := range parts[1:] {
			before := encoded(p)
			if err := merged.Merge(p); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(before, encoded(p)) {
				t.Fatalf("seed %d: Merge has changed its operand", seed)
			}
		}
		a, b := detailOf(t, whole, "", ""), detailOf(t, merged, "", "")
		for what, pair := range map[string][2]any{"joint": {a.Joint, b.Joint}, "residuals": {a.Residuals, b.Residuals}, "history": {rowsOf(a.History), rowsOf(b.History)}, "recent": {rowsOf(a.Recent), rowsOf(b.Recent)}} {
			want, got := jsonOf(t, pair[0]), jsonOf(t, pair[1])
			if want != got {
				t.Fatalf("seed %d, %d parts: %s is %s, want %s", seed, len(parts), what, got, want)
			}
		}
		requireRoundTrip(t, merged)
	}
}

// requireRoundTrip: bytes give the same back.
func requireRoundTrip(t *testing.T, r *evaluation.Running) {
	t.Helper()
	reader := wire.NewReader(encoded(r))
	decoded := evaluation.DecodeRunning(reader)
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(encoded(decoded), encoded(r)) {
		t.Fatal("decoded and encoded again the bytes are others")
	}
}

// rowsOf are the parts of steps that are exact: sums of weights 1.
func rowsOf(steps []evaluation.Step) (out [][3]float64) {
	for _, s := range steps {
		out = append(out, [3]float64{float64(s.From.Unix()), s.Seconds, s.Rows})
	}
	return out
}

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestGridHoldsTheRows: each row is in its cell, and no axis has more than 24 columns.
func TestGridHoldsTheRows(t *testing.T) {
	for seed := range uint64(20) {
		rows := pairs(rand.New(rand.NewPCG(seed, 8)), 700)
		r := newRunning(t, model.RoleRegression, evaluation.RunningOptions{})
		addPairs(t, r, rows)
		g := detailOf(t, r, "", "").Joint
		want := map[[2]float64]float64{}
		for _, p := range rows {
			want[[2]float64{math.Floor(p.actual/g.Width[0]) * g.Width[0], math.Floor(p.prediction/g.Width[1]) * g.Width[1]}]++
		}
		var columns, total []float64
		for _, c := range g.Cells {
			if want[[2]float64{c[0], c[1]}] != c[2] {
				t.Fatalf("seed %d: cell %v, want %v rows", seed, c, want[[2]float64{c[0], c[1]}])
			}
			if !slices.Contains(columns, c[0]) {
				columns = append(columns, c[0])
			}
			total = append(total, c[2])
		}
		const most = 24
		if len(columns) > most || len(total) != len(want) {
			t.Errorf("seed %d: %d columns and %d cells, want at most %d and %d", seed, len(columns), len(total), most, len(want))
		}
	}
}

// TestHistory: the steps are of the rows of their time.
func TestHistory(t *testing.T) {
	r := newRunning(t, model.RoleRegression, evaluation.RunningOptions{})
	begin := time.Unix(1_700_000_040, 0)
	for i := range 600 {
		r.At(begin.Add(time.Duration(i) * time.Second))
		e := 1.0
		if i >= 300 {
			e = 3
		}
		if err := r.AddNumber(float64(i), float64(i)+e, 1); err != nil {
			t.Fatal(err)
		}
	}
	d := detailOf(t, r, "", "")
	if len(d.Recent) != 60 || len(d.History) != 10 {
		t.Fatalf("%d recent steps and %d of all, want 60 and 10", len(d.Recent), len(d.History))
	}
	near(t, "RMSE at first", d.History[0].RMSE, 1, summedUp)
	near(t, "RMSE at last", d.Recent[59].RMSE, 3, summedUp)
	if first := d.History[0]; !first.From.Equal(begin.UTC()) || first.Rows != 60 {
		t.Errorf("the first step is %+v", first)
	}
	const year = 365 * 24 * 3600
	r.At(begin.Add(year * time.Second))
	if err := r.AddNumber(1, 1, 1); err != nil {
		t.Fatal(err)
	}
	if steps := detailOf(t, r, "", "").History; len(steps) != 11 || steps[10].Rows != 1 {
		t.Errorf("a year later there are %d steps", len(steps))
	}
}

// TestHistoryIsBounded: a step for each minute of a week makes steps longer.
func TestHistoryIsBounded(t *testing.T) {
	r := newRunning(t, model.RoleClassification, evaluation.RunningOptions{})
	begin := time.Unix(1_700_000_000, 0)
	const minutes = 7 * 24 * 60
	result := &model.Result{Probabilities: []float64{0.9, 0.1}}
	for i := range minutes {
		r.At(begin.Add(time.Duration(i) * time.Minute))
		if err := r.AddClass("a", []string{"a", "b"}, result, 1); err != nil {
			t.Fatal(err)
		}
	}
	d := detailOf(t, r, "", "")
	rows := 0.0
	for _, s := range d.History {
		rows += s.Rows
	}
	if len(d.History) > 128 || len(d.Recent) > 180 || rows != minutes {
		t.Errorf("%d and %d steps of %v rows", len(d.History), len(d.Recent), rows)
	}
	requireRoundTrip(t, r)
}
