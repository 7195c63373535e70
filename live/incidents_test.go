package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/incident"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

// incidentRules open after two alarms of five rows or of nine seconds, and close.
func incidentRules(rng *rand.Rand) live.IncidentSettings {
	s := live.IncidentSettings{Name: "n", Durable: true, Ahead: time.Minute, Rules: incident.Rules{MaxKeys: 3, Replay: 1000, Closed: 1000, Open: incident.Opening{Alarms: 2}}}
	if rng.IntN(2) == 0 {
		s.Rules.Open.Rows = 5
	} else {
		s.Rules.Open.Within = 9 * time.Second
	}
	s.Rules.Close = incident.Closing{Rows: rng.IntN(4), Quiet: time.Duration(rng.IntN(12)) * time.Second}
	return s
}

// alarming is one message and what it says.
type alarming struct {
	message live.Message
	row     incident.Row
}

// history draws the messages of two shards.
func history(rng *rand.Rand, n int) (out []alarming) {
	offsets := [2]int64{}
	at := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	for range n {
		shard := rng.IntN(2)
		at += int64(rng.IntN(3)) * int64(time.Second)
		one := alarming{
			message: live.Message{Data: []byte(`{}`), Shard: fmt.Sprintf("t/%d", shard), Offset: offsets[shard], HasOffset: true, Key: string(rune('a' + rng.IntN(5))), Time: at},
			row:     incident.Row{Verdict: incident.Verdict(rng.IntN(3)), Score: float64(rng.IntN(10)), Contributions: map[string]float64{"x": float64(rng.IntN(5)), "y": 1}},
		}
		offsets[shard]++
		out = append(out, one)
	}
	return out
}

// grouped is what messages got: result and events, as text.
func grouped(g *live.Grouper, b *live.IncidentBatch, i int) string {
	out := string(b.JSON(i))
	for _, e := range g.Events(b, i) {
		text, err := json.Marshal(e)
		out += "\n" + string(text) + fmt.Sprint(err)
	}
	return out
}

// asBatch copies messages as they are delivered.
func asBatch(all []alarming) *live.IncidentBatch {
	b := &live.IncidentBatch{}
	for _, one := range all {
		b.Messages, b.Rows = append(b.Messages, one.message), append(b.Rows, one.row)
	}
	return b
}

// listed is the incidents of a project as a process that only reads tells them.
func listed(t *testing.T, store state.Store) string {
	t.Helper()
	h, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
	list, err := live.IncidentsOf(h.Project()).List(context.Background(), &live.IncidentQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(list)
	if err != nil || h.Close(context.Background()) != nil {
		t.Fatal(err)
	}
	return string(text)
}

// owner is a process that takes messages.
type owner struct {
	handle  *live.Handle
	grouper *live.Grouper
	ctx     context.Context
	stop    context.CancelFunc
}

func newOwner(t *testing.T, store state.Store, s live.IncidentSettings, seed uint64, left int) *owner {
	t.Helper()
	o := &owner{}
	o.ctx, o.stop = context.WithTimeout(context.Background(), time.Hour)
	share := 0.02
	if left < 0 {
		share = 0
	}
	o.handle, _ = open(t, statetest.NewUnreliable(store, seed, share, left, o.stop), live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
	var err error
	if o.grouper, err = live.NewGrouper(o.handle.Project(), s); err != nil {
		t.Fatal(err)
	}
	return o
}

// end ends the process as a kill does: what it has not stored stays unstored.
func (o *owner) end() {
	o.stop()
	_ = o.handle.Close(o.ctx) // the store takes nothing any more
}

// TestIncidentsSeeEachRowOnce: whatever crashes, moves or is delivered again, each message
// gets what it gets in one process that takes each once, with the same events, and the same
// incidents are listed.
func TestIncidentsSeeEachRowOnce(t *testing.T) {
	events, crashes := 0, 0
	for seed := range drawn.Seeds(40) {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 5))
			s, all, calm := incidentRules(rng), history(rng, 120), state.NewMemory()
			want := make([]string, len(all))
			whole := newOwner(t, calm, s, 0, -1)
			for i := range all {
				b := asBatch(all[i : i+1])
				if err := whole.grouper.Take(whole.ctx, b); err != nil {
					t.Fatal(err)
				}
				want[i] = grouped(whole.grouper, b, 0)
				events += strings.Count(want[i], "\n")
			}
			whole.end()

			store, acknowledged := state.NewMemory(), 0
			owners := []*owner{newOwner(t, store, s, seed, 40), newOwner(t, store, s, seed+1, 90)}
			for acknowledged < len(all) {
				who := rng.IntN(2)
				from := max(0, acknowledged-rng.IntN(12))
				to := min(len(all), acknowledged+1+rng.IntN(15))
				b := asBatch(all[from:to])
				o := owners[who]
				if err := o.grouper.Take(o.ctx, b); err != nil {
					if o.ctx.Err() == nil {
						t.Fatal(err)
					}
					o.end()
					crashes++
					owners[who] = newOwner(t, store, s, rng.Uint64(), 30+rng.IntN(200))
					continue
				}
				acknowledged = to
				for k := range b.Messages {
					if got := grouped(o.grouper, b, k); got != want[from+k] {
						t.Fatalf("seed %d, message %d got\n%s\nwant\n%s", seed, from+k, got, want[from+k])
					}
				}
			}
			for _, o := range owners {
				o.end()
			}
			if got, want := listed(t, store), listed(t, calm); got != want {
				t.Errorf("seed %d: listed are\n%s\nwant\n%s", seed, got, want)
			}
		})
	}
	if events < 40 || crashes < 20 {
		t.Errorf("%d events and %d crashes: the histories test too little", events, crashes)
	}
}

