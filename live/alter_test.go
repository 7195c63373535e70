package live_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// alteredTo draws settings of summaries as the command line gives them, such that
// what is compared can be exact: no more bins than before, as a histogram does not
// unfold, and conditional histograms that go, as they begin with new rows only.
func alteredTo(r *rand.Rand, from *project.Composition) param.Values {
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	given := param.Values{"max_patterns": pick("1", "2", "64"), "precision": pick("auto", "extended", "double")}
	if r.IntN(2) == 0 {
		given["histogram_bins"] = "16"
	}
	if from.Summary.ConditionalBins > 0 && r.IntN(2) == 0 {
		given["conditional_bins"] = "0"
	}
	return given
}

// TestAlter draws settings, learns, alters them to others while the learner runs,
// learns on with the old ones, then starts a learner with the new ones and learns
// on: every process says what one says that has learned all with the new settings.
func TestAlter(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r, store := rand.New(rand.NewPCG(seed, 41)), state.NewMemory()
			s := settings(true)
			s.Refresh, s.Learn.Models, s.Learn.Composition = time.Hour, nil, projecttest.Composition(r)
			old, observer := open(t, store, s)
			rows := drawnRows(r, 0, 400)
			learnAll(t, old.Project(), rows[:150])

			at, err := project.Open(ctx, store, "sml", "p")
			if err != nil {
				t.Fatal(err)
			}
			change, err := at.Composition.Alter(alteredTo(r, &at.Composition))
			if err != nil {
				t.Fatal(err)
			}
			if err := change.Store(ctx, store, at.Base()); err != nil {
				t.Fatal(err)
			}
			learnAll(t, old.Project(), rows[150:250]) // with its own settings
			if err := old.Project().Reread(ctx); err != nil {
				t.Errorf("the learner that runs: %v (%v)", err, observer.warnings)
			}
			altered, err := project.Open(ctx, store, "sml", "p")
			if err != nil {
				t.Fatal(err)
			}
			n := s
			learn := *s.Learn
			n.Learn = &learn
			n.Learn.Composition.Summary = altered.Composition.Summary

			never, _ := open(t, state.NewMemory(), n)
			learnAll(t, never.Project(), drawnAgain(rows[:250]))
			reader, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
			requireSameProject(t, &altered.Composition, never.Project(), reader.Project())

			if err := old.Close(ctx); err != nil {
				t.Fatal(err)
			}
			again, observer := open(t, store, n)
			learnAll(t, again.Project(), drawnAgain(rows[200:])) // fifty of them once more
			learnAll(t, never.Project(), drawnAgain(rows[250:]))
			requireSameProject(t, &altered.Composition, never.Project(), again.Project())
			if len(change.Effects) == 0 {
				return
			}
			late, _ := open(t, store, s)
			err = late.Project().Learn(ctx, drawnAgain(rows[399:]))
			if !errors.Is(err, project.ErrComposition) || !strings.Contains(err.Error(), "sml alter") {
				t.Errorf("a learner with the settings of before: %v, want ErrComposition and the command (%v)", err, observer.warnings)
			}
		})
	}
}

// drawnAgain returns the messages as they were before they were learned.
func drawnAgain(messages []live.Message) []live.Message {
	return append([]live.Message(nil), messages...)
}

// TestAlterRefuses: what cannot be changed, and values out of range, are named.
func TestAlterRefuses(t *testing.T) {
	c := project.Composition{Summary: stats.SummaryOptions{HistogramBins: 64}}.With(project.Folds(3))
	for name, given := range map[string]param.Values{
		"folds: cannot be changed":                                    {"folds": "4"},
		"window.rows: cannot be changed":                              {"window.rows": "4"},
		"histogram_bins: 8, want a whole number from 16 to 65536":     {"histogram_bins": "8"},
		"precision: quad, want one of auto, extended, double":         {"precision": "quad"},
		"max_patterns: many, want a whole number from 1 to 65536":     {"max_patterns": "many"},
		"conditional_bins: 3, want a whole number from 16 to 65536, ": {"conditional_bins": "3"},
	} {
		if _, err := c.Alter(given); err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%v: %v, want %s", given, err, name)
		}
	}
	same, err := c.Alter(param.Values{"histogram_bins": "64", "precision": "auto"})
	if err != nil || len(same.Effects) != 0 {
		t.Errorf("%+v, %v", same, err)
	}
}

// TestRetypedAttribute: a learner that declares another type is refused and told
// what to do; doing it, the attribute is learned anew and all else is kept.
func TestRetypedAttribute(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	s := settings(true)
	s.Learn.Models = nil
	row := func(offset int64, text string) live.Message {
		return live.Message{Data: []byte(text), Shard: "t/0", Offset: offset, HasOffset: true}
	}
	before, _ := open(t, store, s)
	learnAll(t, before.Project(), []live.Message{row(0, `{"line":7,"y":2}`), row(1, `{"line":8,"y":3}`)})
	if err := before.Close(ctx); err != nil {
		t.Fatal(err)
	}
	retyped, followed := *s.Learn, *s.Learn
	retyped.Schema.Attributes = map[string]string{"line": "categorical"}
	s.Learn = &retyped
	refused, _ := open(t, store, s)
	err := refused.Project().Learn(ctx, []live.Message{row(2, `{"line":7,"y":4}`)})
	if err == nil || !strings.Contains(err.Error(), "attributes.line") || !strings.Contains(err.Error(), "set line to ignore") {
		t.Errorf("error is %v, want the field and what to do", err)
	}
	followed.Schema.Attributes = map[string]string{"line": "ignore", "line_code": "categorical"}
	s.Learn = &followed
	after, _ := open(t, store, s)
	learnAll(t, after.Project(), []live.Message{row(2, `{"line":7,"line_code":"7","y":4}`)})
	all, err := after.Project().Summary(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) float64 { return all.Moments(all.Layout().NumericIndex(name)).Weight() }
	if all.Weight() != 3 || at("line") != 2 || at("y") != 3 || all.Present(0) != 1 {
		t.Errorf("%v rows, line %v, y %v, line_code %v; want 3, 2, 3, 1", all.Weight(), at("line"), at("y"), all.Present(0))
	}
}
