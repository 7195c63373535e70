package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// scored is a result of sml_score.
type scored struct {
	Score      float64            `json:"score"`
	Prediction float64            `json:"prediction"`
	Residual   *float64           `json:"residual"`
	Quantile   *float64           `json:"quantile"`
	Quantiles  map[string]float64 `json:"quantiles"`
	Threshold  *float64           `json:"threshold"`
	Lower      *float64           `json:"threshold_lower"`
	IsAnomaly  bool               `json:"is_anomaly"`
	Evaluation map[string]float64 `json:"evaluation"`
	Class      any                `json:"class"`
}

func scoreBatch(t *testing.T, s *live.Scorer, messages []live.Message) []scored {
	t.Helper()
	results, err := s.Score(context.Background(), messages)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]scored, len(messages))
	for i := range messages {
		if messages[i].Err != nil {
			t.Fatal(messages[i].Err)
		}
		if err := json.Unmarshal(results.JSON(i), &out[i]); err != nil {
			t.Fatalf("%s: %v", results.JSON(i), err)
		}
	}
	s.Release(results)
	return out
}

// manual are settings whose models are built once, so that scores do not move.
func manual(models ...model.Definition) live.Settings {
	s := settings(true)
	for i := range models {
		models[i].Refresh = &model.Refresh{Manual: true}
	}
	s.Learn.Models = models
	return s
}

// normals returns messages with x standard normal and y = 3x + noise.
func normals(r *rand.Rand, from, n int) (out []live.Message) {
	for i := range n {
		x := r.NormFloat64()
		out = append(out, live.Message{
			Data: fmt.Appendf(nil, `{"x":%.9f,"y":%.9f}`, x, 3*x+0.5*r.NormFloat64()), Shard: "t/0", Offset: int64(from + i), HasOffset: true,
		})
	}
	return out
}

// TestQuantileOfScores: the quantile of a score is the share of earlier scores
// that are not higher, the threshold the quantile asked for, and what is above it
// an anomaly; scores of a replay count once.
func TestQuantileOfScores(t *testing.T) {
	const tolerance = 0.02 // the view may lack a tenth of the scores; bins are half as wide
	r, h := rand.New(rand.NewPCG(1, 41)), (*live.Handle)(nil)
	h, _ = open(t, state.NewMemory(), manual(model.Definition{Name: "z", Type: "zscore", Inputs: []string{"x"}}))
	learnAll(t, h.Project(), normals(r, 0, 2000))
	s, err := h.Project().NewScorer(live.ScorerSettings{Model: "z", Quantile: 0.9, Quantiles: []float64{0.5, 0.95}, Contributions: 0})
	if err != nil {
		t.Fatal(err)
	}
	var all []float64
	for from := 2000; from < 8000; from += 200 {
		batch := normals(r, from, 200)
		for _, got := range scoreBatch(t, s, append([]live.Message(nil), batch...)) {
			all = append(all, got.Score)
		}
		scoreBatch(t, s, batch) // a replay
	}
	slices.Sort(all)
	shareUpTo := func(x float64) float64 {
		at, _ := slices.BinarySearch(all, x)
		return float64(at) / float64(len(all))
	}
	anomalies := 0
	probes := scoreBatch(t, s, normals(r, 8000, 500))
	for _, got := range probes {
		if got.Quantile == nil || math.Abs(*got.Quantile-shareUpTo(got.Score)) > tolerance {
			t.Fatalf("score %v has quantile %v, want %v", got.Score, got.Quantile, shareUpTo(got.Score))
		}
		if math.Abs(shareUpTo(*got.Threshold)-0.9) > tolerance || got.IsAnomaly != (got.Score > *got.Threshold) {
			t.Fatalf("threshold %v, anomaly %v of score %v", *got.Threshold, got.IsAnomaly, got.Score)
		}
		for name, q := range map[string]float64{"q50": 0.5, "q95": 0.95} {
			if math.Abs(shareUpTo(got.Quantiles[name])-q) > tolerance {
				t.Fatalf("%s is %v, above %v of the scores", name, got.Quantiles[name], shareUpTo(got.Quantiles[name]))
			}
		}
		if got.IsAnomaly {
			anomalies++
		}
	}
	if anomalies < 20 || anomalies > 90 {
		t.Errorf("%d of 500 are anomalies, want about 50", anomalies)
	}
	told, err := h.Project().Scores().Quantiles(context.Background(), "z", []float64{0.5})
	if err != nil || len(told) != 1 || math.Abs(shareUpTo(told[0])-0.5) > tolerance {
		t.Errorf("the median of all scores is %v, %v", told, err)
	}
}

