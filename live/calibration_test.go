package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/calibration"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// echoes returns rows of a class and of inputs that say nearly the same of it, which naive
// Bayes is too sure of.
func echoes(r *rand.Rand, source string, classes, from, n int) (out []live.Message) {
	for i := range n {
		y := r.IntN(classes)
		x := float64(y) + 1.3*r.NormFloat64()
		out = append(out, live.Message{
			Data:  fmt.Appendf(nil, `{"a":%.4f,"b":%.4f,"c":%.4f,"d":%.4f,"y":"k%d"}`, x, x+0.1*r.NormFloat64(), x+0.1*r.NormFloat64(), x+0.1*r.NormFloat64(), y),
			Shard: source, Offset: int64(from + i), HasOffset: true,
		})
	}
	return out
}

// classified is what a document is told.
type classified struct {
	Class         string
	Probabilities map[string]float64
	Calibrated    *bool
}

func classify(t *testing.T, s *live.Scorer, messages []live.Message) []classified {
	t.Helper()
	results, err := s.Score(context.Background(), messages)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release(results)
	out := make([]classified, len(messages))
	for i := range messages {
		if messages[i].Err != nil {
			t.Fatal(messages[i].Err)
		}
		if err := json.Unmarshal(results.JSON(i), &out[i]); err != nil {
			t.Fatalf("%s: %v", results.JSON(i), err)
		}
	}
	return out
}

// TestCalibrationOfAnyClassifier: a model of any type of classification, with any method, is
// evaluated by its own probabilities, as the same model without calibration is. From the
// rows that the method needs on it answers with calibrated ones, of which the evaluation
// tells how good they are beside; so does a process that has the store only.
func TestCalibrationOfAnyClassifier(t *testing.T) {
	types := catalogue.All().Such(model.RoleClassification, func(model.Needs) bool { return true })
	if len(types) < 6 {
		t.Fatalf("types are %v", types)
	}
	for i, kind := range types {
		for seed := range drawn.Seeds(2) {
			t.Run(fmt.Sprint(kind, "/", seed), func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, uint64(i)))
				checkCalibration(t, r, kind, calibration.Methods()[1+(i+int(seed))%3])
			})
		}
	}
}

func checkCalibration(t *testing.T, r *rand.Rand, kind, method string) {
	store, classes := state.NewMemory(), 2+r.IntN(3)
	options := map[string]any{"calibrate": method}
	plain := model.Definition{Name: "plain", Type: kind, Target: "y", Options: map[string]any{}}
	if classes == 2 && r.IntN(2) == 0 {
		options["threshold"], plain.Options["threshold"] = 0.3, 0.3
	}
	s := settings(true)
	s.Exact = true // as of every row before
	if kind == "qda" {
		s.Learn.Composition = s.Learn.Composition.With(project.Partition("y"))
	}
	s.Learn.Models = []model.Definition{plain, {Name: "m", Type: kind, Target: "y", Options: options}}
	if kind == "pool" {
		s.Learn.Models = append(s.Learn.Models, model.Definition{Name: "member", Type: "naive_bayes", Target: "y"})
	}
	for i := range s.Learn.Models {
		if s.Learn.Models[i].Type != "pool" { // which is as its members are
			s.Learn.Models[i].Refresh = &model.Refresh{Rows: 1e9} // so that both are of the same rows
		}
	}
	h, _ := open(t, store, s)
	p := h.Project()
	learnAll(t, p, echoes(r, "t/9", classes, 0, 200))
	learnAll(t, p, echoes(r, "t/9", classes, 200, 400))
	own := &evaluation.RunningOptions{Window: r.IntN(2) * 4000, HalfLife: float64(r.IntN(2) * 3000)}
	scorers := map[string]*live.Scorer{}
	for _, name := range []string{"plain", "m"} {
		scorer, err := p.NewScorer(live.ScorerSettings{Model: name, Evaluate: own})
		if err != nil {
			t.Fatal(err)
		}
		scorers[name] = scorer
	}
	need, seen, first := calibration.Needs(method), 0, -1
	for seen < int(need)+2000 {
		batch := echoes(r, fmt.Sprint("t/", r.IntN(2)), classes, seen, 100+r.IntN(300))
		before := classify(t, scorers["plain"], append([]live.Message(nil), batch...))
		for i, got := range classify(t, scorers["m"], batch) {
			if got.Calibrated == nil || before[i].Calibrated != nil {
				t.Fatalf("told %+v, and without the option %+v", got, before[i])
			}
			if *got.Calibrated && first < 0 {
				first = seen + i
			}
			if !*got.Calibrated && fmt.Sprint(got.Probabilities, got.Class) != fmt.Sprint(before[i].Probabilities, before[i].Class) {
				t.Fatalf("before calibration it tells %+v, without the option %+v", got, before[i])
			}
		}
		seen += len(batch)
	}
	if !(first >= int(need) && float64(first) < need+800) {
		t.Errorf("calibrated from row %d on, want from about %v", first, need)
	}
	requireEvaluation(t, p, kind, method, float64(seen-first))
	requireCalibratedElsewhere(t, p, h, store, r, classes)
}

