package live_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// message returns a row to learn or to forget.
func message(text string) live.Message { return live.Message{Data: []byte(text), Shard: "t/0"} }

// TestImpossibleForgetsAreRefused: each is refused by itself with an error that says
// what was not learned; the others of its batch, and later ones, take effect.
func TestImpossibleForgetsAreRefused(t *testing.T) {
	for _, c := range []struct {
		name  string
		row   string
		twice bool
		want  string
	}{
		{name: "number that was never seen", row: `{"x":777,"kind":"a"}`, want: `attribute "x"`},
		{name: "category that was never seen", row: `{"x":1,"kind":"zz"}`, want: `category "zz" of attribute "kind" has count 0`},
		{name: "attribute that was never seen", row: `{"x":1,"kind":"a","q":1}`, want: `no row has an attribute "q"`},
		{name: "pair that was never seen", row: `{"x":3,"kind":"b"}`, want: `attribute "kind"`},
		{name: "missing value that was never seen", row: `{"x":1}`, twice: true, want: `rows without attribute "kind"`},
		{name: "the same row twice", row: `{"x":3,"kind":"c"}`, twice: true, want: `values from 3 to 3 taken from 0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := context.Background()
			observer := &accountant{}
			h, err := live.NewTable().Open(new(live.Scope), settings(true), state.NewMemory(), "root", observer)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = h.Close(ctx) }()
			p := h.Project()
			learnAll(t, p, []live.Message{message(`{"x":1,"kind":"a"}`), message(`{"x":2,"kind":"b"}`), message(`{"x":3,"kind":"c"}`), message(`{"x":1}`), message(`{"x":4,"kind":"a"}`)})
			batch := []live.Message{message(`{"x":2,"kind":"b"}`), message(c.row), message(`{"x":4,"kind":"a"}`)}
			bad := 1
			if c.twice {
				batch = slices.Insert(batch, 1, message(c.row))
				bad = 2
			}
			if err := p.Forget(ctx, batch); err != nil {
				t.Fatal(err)
			}
			requireOneRefused(t, batch, bad, c.want)
			want := 3.0
			if c.twice {
				want = 2
			}
			if got := rows(t, p); got != want {
				t.Errorf("%v rows, want %v", got, want)
			}
			later := []live.Message{message(`{"x":1,"kind":"a"}`)}
			if err := p.Forget(ctx, later); err != nil || later[0].Err != nil {
				t.Fatal(err, later[0].Err)
			}
			if got := rows(t, p); got != want-1 {
				t.Errorf("%v rows after another valid forget, want %v", got, want-1)
			}
			if observer.left["not_learned"] != 1 {
				t.Errorf("left out: %v, want one not_learned", observer.left)
			}
			requireSchemaWithout(t, p, "q", "zz")
		})
	}
}

// requireSchemaWithout requires that a row that was refused has added neither the
// attribute nor the category.
func requireSchemaWithout(t *testing.T, p *live.Project, attribute, category string) {
	t.Helper()
	info, err := p.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range info.Schema {
		if a.Name == attribute || slices.Contains(a.Values, category) {
			t.Errorf("a row that was refused has changed the schema: %+v", a)
		}
	}
}

// requireOneRefused requires that of a batch row bad alone has an error, which says
// what was not learned.
func requireOneRefused(t *testing.T, batch []live.Message, bad int, want string) {
	t.Helper()
	for i := range batch {
		if (batch[i].Err != nil) != (i == bad) {
			t.Errorf("row %d: %v", i, batch[i].Err)
		}
	}
	if err := batch[bad].Err; err == nil || !errors.Is(err, stats.ErrNotLearned) || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v, want ErrNotLearned with %q", err, want)
	}
}

// sequence draws rows to learn and to forget, and knows which are left.
type sequence struct {
	r       *rand.Rand
	made    int
	learned []live.Message // that count
	gone    []live.Message
}

// next returns n rows that were never learned before, each with a category of its own.
func (q *sequence) next(n int) (out []live.Message) {
	for range n {
		fields := []string{fmt.Sprintf(`"id":"r%d"`, q.made), fmt.Sprintf(`"kind":"k%d"`, q.r.IntN(3)), fmt.Sprintf(`"flag":%v`, q.r.IntN(2) == 0)}
		if q.r.IntN(4) > 0 {
			fields = append(fields, fmt.Sprintf(`"x":%d`, q.r.IntN(8)))
		}
		if q.r.IntN(3) > 0 {
			fields = append(fields, fmt.Sprintf(`"y":%d`, 100+q.r.IntN(5)))
		}
		m := live.Message{
			Data: []byte("{" + strings.Join(fields, ",") + "}"), Shard: fmt.Sprint("t/", q.made%3),
			Time: int64(q.made) * int64(10*time.Millisecond), Key: fmt.Sprint("m", q.r.IntN(4)),
		}
		if q.r.IntN(3) == 0 {
			m.Weight = float64(1 + q.r.IntN(3))
		}
		q.made++
		out = append(out, m)
	}
	return out
}

// forgets draws a batch of rows to forget, and says which of them must be refused.
func (q *sequence) forgets() (out []live.Message, refused []bool) {
	for range 1 + q.r.IntN(5) {
		switch {
		case q.r.IntN(4) == 0:
			out, refused = append(out, q.next(1)...), append(refused, true)
		case q.r.IntN(4) == 0 && len(q.gone) > 0:
			out, refused = append(out, q.gone[q.r.IntN(len(q.gone))]), append(refused, true)
		case len(q.learned) > 1:
			at := q.r.IntN(len(q.learned) - 1) // the newest stays, as time does not go back
			m := q.learned[at]
			q.learned = slices.Delete(q.learned, at, at+1)
			q.gone = append(q.gone, m)
			out, refused = append(out, m), append(refused, false)
			if q.r.IntN(4) == 0 { // twice in one batch
				out, refused = append(out, m), append(refused, true)
			}
		}
	}
	return out, refused
}

// TestForgetEqualsNeverLearned draws settings and sequences of learning and
// forgetting, some of it impossible, by two processes on one store, and compares
// with a project that has learned only the rows that are left.
func TestForgetEqualsNeverLearned(t *testing.T) {
	for seed := range drawn.Seeds(200) {
		stream := 61 + seed%3
		t.Run(fmt.Sprint("seed ", seed, " of ", stream), func(t *testing.T) {
			ctx, r, store := context.Background(), rand.New(rand.NewPCG(seed, stream)), state.NewMemory()
			s := settings(true)
			s.Learn.Models = nil
			s.Learn.Composition = projecttest.Composition(r)
			c := &s.Learn.Composition
			c.Summary.ExtendedUpTo = 0                          // the loss in float64 is bounded by a test of package stats
			if w := project.Of[project.Window](c); w.Rows > 0 { // what is in a window of rows depends on the forgotten ones
				w.Rows, w.Period, w.Tiles = 0, time.Minute, 3
				*c = c.With(w)
			}
			q := &sequence{r: r}
			processes := make([]*live.Handle, 2)
			for i := range processes {
				processes[i], _ = open(t, store, s)
			}
			for range 12 {
				at := r.IntN(2)
				switch r.IntN(5) {
				case 0: // restarts
					if err := processes[at].Close(ctx); err != nil {
						t.Fatal(err)
					}
					processes[at], _ = open(t, store, s)
				case 1, 2:
					batch := q.next(1 + r.IntN(8))
					q.learned = append(q.learned, batch...)
					learnAll(t, processes[at].Project(), batch)
				default:
					batch, refused := q.forgets()
					if err := processes[at].Project().Forget(ctx, batch); err != nil {
						t.Fatal(err)
					}
					for i := range batch {
						if (batch[i].Err != nil) != refused[i] {
							t.Errorf("row %d %s: error %v, want one: %v", i, batch[i].Data, batch[i].Err, refused[i])
						}
						batch[i].Err = nil
					}
				}
			}
			last := q.next(1)
			q.learned = append(q.learned, last...)
			learnAll(t, processes[0].Project(), last)
			never, _ := open(t, state.NewMemory(), s)
			learnAll(t, never.Project(), q.learned)
			got, _ := open(t, store, s)
			requireSameProject(t, c, never.Project(), got.Project())
			for _, h := range append(processes, never, got) {
				if err := h.Close(ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// requireSameProject compares all statistics of two projects, keys included.
func requireSameProject(t *testing.T, c *project.Composition, want, got *live.Project) {
	t.Helper()
	ctx := context.Background()
	parts := []string{"", project.PartHistory, project.PartWindow, project.PartDecay}
	if c.KeepsKeys() {
		for key := range 4 {
			parts = append(parts, fmt.Sprint(live.PartKey, "m", key))
		}
	}
	for _, part := range parts {
		w, err := want.Summary(ctx, part)
		if err != nil {
			continue
		}
		g, err := got.Summary(ctx, part)
		if err != nil {
			t.Errorf("part %q: %v", part, err)
			continue
		}
		if strings.HasPrefix(part, live.PartKey) {
			requireSameNumbers(t, part, w, g)
			continue
		}
		// the same columns and categories in the same order
		aligned, err := stats.NewSummary(w.Options())
		if err != nil {
			t.Fatal(err)
		}
		none := &stats.Rows{Numeric: len(g.Layout().Numeric), Categorical: len(g.Layout().Categorical)}
		if err := errors.Join(aligned.Learn(g.Layout(), none), aligned.Merge(w)); err != nil {
			t.Fatal(err)
		}
		statstest.RequireSameSummary(t, "part "+part, aligned, g, 1e-9)
	}
}

// requireSameNumbers compares what is kept of each number of a key.
func requireSameNumbers(t *testing.T, part string, want, got *stats.Summary) {
	t.Helper()
	for i, c := range want.Layout().Numeric {
		w := want.Moments(i)
		at := got.Layout().NumericIndex(c.Name)
		if w.Empty() || at < 0 {
			if at >= 0 && !got.Moments(at).Empty() {
				t.Errorf("%s has %v values of %s, want none", part, got.Moments(at).Weight(), c.Name)
			}
			continue
		}
		g := got.Moments(at)
		if w.Weight() != g.Weight() || math.Abs(w.Mean()-g.Mean()) > 1e-9*100 || math.Abs(w.CentralSum(2)-g.CentralSum(2)) > 1e-9*100 {
			t.Errorf("%s: %s has weight %v, mean %v, sum of squares %v, want %v, %v, %v", part, c.Name, g.Weight(), g.Mean(), g.CentralSum(2), w.Weight(), w.Mean(), w.CentralSum(2))
		}
	}
}

// TestUnforgottenIsSaid: rows to forget that an earlier version has stored though they
// were never learned are left out, with those of their shard; info, log and count say so,
// and rows can be forgotten by other shards.
func TestUnforgottenIsSaid(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	var plain project.Composition
	maker, err := plain.Maker(nil)
	if err != nil {
		t.Fatal(err)
	}
	bad, err := maker.New()
	if err != nil {
		t.Fatal(err)
	}
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}
	if err := bad.Learn(layout, &stats.Rows{N: 2, Numeric: 1, Values: []float64{1, 777}}); err != nil {
		t.Fatal(err)
	}
	if err := state.PutShard(ctx, store, project.Base("sml", "p"), project.ForgetPrefix+"t/9", &state.Positions{}, bad, false); err != nil {
		t.Fatal(err)
	}
	observer := &accountant{}
	h, err := live.NewTable().Open(new(live.Scope), settings(true), store, "root", observer)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close(ctx) }()
	learnAll(t, h.Project(), []live.Message{message(`{"x":1}`), message(`{"x":2}`), message(`{"x":3}`)})
	gone := []live.Message{message(`{"x":2}`)}
	if err := h.Project().Forget(ctx, gone); err != nil || gone[0].Err != nil {
		t.Fatal(err, gone[0].Err)
	}
	info, err := h.Project().Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, s := range info.Shards {
		if s.ID == project.ForgetPrefix+"t/9" {
			said = s.Unforgotten
		} else if s.Unforgotten != "" {
			t.Errorf("shard %q: %s", s.ID, s.Unforgotten)
		}
	}
	if info.Rows != 2 || !strings.Contains(said, "never learned") {
		t.Errorf("%v rows, and the shard says %q", info.Rows, said)
	}
	if !slices.ContainsFunc(observer.warnings, func(w string) bool { return strings.Contains(w, "t/9") }) {
		t.Errorf("said %q", observer.warnings)
	}
}