// TestScoresOfOthers: a scorer elsewhere judges by the scores of all processes,
// and goes on where one that has closed was.
func TestScoresOfOthers(t *testing.T) {
	ctx, store, r := context.Background(), state.NewMemory(), rand.New(rand.NewPCG(2, 42))
	learner, _ := open(t, store, manual(model.Definition{Name: "z", Type: "zscore", Inputs: []string{"x"}}))
	learnAll(t, learner.Project(), normals(r, 0, 1000))
	reading := manual()
	reading.Learn = nil
	for process := range 3 {
		h, _ := open(t, store, reading)
		s, err := h.Project().NewScorer(live.ScorerSettings{Model: "z"})
		if err != nil {
			t.Fatal(err)
		}
		first := scoreBatch(t, s, []live.Message{{Data: []byte(`{"x":0.7,"y":1}`), Shard: fmt.Sprint("probe/", process)}})[0]
		if known := first.Quantile != nil; known != (process > 0) {
			t.Errorf("process %d knows of earlier scores: %v", process, known)
		}
		messages := normals(r, 1000+1000*process, 500)
		for i := range messages {
			messages[i].Shard = fmt.Sprint("t/", process)
		}
		scoreBatch(t, s, messages)
		if err := h.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
	last, _ := open(t, store, reading)
	q, err := last.Project().Scores().Quantiles(ctx, "z", []float64{0, 1})
	if err != nil || len(q) != 2 || !(q[1] > 4) {
		t.Errorf("scores from %v (%v), want those of three processes up to more than 4", q, err)
	}
	if _, err := last.Project().Scores().Quantiles(ctx, "none", nil); err == nil {
		t.Error("an unknown model has scores")
	}
}

// TestThresholdOfResiduals: a threshold of a regression is of its residuals, two
// sides apart where that is asked for, and alarms come at the rate asked for.
func TestThresholdOfResiduals(t *testing.T) {
	const alpha, n = 0.02, 10_000
	r := rand.New(rand.NewPCG(3, 43))
	h, _ := open(t, state.NewMemory(), manual(model.Definition{Name: "line", Type: "ols", Target: "y", Inputs: []string{"x"}}))
	learnAll(t, h.Project(), normals(r, 0, 2000))
	s, err := h.Project().NewScorer(live.ScorerSettings{
		Model: "line", Threshold: &threshold.ThresholdOptions{Method: threshold.ThresholdQuantile, Alpha: alpha, TwoSided: true, WarmUp: 500},
	})
	if err != nil {
		t.Fatal(err)
	}
	alarms, judged := 0, 0
	for from := 2000; from < 2000+n; from += 500 {
		for _, got := range scoreBatch(t, s, normals(r, from, 500)) {
			if got.Residual == nil {
				t.Fatal("no residual though the document has the target")
			}
			if got.Threshold == nil {
				continue
			}
			judged++
			if out := *got.Residual > *got.Threshold || *got.Residual < *got.Lower; out != got.IsAnomaly {
				t.Fatalf("residual %v outside %v to %v: anomaly %v", *got.Residual, *got.Lower, *got.Threshold, got.IsAnomaly)
			}
			if got.IsAnomaly {
				alarms++
			}
		}
	}
	if rate := float64(alarms) / float64(judged); judged < n-1500 || rate < alpha/2 || rate > 2*alpha {
		t.Errorf("%d alarms among %d that were judged, asked for %v", alarms, judged, alpha)
	}
	if none := scoreBatch(t, s, []live.Message{{Data: []byte(`{"x":1}`), Shard: "t/0", Offset: 99999, HasOffset: true}})[0]; none.Residual != nil || none.IsAnomaly {
		t.Errorf("a document without the target: %+v", none)
	}
}

// measures is an observer that remembers what it is told of predictions.
type measures struct {
	silent
	lock sync.Mutex
	told map[string]float64
}

// Evaluated remembers a measure.
func (m *measures) Evaluated(_, name, measure string, value float64) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.told == nil {
		m.told = map[string]float64{}
	}
	m.told[name+" "+measure] = value
}

