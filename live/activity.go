package live

import (
	"context"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// ModelActivity is what a model has done lately.
type ModelActivity struct {
	Name   string     `json:"name"`
	Type   string     `json:"type"`
	Role   model.Role `json:"role"`
	Target string     `json:"target,omitempty"`
	// Quality is the main measures of its evaluation: of the window where there is
	// one, else of the decayed rows, else of all. Empty when it is not evaluated.
	Quality map[string]float64 `json:"quality"`
	// Scores and Anomalies are those of this process in the last hour.
	Scores    int `json:"scores"`
	Anomalies int `json:"anomalies"`
	// Problem is why it could not be built last, empty when it could.
	Problem string `json:"problem,omitempty"`

	// Alarms are the steps of the last hour that have anomalies, oldest first.
	Alarms []ScoreStep `json:"-"`
}

// lately is how far back activity looks, AlarmStep how long the steps of
// [ModelActivity.Alarms] are.
const (
	lately    = time.Hour
	AlarmStep = 10 * time.Second
)

// Activity tells what each model has done lately, by name in order. It builds
// nothing.
func (s *Scores) Activity(ctx context.Context) ([]ModelActivity, error) {
	if err := s.home.start(ctx); err != nil {
		return nil, err
	}
	now, out := s.home.now(), []ModelActivity{}
	for _, d := range s.definitions.all() {
		one := ModelActivity{Name: d.Name, Type: d.Type, Target: d.Target, Quality: map[string]float64{}}
		if e, err := s.home.types.Lookup(d.Type); err == nil {
			one.Role = e.RoleUnder(d.Target, s.home.layout())
		}
		l := s.of(d.Name)
		view, err := l.distribution()
		if err != nil {
			return nil, err
		}
		ReadAsOf(ctx, view.taken)
		if view.all.evaluation != nil {
			one.Quality = headline(view.all.evaluation.Report())
		}
		for _, step := range l.timeline.read(now, lately).Steps {
			one.Scores += step.Scores
			one.Anomalies += step.Anomalies
			if step.Anomalies > 0 {
				one.Alarms = append(one.Alarms, step)
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// Timeline tells the scores that this process has given with a model in a span before
// now, by when. An unknown model is an error that wraps ErrNoModel.
func (s *Scores) Timeline(ctx context.Context, name string, span time.Duration) (ScoreTimeline, error) {
	l, err := s.find(ctx, name)
	if err != nil {
		return ScoreTimeline{}, err
	}
	now := s.home.now()
	ReadAsOf(ctx, now)
	return l.timeline.read(now, span), nil
}

// PaceOf returns how many rows per second this process has learned in each step of
// the last five minutes, oldest first, and how long a step is.
func PaceOf(p *Project) (rates []float64, step time.Duration) {
	return p.learner.pace.read(p.home.now()), paceStep
}
