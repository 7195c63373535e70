package live

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// drawNumber draws numbers of all sizes, and what is no number.
func drawNumber(r *rand.Rand) float64 {
	switch r.IntN(10) {
	case 0:
		return math.NaN()
	case 1:
		return math.Inf(1 - 2*r.IntN(2))
	case 2:
		return 0
	}
	return r.NormFloat64() * math.Pow(10, float64(r.IntN(40)-20))
}

// TestResultsAreJSON: whatever numbers and names a result has, it is one JSON
// object, and its finite numbers come back to the digits that they are written with.
func TestResultsAreJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	names := []string{"plain", `quo"te`, "new\nline", "back\\slash", "ü", "tab\t", ""}
	labels := newLabels(names)
	for range 3000 {
		in := &model.Result{Score: drawNumber(r), PValue: drawNumber(r), Prediction: drawNumber(r), HasInterval: r.IntN(2) == 0}
		in.Interval = model.Interval{Low: drawNumber(r), High: drawNumber(r)}
		for range names {
			in.Contributions = append(in.Contributions, drawNumber(r))
		}
		in.Probabilities = []float64{0.25, 0.75}
		in.Class = r.IntN(2)
		q := quality{
			quantile: r.Float64(), known: r.IntN(2) == 0, threshold: drawNumber(r), lower: drawNumber(r), hasThreshold: r.IntN(2) == 0,
			pValue: drawNumber(r), isAnomaly: r.IntN(2) == 0,
		}
		top := r.IntN(9) - 1
		out := &Results{}
		out.appendAnomaly(in, q, labels, top)
		out.appendWarmingUp(&builtModel{model: model.NewWaiting(&model.Definition{}), rows: drawFinite(r), waiting: []string{"", names[0]}[r.IntN(2)]})
		out.skip()
		built := &builtModel{role: model.RoleClassification, classes: [][]byte{appendString(nil, names[r.IntN(len(names))]), []byte("1")}}
		out.appendPrediction(built, in, labels, top, math.NaN(), quality{}, nil)
		built.role = model.RoleRegression
		out.appendPrediction(built, in, labels, top, drawFinite(r), q, []byte(`{"rows":3}`))
		out.appendWatched(drawFinite(r), drawFinite(r), q)
		for i := range 6 {
			text := out.JSON(i)
			if i == 2 {
				if len(text) != 0 {
					t.Fatalf("a message without a result has %s", text)
				}
				continue
			}
			var back map[string]any
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if i == 0 {
				requireScore(t, back, in.Score)
			}
		}
	}
}

func drawFinite(r *rand.Rand) float64 {
	for {
		if x := drawNumber(r); isFinite(x) {
			return x
		}
	}
}

func requireScore(t *testing.T, back map[string]any, want float64) {
	t.Helper()
	got, ok := back["score"].(float64)
	switch {
	case !isFinite(want):
		if back["score"] != nil {
			t.Errorf("%v is written as %v, want null", want, back["score"])
		}
	case !ok || math.Abs(got-want) > nineDigits*math.Abs(want):
		t.Errorf("%v is written as %v", want, back["score"])
	}
}

// TestLargestContributionsFirst: of many contributions the largest are told,
// in their order, and equal ones in the order of the inputs.
func TestLargestContributionsFirst(t *testing.T) {
	labels := newLabels([]string{"a", "b", "c", "d"})
	for _, c := range []struct {
		name string
		top  int
		in   []float64
		want string
	}{
		{name: "all, in the order of the inputs", top: -1, in: []float64{1, 4, 2, 3}, want: `{"a":1,"b":4,"c":2,"d":3}`},
		{name: "two", top: 2, in: []float64{1, 4, 2, 3}, want: `{"b":4,"d":3}`},
		{name: "more than there are", top: 9, in: []float64{1, 4, 2, 3}, want: `{"a":1,"b":4,"c":2,"d":3}`},
		{name: "equal ones", top: 3, in: []float64{2, 2, 5, 2}, want: `{"c":5,"a":2,"b":2}`},
		{name: "negative ones", top: 1, in: []float64{-1, -2, -3, -4}, want: `{"a":-1}`},
	} {
		if got := string(labels.append(nil, c.in, c.top)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