// TestIncidentsOutliveLoss: keys that vanish are written again before anything more is
// acknowledged, and nothing counts twice.
func TestIncidentsOutliveLoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, store := context.Background(), state.NewMemory()
		s := live.IncidentSettings{Name: "n", Durable: true, Ahead: time.Minute, Rules: incident.Rules{MaxKeys: 3, Replay: 10, Closed: 10, Open: incident.Opening{Alarms: 1}}}
		o := newOwner(t, store, s, 0, -1)
		all := history(rand.New(rand.NewPCG(3, 3)), 60)
		if err := o.grouper.Take(ctx, asBatch(all[:30])); err != nil {
			t.Fatal(err)
		}
		before := listed(t, store)
		base := project.IncidentsBase(project.Base("sml", "p"))
		for _, shard := range []string{"n/t/0", "n/t/1"} {
			if err := state.EraseShards(ctx, store, base); err != nil {
				t.Fatal(shard, err)
			}
		}
		if got := listed(t, store); strings.Contains(got, `"id"`) {
			t.Fatalf("after the loss %s is listed", got)
		}
		if err := o.grouper.Take(ctx, asBatch(all[20:30])); err != nil { // replays
			t.Fatal(err)
		}
		if err := o.grouper.Take(ctx, asBatch(all[30:])); err != nil {
			t.Fatal(err)
		}
		if err := o.handle.Project().Reread(ctx); err != nil { // looks at the directory
			t.Fatal(err)
		}
		if err := o.handle.Project().Reread(ctx); err != nil {
			t.Fatal(err)
		}
		o.end()
		fresh := state.NewMemory()
		again := newOwner(t, fresh, s, 0, -1)
		if err := again.grouper.Take(ctx, asBatch(all)); err != nil {
			t.Fatal(err)
		}
		again.end()
		if got, want := listed(t, store), listed(t, fresh); got != want || got == before {
			t.Errorf("listed are\n%s\nwant\n%s", got, want)
		}
	})
}

// TestIncidentsRefuse: settings, times ahead of the clock, and messages that contradict.
func TestIncidentsRefuse(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	h, _ := open(t, store, settings(true))
	defer h.Close(ctx)
	good := live.IncidentSettings{Name: "n", Durable: true, Ahead: time.Minute, Verify: state.VerifyFail, Rules: incident.Rules{MaxKeys: 3, Replay: 10, Closed: 10, Open: incident.Opening{Alarms: 1}}}
	for want, set := range map[string]func(s *live.IncidentSettings){
		"name is empty":            func(s *live.IncidentSettings) { s.Name = "" },
		`name is "a/b"`:            func(s *live.IncidentSettings) { s.Name = "a/b" },
		"ahead is 0s":              func(s *live.IncidentSettings) { s.Ahead = 0 },
		"every is 1ms":             func(s *live.IncidentSettings) { s.Durable, s.Every = false, time.Millisecond },
		"max_keys is 0":            func(s *live.IncidentSettings) { s.Rules.MaxKeys = 0 },
		"which has other settings": func(s *live.IncidentSettings) { s.Rules.MaxKeys = 4 },
	} {
		if want == "which has other settings" {
			if _, err := live.NewGrouper(h.Project(), good); err != nil {
				t.Fatal(err)
			}
		}
		s := good
		if set(&s); want != "which has other settings" {
			s.Name = strings.Replace(s.Name, "n", "m", 1)
		}
		if _, err := live.NewGrouper(h.Project(), s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want it to contain %q", err, want)
		}
	}
	g, err := live.NewGrouper(h.Project(), good)
	if err != nil {
		t.Fatal(err)
	}
	take := func(offset int64, key string, at time.Time) error {
		b := asBatch([]alarming{{live.Message{Data: []byte(`{}`), Shard: "t/0", Offset: offset, HasOffset: true, Key: key, Time: at.UnixNano()}, incident.Row{Verdict: incident.Alarm}}})
		if err := g.Take(ctx, b); err != nil {
			t.Fatal(err)
		}
		return b.Messages[0].Err
	}
	now := time.Now()
	if err := take(0, "a", now.Add(2*time.Minute)); err == nil || !strings.Contains(err.Error(), "ahead of the clock") {
		t.Errorf("a row two minutes ahead gets %v", err)
	}
	if err := take(1, "a", now); err != nil {
		t.Error(err)
	}
	if err := take(1, "other", now); err == nil || !strings.Contains(err.Error(), "position 1") {
		t.Errorf("another key at the same position gets %v", err)
	}
}