// TestEvaluationOfPredictions: the measures are those of the predictions that
// were given, a replay counted once, in the documents and to the observer.
func TestEvaluationOfPredictions(t *testing.T) {
	ctx, r, observer := context.Background(), rand.New(rand.NewPCG(4, 44)), &measures{}
	h, err := live.NewTable().Open(new(live.Scope), manual(model.Definition{Name: "line", Type: "ols", Target: "y", Inputs: []string{"x"}}), state.NewMemory(), "root", observer)
	if err != nil {
		t.Fatal(err)
	}
	learnAll(t, h.Project(), normals(r, 0, 1000))
	s, err := h.Project().NewScorer(live.ScorerSettings{Model: "line", Evaluate: &evaluation.RunningOptions{}, InDocument: true})
	if err != nil {
		t.Fatal(err)
	}
	sum, absolute, n := 0.0, 0.0, 0.0
	for from := 1000; from < 3000; from += 250 {
		batch := normals(r, from, 250)
		for i, got := range scoreBatch(t, s, append([]live.Message(nil), batch...)) {
			var row struct{ Y float64 }
			if err := json.Unmarshal(batch[i].Data, &row); err != nil {
				t.Fatal(err)
			}
			e := row.Y - got.Prediction
			sum, absolute, n = sum+e*e, absolute+math.Abs(e), n+1
		}
		scoreBatch(t, s, batch)
	}
	report, err := h.Project().Scores().Evaluation(ctx, "line")
	if err != nil || report == nil || report.Numbers == nil {
		t.Fatal(report, err)
	}
	got := report.Numbers
	if got.Rows != n || math.Abs(*got.RMSE-math.Sqrt(sum/n)) > 1e-9 || math.Abs(*got.MAE-absolute/n) > 1e-9 {
		t.Errorf("%v rows, rmse %v, mae %v, want %v, %v, %v", got.Rows, *got.RMSE, *got.MAE, n, math.Sqrt(sum/n), absolute/n)
	}
	last := scoreBatch(t, s, normals(r, 3000, 1))[0]
	observer.lock.Lock()
	defer observer.lock.Unlock()
	for _, measure := range []string{"rmse", "mae", "r2", "rows"} {
		if told := observer.told["line "+measure]; !(last.Evaluation[measure] > 0) || math.Abs(told-last.Evaluation[measure]) > 1e-9*told {
			t.Errorf("%s is %v in the document and %v to the observer", measure, last.Evaluation[measure], told)
		}
	}
	if e, err := h.Project().Scores().Evaluation(ctx, "none"); err == nil {
		t.Errorf("an unknown model is evaluated: %v", e)
	}
}

