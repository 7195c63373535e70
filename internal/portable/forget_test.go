package portable

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// rowsOfSources draws n rows of three sources and five keys, a second apart.
func rowsOfSources(r *rand.Rand, n int) []live.Message {
	rows := make([]live.Message, n)
	for i := range rows {
		rows[i] = live.Message{
			Data:  fmt.Appendf(nil, `{"x":%d,"y":%d,"kind":"k%d"}`, r.IntN(9), r.IntN(9), r.IntN(3)),
			Shard: fmt.Sprint("t/", i%3), Offset: int64(i), HasOffset: true, Key: fmt.Sprint("m", i%5), Time: int64(i) * int64(time.Second),
		}
	}
	return rows
}

// moved returns a store into which project p was exported.
func moved(t *testing.T, store *state.Memory) *state.Memory {
	t.Helper()
	e, err := Read(t.Context(), store, "sml", "p")
	if err != nil {
		t.Fatal(err)
	}
	there := state.NewMemory()
	if err := e.Create(t.Context(), there, "sml", "p", false); err != nil {
		t.Fatal(err)
	}
	return there
}

// TestForgetSource draws settings, learns three shards, forgets some rows, moves the
// project by an export or not, and forgets a whole shard while its learner is open or
// not: what is left is what a project says that has learned the other rows only, keys
// included, and the shard learns its next row and none again.
func TestForgetSource(t *testing.T) {
	for seed := range drawn.Seeds(16) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			ctx, r := context.Background(), rand.New(rand.NewPCG(seed, 73))
			c := projecttest.Composition(r)
			c.Summary.ExtendedUpTo = 0
			if w := project.Of[project.Window](&c); w.Rows > 0 { // what is in a window of rows depends on those forgotten
				w.Rows, w.Period, w.Tiles = 0, time.Hour, 1
				c = c.With(w)
			}
			s := live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour, Learn: &live.LearnSettings{Durable: true, Every: time.Hour, Composition: c}}
			rows := rowsOfSources(r, 120)
			rows[119].Shard = "t/0" // the newest row stays
			source := "t/1"
			var others, gone []live.Message
			for i, m := range rows {
				switch {
				case i%20 == 4: // of t/1, t/0 and t/2 in turn
					m.HasOffset = false
					gone = append(gone, m)
				case m.Shard != source:
					others = append(others, m)
				}
			}
			store := state.NewMemory()
			h := openProject(t, store, s)
			if err := errors.Join(h.Project().Learn(ctx, rows), h.Project().Forget(ctx, gone)); err != nil {
				t.Fatal(err)
			}
			requireAccepted(t, gone)
			if r.IntN(2) == 0 { // elsewhere
				if err := h.Close(ctx); err != nil {
					t.Fatal(err)
				}
				store = moved(t, store)
				h = openProject(t, store, s)
			}
			place := Place{Store: store, Prefix: "sml"}
			if _, err := place.ForgetSource(ctx, "p", source); err != nil {
				t.Fatal(err)
			}
			never := state.NewMemory()
			n := openProject(t, never, s)
			again := append([]live.Message(nil), rows...) // all of it is delivered again, to a learner that has not noticed
			next := live.Message{Data: []byte(`{"x":1,"y":1,"kind":"k1"}`), Shard: source, Offset: 500, HasOffset: true, Key: "m1", Time: rows[119].Time}
			if err := errors.Join(h.Project().Learn(ctx, append(again, next)), h.Close(ctx), n.Project().Learn(ctx, append(others, next)), n.Close(ctx)); err != nil {
				t.Fatal(err)
			}
			want, got := says(t, never, "p", project.Of[project.Entities](&c).On), says(t, store, "p", project.Of[project.Entities](&c).On)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("settings %+v:\n got %q\nwant %q", c, got, want)
			}
		})
	}
}

func openProject(t *testing.T, store state.Store, s live.Settings) *live.Handle {
	t.Helper()
	h, err := live.NewTable().Open(new(live.Scope), s, store, "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func requireAccepted(t *testing.T, messages []live.Message) {
	t.Helper()
	for i := range messages {
		if messages[i].Err != nil {
			t.Fatalf("row %d: %v", i, messages[i].Err)
		}
	}
}

// TestForgetSourceRefuses: what is no source, and a shard without which rows that
// were forgotten one by one were never learned.
func TestForgetSourceRefuses(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	s := live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour, Learn: &live.LearnSettings{Durable: true, Every: time.Hour}}
	h := openProject(t, store, s)
	row := func(shard, text string) []live.Message { return []live.Message{{Data: []byte(text), Shard: shard}} }
	for _, m := range [][]live.Message{row("a", `{"x":1}`), row("b", `{"x":2}`)} {
		if err := h.Project().Learn(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	gone := row("b", `{"x":1}`) // of shard a, though it is said to be of b
	if err := errors.Join(h.Project().Forget(ctx, gone), h.Close(ctx)); err != nil {
		t.Fatal(err)
	}
	requireAccepted(t, gone)
	place := Place{Store: store, Prefix: "sml"}
	for shard, want := range map[string]error{"c": ErrNoSource, "~forget/b": ErrNoSource, "~frozen/m@1": ErrNoSource, "a": stats.ErrNotLearned} {
		if _, err := place.ForgetSource(ctx, "p", shard); !errors.Is(err, want) {
			t.Errorf("shard %q: %v, want %v", shard, err, want)
		}
	}
	if rows, err := place.ForgetSource(ctx, "p", "b"); err != nil || rows != 1 {
		t.Errorf("shard b: %v rows, %v", rows, err)
	}
	e, err := Read(ctx, store, "sml", "p")
	if err != nil {
		t.Fatal(err)
	}
	if whole, gone, err := e.Whole(); err != nil || gone != nil || whole.Weight() != 0 {
		t.Errorf("%v rows are left, %v, %v", whole.Weight(), gone, err)
	}
}