// requireEvaluation requires that the evaluation is of the model's own probabilities, and
// tells of the rows that were calibrated that these are no worse.
func requireEvaluation(t *testing.T, p *live.Project, kind, method string, rows float64) {
	t.Helper()
	ctx := context.Background()
	a, err := p.Scores().Evaluation(ctx, "plain")
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.Scores().Evaluation(ctx, "m")
	if err != nil {
		t.Fatal(err)
	}
	told := b.Classes.Calibrated
	if told == nil || told.Rows != rows || a.Classes.Calibrated != nil {
		t.Fatalf("calibrated rows are %+v, want %v", told, rows)
	}
	if *a.Classes.LogLoss != *b.Classes.LogLoss || *a.Classes.Brier != *b.Classes.Brier || *a.Classes.Accuracy != *b.Classes.Accuracy {
		t.Errorf("the evaluation of the model's own probabilities is %+v, without the option %+v", b.Classes, a.Classes)
	}
	t.Logf("%s, %s: log loss %.4f to %.4f, Brier %.4f to %.4f, ECE %.4f to %.4f", kind, method, *told.Before.LogLoss, *told.After.LogLoss, *told.Before.Brier, *told.After.Brier, *told.Before.ECE, *told.After.ECE)
	const chance = 0.02 // what 2,000 rows may lose by a map of few
	if *told.After.LogLoss > *told.Before.LogLoss+chance {
		t.Errorf("the log loss is %v, before calibration %v", *told.After.LogLoss, *told.Before.LogLoss)
	}
	if kind == "naive_bayes" && !(*told.After.ECE < *told.Before.ECE/2 && *told.After.Brier < *told.Before.Brier) {
		t.Errorf("of a model that is too sure the error is %v, before %v", *told.After.ECE, *told.Before.ECE)
	}
}

// requireCalibratedElsewhere requires that a process that has the store only tells the same
// calibration and calibrates by it.
func requireCalibratedElsewhere(t *testing.T, p *live.Project, h *live.Handle, store state.Store, r *rand.Rand, classes int) {
	t.Helper()
	ctx := context.Background()
	row := map[string]any{"a": 1 + r.NormFloat64(), "b": 1 + r.NormFloat64(), "c": 1.0}
	here, err := p.ScoreValue(ctx, "m", row)
	if err != nil {
		t.Fatal(err)
	}
	report, err := p.Models().Describe(ctx, "m")
	if err != nil || report.Calibration == nil || !report.Calibration.Applied || len(report.Calibration.Classes) < classes/2 {
		t.Fatalf("described as %+v, %v", report, err)
	}
	if err := h.Close(ctx); err != nil {
		t.Fatal(err)
	}
	other, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
	defer func() { _ = other.Close(ctx) }()
	again, err := other.Project().Models().Describe(ctx, "m")
	if err != nil || again.Calibration == nil || !again.Calibration.Applied || again.Calibration.Rows != report.Calibration.Rows {
		t.Fatalf("another process describes it as %+v, %v", again, err)
	}
	there, err := other.Project().ScoreValue(ctx, "m", row)
	if err != nil {
		t.Fatal(err)
	}
	var a, b classified
	if err := json.Unmarshal(here, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(there, &b); err != nil {
		t.Fatal(err)
	}
	for class, x := range a.Probabilities {
		if !(math.Abs(x-b.Probabilities[class]) < 1e-6) || !*a.Calibrated || !*b.Calibrated {
			t.Errorf("here it tells %s, in another process %s", here, there)
			break
		}
	}
	info, err := other.Project().Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range info.Models {
		if (m.Calibration != "") != (m.Name == "m") {
			t.Errorf("info tells the calibration %q of %s", m.Calibration, m.Name)
		}
	}
}

// TestCalibrationWaits: without an evaluation, and with too few rows, a description says
// what is missing, and an unknown method is refused by its name.
func TestCalibrationWaits(t *testing.T) {
	ctx, r := context.Background(), rand.New(rand.NewPCG(8, 8))
	d := model.Definition{Name: "m", Type: "lda", Target: "y", Options: map[string]any{"calibrate": "isotonic"}}
	h, _ := open(t, state.NewMemory(), manual(d))
	defer func() { _ = h.Close(ctx) }()
	p := h.Project()
	learnAll(t, p, echoes(r, "t/9", 2, 0, 300))
	report, err := p.Models().Describe(ctx, "m")
	if err != nil || report.Calibration == nil || report.Calibration.Applied || report.Calibration.Waiting == "" || report.Calibration.Needs != 1000 {
		t.Errorf("without an evaluation it is %+v, %v", report.Calibration, err)
	}
	s, err := p.NewScorer(live.ScorerSettings{Model: "m", Evaluate: &evaluation.RunningOptions{}})
	if err != nil {
		t.Fatal(err)
	}
	classify(t, s, echoes(r, "t/0", 2, 0, 40))
	report, err = p.Models().Describe(ctx, "m")
	if err != nil || report.Calibration.Applied || report.Calibration.Rows != 40 || report.Calibration.Waiting != "more evaluated rows" {
		t.Errorf("with 40 rows it is %+v, %v", report.Calibration, err)
	}
	for kind, word := range map[string]string{"lda": "beta", "ols": "platt"} {
		bad := model.Definition{Name: "m", Type: kind, Target: "y", Options: map[string]any{"calibrate": word}}
		types := catalogue.All()
		if err := types.Validate(&bad); err == nil {
			t.Errorf("calibrate: %s of %s is no error", word, kind)
		}
	}
}