// TestScorerBadSettings: the error names the field and the value.
func TestScorerBadSettings(t *testing.T) {
	h, _ := open(t, state.NewMemory(), settings(true))
	for want, s := range map[string]live.ScorerSettings{
		"model is empty":           {},
		"anomaly_quantile is 1":    {Model: "m", Quantile: 1},
		"anomaly_quantile is NaN":  {Model: "m", Quantile: math.NaN()},
		"quantiles.1 is 0":         {Model: "m", Quantiles: []float64{0.5, 0}},
		"threshold.alpha: 2, want": {Model: "m", Threshold: &threshold.ThresholdOptions{Alpha: 2}},
		"young is -5, want 0":      {Model: "m", Entities: &live.EntityScoring{Young: -5}},
		"window is -1":             {Model: "m", Evaluate: &evaluation.RunningOptions{Window: -1}},
		"half-life is -1":          {Model: "m", Evaluate: &evaluation.RunningOptions{HalfLife: -1}},
	} {
		if _, err := h.Project().NewScorer(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
}

// TestScoringWhatCannotBeBuilt: messages are marked, the reason is told once, and
// scoring goes on when the model can be built.
func TestScoringWhatCannotBeBuilt(t *testing.T) {
	h, observer := open(t, state.NewMemory(), settings(true))
	s, err := h.Project().NewScorer(live.ScorerSettings{Model: "later"})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		messages := batch(0, 0, 5)
		messages[1].Err = fmt.Errorf("broken before")
		if _, err := s.Score(context.Background(), messages); err != nil {
			t.Fatal(err)
		}
		for i := range messages {
			if messages[i].Err == nil || i == 1 != strings.Contains(messages[i].Err.Error(), "broken before") {
				t.Errorf("message %d: %v", i, messages[i].Err)
			}
		}
	}
	observer.mu.Lock()
	if len(observer.warnings) != 1 || !strings.Contains(observer.warnings[0], `"later"`) {
		t.Errorf("told %q, want the reason once", observer.warnings)
	}
	observer.mu.Unlock()
	learnAll(t, h.Project(), batch(0, 0, 100))
	if err := h.Project().Models().Define(context.Background(), model.Definition{Name: "later", Type: "hba"}); err != nil {
		t.Fatal(err)
	}
	scoreBatch(t, s, batch(0, 100, 105))
}

// TestYoungProjectScoresAsItLearns: a batch that is large against the project is
// scored in pieces, each by a model that has seen the rows before it: as if the
// pieces had come one after another.
func TestYoungProjectScoresAsItLearns(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 45))
	all := normals(r, 0, 1200)
	definition := model.Definition{Name: "z", Type: "zscore", Options: map[string]any{"min_rows": 10}}
	s := settings(true)
	s.Learn.Models = []model.Definition{definition}
	young, _ := open(t, state.NewMemory(), s)
	learnAll(t, young.Project(), append([]live.Message(nil), all[:200]...))
	scorer, err := young.Project().NewScorer(live.ScorerSettings{Model: "z"})
	if err != nil {
		t.Fatal(err)
	}
	got := scoreBatch(t, scorer, append([]live.Message(nil), all[200:]...))
	before := rows(t, young.Project())
	steps := s
	steps.Refresh = time.Nanosecond // every answer is of now
	stepwise, _ := open(t, state.NewMemory(), steps)
	p := stepwise.Project()
	learnAll(t, p, append([]live.Message(nil), all[:200]...))
	for from := 200; from < len(all); {
		to := min(len(all), from+from/10)
		if _, err := p.Models().Build(context.Background(), "z"); err != nil {
			t.Fatal(err)
		}
		for i := from; i < to; i++ {
			var document map[string]any
			if err := json.Unmarshal(all[i].Data, &document); err != nil {
				t.Fatal(err)
			}
			if want := score(t, p, "z", document); math.Abs(want-got[i-200].Score) > 1e-7*want {
				t.Fatalf("row %d: score %v in one batch, %v piece by piece", i, got[i-200].Score, want)
			}
		}
		learnAll(t, p, append([]live.Message(nil), all[from:to]...))
		from = to
	}
	if before != 200 {
		t.Errorf("scoring has learned: %v rows, want 200", before)
	}
}
