package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
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

// retype gives an attribute of the project another type, as the command line does.
func retype(t *testing.T, store state.Store, given param.Values) *project.Alteration {
	t.Helper()
	at, err := project.Open(t.Context(), store, "sml", "p")
	if err != nil {
		t.Fatal(err)
	}
	change, err := at.Alter(t.Context(), given)
	if err != nil {
		t.Fatal(err)
	}
	if err := change.Store(t.Context(), store, at.Base()); err != nil {
		t.Fatal(err)
	}
	return change
}

// lineRows draws documents with an attribute that is a number which may as well be a
// category, beside others.
func lineRows(r *rand.Rand, from, n int) []live.Message {
	var out []live.Message
	for i := from; i < from+n; i++ {
		x := 5 * r.NormFloat64()
		row := map[string]any{"line": r.IntN(2), "x": x, "y": 2*x + r.NormFloat64(), "kind": []string{"u", "v"}[r.IntN(2)]}
		if r.IntN(6) == 0 {
			delete(row, "y")
		}
		data, err := json.Marshal(row)
		if err != nil {
			panic(err) // plain values
		}
		out = append(out, live.Message{Data: data, Shard: fmt.Sprint("t/", i%2), Offset: int64(i), HasOffset: true, Key: fmt.Sprint("k", r.IntN(3)), Time: 1_700_000_000e9 + int64(i)*1e9})
	}
	return out
}

// withoutLine returns the messages without the attribute, as if it had never been
// there.
func withoutLine(t *testing.T, messages []live.Message) []live.Message {
	t.Helper()
	out := append([]live.Message(nil), messages...)
	for i := range out {
		var row map[string]any
		if err := json.Unmarshal(out[i].Data, &row); err != nil {
			t.Fatal(err)
		}
		delete(row, "line")
		var err error
		if out[i].Data, err = json.Marshal(row); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// requireRetyped compares a project whose attribute line was retyped after some rows
// with one that has never had it in these.
func requireRetyped(t *testing.T, name string, got, want *live.Project) {
	t.Helper()
	a, err := got.Summary(context.Background(), "")
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	b, err := want.Summary(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(a.Weight()-b.Weight()) > 1e-9*b.Weight() {
		t.Errorf("%s: %v rows, want %v", name, a.Weight(), b.Weight())
	}
	near := func(what string, x, y float64) {
		if math.Abs(x-y) > 1e-9*max(1, math.Abs(y)) {
			t.Errorf("%s: %s is %v, want %v", name, what, x, y)
		}
	}
	for _, column := range b.Layout().Numeric {
		i, j := a.Layout().NumericIndex(column.Name), b.Layout().NumericIndex(column.Name)
		if i < 0 {
			t.Errorf("%s: no numeric attribute %s", name, column.Name)
			continue
		}
		near("weight of "+column.Name, a.Moments(i).Weight(), b.Moments(j).Weight())
		near("mean of "+column.Name, a.Moments(i).Mean(), b.Moments(j).Mean())
		near("covariance with x of "+column.Name, a.Pair(i, a.Layout().NumericIndex("x")).Covariance(1), b.Pair(j, b.Layout().NumericIndex("x")).Covariance(1))
	}
	for k := range b.Layout().Categorical {
		column := &b.Layout().Categorical[k]
		i := a.Layout().CategoricalIndex(column.Name)
		if i < 0 {
			t.Errorf("%s: no categorical attribute %s", name, column.Name)
			continue
		}
		near("presence of "+column.Name, a.Present(i), b.Present(k))
		for _, value := range column.Values {
			near("count of "+column.Name+" "+value, a.Categories(i).Count(a.Layout().Categorical[i].Code(value)), b.Categories(k).Count(column.Code(value)))
		}
	}
}

// TestRetype draws settings and types, learns, retypes an attribute while the learner
// runs, learns on in it and in a new process: every process says what one says that
// has never had the attribute before.
func TestRetype(t *testing.T) {
	ctx := context.Background()
	types := []string{"continuous", "binary", "categorical", "list"}
	for seed := range drawn.Seeds(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 43))
			store := state.NewMemory()
			s := settings(seed%2 == 0)
			s.Refresh, s.Learn.Models, s.Learn.Composition = time.Hour, nil, projecttest.Composition(r)
			s.Learn.Composition = s.Learn.Composition.With(project.Partition(""))
			from := types[r.IntN(len(types))]
			to := types[(r.IntN(len(types)-1)+1+indexOf(types, from))%len(types)]
			s.Learn.Schema.Attributes = map[string]string{"line": from}
			old, observer := open(t, store, s)
			reader, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
			rows := lineRows(r, 0, 300)
			learnAll(t, old.Project(), rows[:100])
			if err := old.Project().Flush(ctx); err != nil {
				t.Fatal(err)
			}
			if err := reader.Project().Reread(ctx); err != nil {
				t.Fatal(err)
			}

			change := retype(t, store, param.Values{"attributes.line": to})
			if len(change.Effects) != 1 || !strings.Contains(change.Effects[0], from+" to "+to) {
				t.Errorf("effects are %q", change.Effects)
			}
			never, _ := open(t, state.NewMemory(), retypedTo(s, to))
			learnAll(t, never.Project(), withoutLine(t, rows[:100]))
			if err := reader.Project().Reread(ctx); err != nil {
				t.Fatal(err)
			}
			requireRetyped(t, "a reader", reader.Project(), never.Project())

			// The learner declares the type of before: it stops and says what to do.
			if err := old.Project().Reread(ctx); err != nil {
				t.Fatal(err)
			}
			err := old.Project().Learn(ctx, drawnAgain(rows[100:110]))
			if err == nil || !strings.Contains(err.Error(), "attributes.line") || !strings.Contains(err.Error(), "sml alter") {
				t.Errorf("the learner that declares %s: %v (%v)", from, err, observer.warnings)
			}
			if err := old.Close(ctx); err != nil {
				t.Fatal(err)
			}
			again, _ := open(t, store, retypedTo(s, to))
			learnAll(t, again.Project(), drawnAgain(rows[100:200]))
			learnAll(t, never.Project(), drawnAgain(rows[100:200]))
			requireRetyped(t, "the next learner", again.Project(), never.Project())
			if err := again.Project().Flush(ctx); err != nil {
				t.Fatal(err)
			}
			if err := reader.Project().Reread(ctx); err != nil {
				t.Fatal(err)
			}
			requireRetyped(t, "a reader of the next learner", reader.Project(), never.Project())
		})
	}
}

