package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// badRows are rows that cannot be learned. changing is one where the schema may not
// change, keyless one where keys are kept.
func badRows(changing, keyless bool) []string {
	out := []string{`{`, `[1,2]`, `{"x":"no number"}`, `{"x":{"deep":1},"y":[1]}`, `{"":1,"x":2}`, `7`}
	if changing {
		out = append(out, `{"x":1,"never seen":2}`)
	}
	if keyless {
		out = append(out, `{"x":1,"kind":"k0"}`) // with its key taken away
	}
	return out
}

// spoil puts one to three bad rows into a batch, in drawn places, and among the rows
// that are good an attribute and a category that no other batch has.
func spoil(r *rand.Rand, messages []live.Message, changing, keyless bool) (bad map[int]bool) {
	bad = map[int]bool{}
	all := badRows(changing, keyless)
	for i := range messages {
		if r.IntN(4) == 0 && !changing {
			messages[i].Data = fmt.Appendf(nil, `{"x":1,"fresh%d":1,"kind":"new%d"}`, r.IntN(9), r.IntN(9))
		}
	}
	for range 1 + r.IntN(3) {
		i := r.IntN(len(messages))
		text := all[r.IntN(len(all))]
		messages[i].Data, bad[i] = []byte(text), true
		if text == `{"x":1,"kind":"k0"}` {
			messages[i].Key = ""
		}
	}
	return bad
}

// failures counts the rows that an observer is told have failed.
type failures struct {
	silent
	failed int
}

func (f *failures) Learned(p string, rows, replays, failed int) {
	f.silent.Learned(p, rows, replays, failed)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failed += failed
}

// TestWholeBatchesOfDrawnProjects: whatever a project keeps, a batch with a row that
// cannot be learned leaves nothing: its statistics, attributes, keys and positions are
// those of a project that has never been given the batch. All of its rows are refused
// and counted as such. Delivered again and mended, it is learned.
func TestWholeBatchesOfDrawnProjects(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(30) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 31))
			c := projecttest.Composition(r)
			changing, byMessage := r.IntN(2) == 0, r.IntN(2) == 0
			of := func(whole bool) live.Settings {
				out := live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour, Learn: &live.LearnSettings{
					Durable: true, Every: time.Hour, Composition: c, Whole: whole, Schema: schema.Config{Attributes: map[string]string{"x": "continuous"}},
					Models: []model.Definition{{Name: "h", Type: "hba"}, {Name: "line", Type: "ols", Target: "y", Inputs: []string{"x"}}},
				}}
				if changing {
					out.Learn.Schema.Reading.Changes = "refuse"
				}
				return out
			}
			observer := &failures{}
			whole, err := live.NewTable().Open(new(live.Scope), of(!byMessage), state.NewMemory(), "root", observer)
			if err != nil {
				t.Fatal(err)
			}
			plain, _ := open(t, state.NewMemory(), of(false))
			good, refused := 0, 0
			for from := 0; from < 400; {
				n := 1 + r.IntN(40)
				messages := drawnRows(r, from, n)
				if byMessage {
					messages[r.IntN(n)].Whole = true
				}
				if spoiled := clone(messages); from > 0 && r.IntN(2) == 0 {
					bad := spoil(r, spoiled, changing, c.KeepsKeys())
					requireRefused(t, whole.Project(), spoiled, bad)
					refused += n
					if r.IntN(3) == 0 {
						continue // and others come at these positions
					}
				}
				learnAll(t, whole.Project(), clone(messages))
				learnAll(t, plain.Project(), clone(messages))
				good, from = good+n, from+n
			}
			got, want := answersOf(t, whole.Project(), &c), answersOf(t, plain.Project(), &c)
			if !reflect.DeepEqual(got, want) {
				for i := range want {
					if i >= len(got) || got[i] != want[i] {
						t.Fatalf("%+v, refuse %v: with refused batches\n%v\nwithout\n%v", c.Settings(), changing, got[min(i, len(got)-1)], want[i])
					}
				}
			}
			if observer.learned != good || observer.failed != refused || observer.replays != 0 {
				t.Errorf("told of %d learned, %d failed, %d replayed; want %d, %d, 0", observer.learned, observer.failed, observer.replays, good, refused)
			}
			// What is stored has nothing of them either.
			if err := whole.Close(ctx); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// clone copies messages, so that what becomes of them is not shared.
func clone(messages []live.Message) []live.Message { return append([]live.Message{}, messages...) }

// requireRefused learns a batch that has bad rows: every row is refused, the bad ones
// with their own error and the others with that of one of these.
func requireRefused(t *testing.T, p *live.Project, messages []live.Message, bad map[int]bool) {
	t.Helper()
	if err := p.Learn(context.Background(), messages); err != nil {
		t.Fatal(err)
	}
	for i := range messages {
		said := fmt.Sprint(messages[i].Err)
		if messages[i].Err == nil || strings.Contains(said, "whole or not at all") == bad[i] {
			t.Errorf("row %d of %d (bad: %v, %s): %v", i, len(messages), bad[i], messages[i].Data, said)
		}
	}
}
