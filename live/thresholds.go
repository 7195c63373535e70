package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ErrNoScores is wrapped when a project has no scores of that name.
var ErrNoScores = errors.New("no scores")

// Where the settings of a threshold come from.
const (
	fromComponent = "component" // those of a component of this process
	fromSet       = "set"       // those of a component, some of them set by SetThreshold
	fromAsked     = "asked"     // those of the question
	fromDefault   = "default"   // no component is known here
)

// ThresholdState is the threshold of the scores of a model, or of a watched value, as
// it is now.
type ThresholdState struct {
	// Name is the model's, or that of a watched value after "watch.".
	Name string `json:"name"`
	// Kind is "model" or "value".
	Kind string `json:"kind"`
	// Scores is the weight of all scores, of every process; Lowest, Median and Highest
	// are of these.
	Scores  float64  `json:"scores"`
	Lowest  *float64 `json:"lowest"`
	Median  *float64 `json:"median"`
	Highest *float64 `json:"highest"`
	// Threshold is the value above which there is an alarm, Lower the one below which
	// there is, of two sides; null while there is none.
	Threshold *float64 `json:"threshold"`
	Lower     *float64 `json:"threshold_lower"`
	// Method is how it was found: evt, quantile, order_statistics where evt finds no
	// tail, or anomaly_quantile.
	Method string `json:"method"`
	// WaitingFor is why there is none.
	WaitingFor string `json:"waiting_for,omitempty"`
	// Settings are the options by which it is found, From where they come from, and Set
	// those that were set while pipelines run.
	Settings param.Values `json:"settings"`
	From     string       `json:"from"`
	Set      param.Values `json:"set,omitempty"`
}

// Thresholds tells the thresholds of all scores of the project, by name in order:
// those of this process's components, and those that have scores in the store.
func (s *Scores) Thresholds(ctx context.Context) ([]ThresholdState, error) {
	names, err := s.scored(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]ThresholdState, 0, len(names))
	for _, name := range names {
		one, err := s.thresholdOf(ctx, name, nil)
		if err != nil {
			return nil, err
		}
		out = append(out, *one)
	}
	return out, nil
}

// Threshold tells the threshold of the scores of a name. With options it tells what it
// would be with them. A name without scores is an error that wraps ErrNoScores.
func (s *Scores) Threshold(ctx context.Context, name string, asked *threshold.ThresholdOptions) (*ThresholdState, error) {
	if err := s.known(ctx, name); err != nil {
		return nil, err
	}
	return s.thresholdOf(ctx, name, asked)
}

// SetThreshold sets options of the threshold of a name, by their names, in place of
// those of its components, in all processes until ResetThreshold. Options that were
// set before stay as they are. What is unknown or out of range is an error of param.
func (s *Scores) SetThreshold(ctx context.Context, name string, options param.Values) error {
	if err := s.known(ctx, name); err != nil {
		return err
	}
	all := param.Values{}
	if set := s.definitions.threshold(name); set != nil {
		maps.Copy(all, *set)
	}
	for option, value := range options {
		if value != nil { // null is the same as left out
			all[option] = value
		}
	}
	if _, err := (threshold.ThresholdOptions{}).With(all); err != nil {
		return err
	}
	data, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("threshold of %q: %w", name, err)
	}
	if err := s.definitions.log.Put(ctx, project.ThresholdRecord+name, data); err != nil {
		return err
	}
	return s.adopt(ctx)
}

// ResetThreshold lets the settings of the components count again.
func (s *Scores) ResetThreshold(ctx context.Context, name string) error {
	if err := s.known(ctx, name); err != nil {
		return err
	}
	if err := s.definitions.log.Delete(ctx, project.ThresholdRecord+name); err != nil {
		return err
	}
	return s.adopt(ctx)
}

// adopt takes over what has just been stored.
func (s *Scores) adopt(ctx context.Context) error {
	stored, err := s.definitions.log.Load(ctx)
	if err == nil {
		_, err = s.definitions.adopt(stored)
	}
	return err
}