func indexOf(list []string, x string) int {
	for i := range list {
		if list[i] == x {
			return i
		}
	}
	return -1
}

// retypedTo returns the settings with another type of line.
func retypedTo(s live.Settings, kind string) live.Settings {
	learn := *s.Learn
	learn.Schema.Attributes = map[string]string{"line": kind}
	s.Learn = &learn
	return s
}

// TestRetypeWhileLearning: a learner that declares nothing takes another type over
// with its next rows, and loses nothing.
func TestRetypeWhileLearning(t *testing.T) {
	ctx := context.Background()
	for _, refreshed := range []bool{true, false} {
		for seed := range drawn.Seeds(20) {
			t.Run(fmt.Sprint("refreshed ", refreshed, " seed ", seed), func(t *testing.T) {
				r, store := rand.New(rand.NewPCG(seed, 44)), state.NewMemory()
				s := settings(seed%2 == 0)
				s.Refresh, s.Learn.Models, s.Learn.Composition = time.Hour, nil, projecttest.Composition(r).With(project.Partition(""))
				learner, _ := open(t, store, s)
				rows := lineRows(r, 0, 300)
				learnAll(t, learner.Project(), drawnAgain(rows[:100]))
				if err := learner.Project().Flush(ctx); err != nil {
					t.Fatal(err)
				}
				retype(t, store, param.Values{"attributes.line": "categorical"})
				never, _ := open(t, state.NewMemory(), retypedTo(s, "categorical"))
				learnAll(t, never.Project(), withoutLine(t, rows[:100]))
				if refreshed {
					if err := learner.Project().Reread(ctx); err != nil {
						t.Fatal(err)
					}
					requireRetyped(t, "the learner, before its next rows", learner.Project(), never.Project())
					learnAll(t, learner.Project(), drawnAgain(rows[100:]))
					learnAll(t, never.Project(), drawnAgain(rows[100:]))
				} else {
					// It learns on under the old type, until something makes it look.
					learnAll(t, learner.Project(), drawnAgain(rows[100:150]))
					learnAll(t, never.Project(), withoutLine(t, rows[100:150]))
					if err := learner.Project().Reread(ctx); err != nil {
						t.Fatal(err)
					}
					learnAll(t, learner.Project(), drawnAgain(rows[150:]))
					learnAll(t, never.Project(), drawnAgain(rows[150:]))
				}
				requireRetyped(t, "the learner", learner.Project(), never.Project())
			})
		}
	}
}

// TestRetypeBack: what an earlier type has learned does not come back with it.
func TestRetypeBack(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	s := settings(true)
	s.Refresh, s.Learn.Models = time.Hour, nil
	r := rand.New(rand.NewPCG(5, 45))
	learner, _ := open(t, store, s)
	learnAll(t, learner.Project(), lineRows(r, 0, 50))
	if err := learner.Close(ctx); err != nil {
		t.Fatal(err)
	}
	retype(t, store, param.Values{"attributes.line": "categorical"})
	retype(t, store, param.Values{"attributes.line": "continuous"})
	again, _ := open(t, store, s)
	all, err := again.Project().Summary(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	if i := all.Layout().NumericIndex("line"); i >= 0 && all.Moments(i).Weight() != 0 {
		t.Errorf("%v rows have line, want 0", all.Moments(i).Weight())
	}
	learnAll(t, again.Project(), lineRows(r, 50, 20))
	if all, err = again.Project().Summary(ctx, ""); err != nil {
		t.Fatal(err)
	}
	if i := all.Layout().NumericIndex("line"); i < 0 || all.Moments(i).Weight() != 20 || all.Weight() != 70 {
		t.Errorf("%v rows, line at %d; want 70, of which 20 have line", all.Weight(), i)
	}
}

// TestRetypeRefuses: what is no attribute, no type, or decides where rows go is named.
func TestRetypeRefuses(t *testing.T) {
	store := state.NewMemory()
	s := settings(true)
	s.Learn.Models, s.Learn.Composition = nil, project.Composition{Summary: stats.SummaryOptions{}}.With(project.Partition("kind"))
	learner, _ := open(t, store, s)
	learnAll(t, learner.Project(), lineRows(rand.New(rand.NewPCG(1, 46)), 0, 20))
	for name, c := range map[string]struct {
		given param.Values
		want  string
	}{
		"no attribute":       {given: param.Values{"attributes.lnie": "binary"}, want: "attributes.lnie: lnie is not among the attributes that the project has learned; did you mean line?"},
		"no type":            {given: param.Values{"attributes.line": "word"}, want: `attributes.line: unknown attribute type "word"`},
		"ignored":            {given: param.Values{"attributes.line": "ignore"}, want: "set it in sml_learn"},
		"of the partition":   {given: param.Values{"attributes.kind": "list"}, want: "the project is partitioned by it"},
		"unknown setting":    {given: param.Values{"fold": "3"}, want: "fold: unknown setting"},
		"its nearest":        {given: param.Values{"fold": "3"}, want: "did you mean folds?"},
		"fixed":              {given: param.Values{"window.period": "3s"}, want: "window.period: cannot be changed"},
		"of the process":     {given: param.Values{"durability": "batch"}, want: "durability: is not stored with the project"},
		"out of range":       {given: param.Values{"max_categories": "0"}, want: "max_categories: 0, want a whole number from 1 to 65536"},
		"no number":          {given: param.Values{"max_attributes": "many"}, want: "max_attributes: many, want a whole number from 1 to 10000"},
		"typo of a summary":  {given: param.Values{"histogram_bin": "64"}, want: "did you mean histogram_bins?"},
		"typo of attributes": {given: param.Values{"atributes.line": "list"}, want: "unknown setting"},
	} {
		at, err := project.Open(t.Context(), store, "sml", "p")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := at.Alter(t.Context(), c.given); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