// known returns an error unless there are scores, or scorers, of that name.
func (s *Scores) known(ctx context.Context, name string) error {
	names, err := s.scored(ctx)
	if err != nil {
		return err
	}
	if slices.Contains(names, name) {
		return nil
	}
	there := "it has none"
	if len(names) > 0 {
		there = "it has those of " + strings.Join(names, ", ")
	}
	return fmt.Errorf("%w of %q in project %q (%s; sml_score and sml_threshold count them)", ErrNoScores, name, s.home.project, there)
}

// scored returns the names of all scores, in order: of those that this process judges,
// and of those in shards of others.
func (s *Scores) scored(ctx context.Context) ([]string, error) {
	if err := s.home.start(ctx); err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, l := range s.all() {
		view, err := l.distribution()
		if err != nil {
			return nil, err
		}
		l.mu.Lock()
		judged := l.component != nil && l.component.Threshold != nil
		l.mu.Unlock()
		if judged || view.seen.Weight() > 0 {
			found[l.model] = true
		}
	}
	for _, shard := range s.others.Shards() {
		if name, _, ok := strings.Cut(shard.ID, "/"); ok && shard.Content.histogram.Weight() > 0 {
			found[name] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// effective returns the options of a component, nil for none, with those that were set
// in their place.
func effective(component *threshold.ThresholdOptions, set *param.Values) (*threshold.ThresholdOptions, error) {
	if set == nil {
		return component, nil
	}
	var base threshold.ThresholdOptions
	if component != nil {
		base = *component
	}
	out, err := base.With(*set)
	if err != nil {
		return nil, fmt.Errorf("threshold that was set: %w", err)
	}
	return &out, nil
}

// thresholdOf works out the threshold of a name that is known.
func (s *Scores) thresholdOf(ctx context.Context, name string, asked *threshold.ThresholdOptions) (*ThresholdState, error) {
	l, set := s.of(name), s.definitions.threshold(name)
	view, err := l.whole(ctx) // the next results are held against the same
	if err != nil {
		return nil, err
	}
	out := &ThresholdState{Name: name, Kind: "model", Scores: view.seen.Weight(), From: fromDefault}
	if strings.HasPrefix(name, watched) {
		out.Kind = "value"
	}
	if h := view.all.histogram; h.Weight() > 0 {
		out.Lowest, out.Median, out.Highest = number(h.Quantile(0)), number(h.Quantile(0.5)), number(h.Quantile(1))
	}
	l.mu.Lock()
	component := l.component
	l.mu.Unlock()
	options := asked
	if asked != nil {
		out.From = fromAsked
	} else {
		if component != nil {
			options, out.From = component.Threshold, fromComponent
		}
		if options, err = effective(options, set); err != nil {
			return nil, err
		}
		if set != nil {
			out.From, out.Set = fromSet, *set
		}
	}
	if options == nil && component != nil {
		out.byQuantile(view, component.Quantile)
		return out, nil
	}
	if options == nil {
		options = &threshold.ThresholdOptions{}
	}
	return out, out.byOptions(view, *options)
}

// byQuantile fills in the threshold of a component that asks for none.
func (t *ThresholdState) byQuantile(view *scoreView, quantile float64) {
	t.Method, t.Settings = "anomaly_quantile", param.Values{"anomaly_quantile": quantile}
	if want := 1 / (1 - quantile); view.seen.Weight() < want {
		t.WaitingFor = fmt.Sprintf("%.0f scores, there are %v", math.Ceil(want), view.seen.Weight())
		return
	}
	t.Threshold = number(view.seen.Quantile(quantile))
}

// byOptions fills in the threshold that sets itself.
func (t *ThresholdState) byOptions(view *scoreView, options threshold.ThresholdOptions) error {
	t.Settings = options.Settings()
	t.Method, _ = t.Settings["method"].(string)
	found, err := threshold.NewThreshold(options, view.all.histogram, view.all.extremes)
	if errors.Is(err, stats.ErrTooFew) {
		t.WaitingFor = fmt.Sprintf("%v scores (warm_up), there are %v", t.Settings["warm_up"], view.seen.Weight())
		return nil
	}
	if err != nil {
		return err
	}
	t.Method, t.Threshold, t.Lower = found.Method(), number(found.Upper()), number(found.Lower())
	return nil
}

// number returns a finite number, nil for others.
func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
