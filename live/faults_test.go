package live_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

// delivery is a topic of two partitions whose messages are delivered again until
// they are acknowledged.
type delivery struct {
	messages [2][]live.Message
	acked    [2]int
	random   *rand.Rand
}

func newDelivery(seed uint64, each int) *delivery {
	d := &delivery{random: rand.New(rand.NewPCG(seed, 21))}
	for partition := range d.messages {
		for i := range each {
			d.messages[partition] = append(d.messages[partition], live.Message{
				Data:  fmt.Appendf(nil, `{"x":%d,"kind":"k%d"}`, (7*i+partition)%50, i%4),
				Shard: fmt.Sprint("t/", partition), Offset: int64(i), HasOffset: true, Key: fmt.Sprint("m", i%9), Time: int64(i) * int64(time.Second),
			})
		}
	}
	return d
}

func (d *delivery) done() bool {
	return d.acked[0] == len(d.messages[0]) && d.acked[1] == len(d.messages[1])
}

// next returns a batch of both partitions, from what is acknowledged on or, as
// after a rebalance, from some messages before.
func (d *delivery) next() (batch []live.Message, until [2]int) {
	for partition, all := range d.messages {
		from := max(0, d.acked[partition]-d.random.IntN(30))
		until[partition] = min(len(all), d.acked[partition]+1+d.random.IntN(60))
		batch = append(batch, all[from:until[partition]]...)
	}
	return batch, until
}

// requireAll checks that a process that starts now finds each message once.
func requireAll(t *testing.T, store state.Store, d *delivery) {
	t.Helper()
	ctx := context.Background()
	h, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
	defer func() { _ = h.Close(ctx) }()
	s, err := h.Project().Summary(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	n, sum := 0.0, 0.0
	for partition := range d.messages {
		for i := range d.messages[partition] {
			n++
			sum += float64((7*i + partition) % 50)
		}
	}
	m := s.Moments(s.Layout().NumericIndex("x"))
	if s.Weight() != n || m.Weight() != n || math.Abs(m.Mean()-sum/n) > 1e-12*50 {
		t.Errorf("%v rows, %v of x with mean %v, want %v with mean %v", s.Weight(), m.Weight(), m.Mean(), n, sum/n)
	}
}

// TestCrashesAndFailures: processes of which the store fails now and then, and
// which crash after some operations, learn what is delivered to them; each
// message counts once, with every kind of statistic.
func TestCrashesAndFailures(t *testing.T) {
	for seed := range drawn.Seeds(25) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, store := rand.New(rand.NewPCG(seed, 22)), state.NewMemory()
				s := settings(true)
				s.Learn.Composition = projecttest.Composition(r)
				s.Learn.Composition = s.Learn.Composition.With(project.Window{}, project.Decay{}) // all rows count
				d := newDelivery(seed, 300)
				for process := 0; !d.done(); process++ {
					if process > 400 {
						t.Fatalf("acknowledged %v after %d processes", d.acked, process)
					}
					left := 5 + r.IntN(200)
					if process > 200 {
						left = -1
					}
					runUntilCrash(t, statetest.NewUnreliable, store, s, d, seed+1000*uint64(process), left)
				}
				requireAll(t, store, d)
			})
		})
	}
}

// runUntilCrash lets one process learn until it crashes or has some batches.
func runUntilCrash(t *testing.T, view func(state.Store, uint64, float64, int, func()) *statetest.Unreliable, store state.Store, s live.Settings, d *delivery, seed uint64, left int) {
	t.Helper()
	ctx, crash := context.WithCancel(context.Background())
	defer crash()
	h, _ := open(t, view(store, seed, 0.15, left, crash), s)
	defer func() { _ = h.Close(ctx) }()
	for range 6 {
		if d.done() {
			return
		}
		batch, until := d.next()
		err := h.Project().Learn(ctx, batch)
		if ctx.Err() != nil {
			return // nothing is acknowledged
		}
		if err != nil {
			t.Fatalf("learning fails though the process lives: %v", err)
		}
		for i := range batch {
			if batch[i].Err != nil {
				t.Fatal(batch[i].Err)
			}
		}
		d.acked = until
	}
}

// TestOutageHoldsBatches: while the store is down a durable learner neither
// fails nor acknowledges; it tells once that the store fails and once that it
// works again.
func TestOutageHoldsBatches(t *testing.T) {
	for _, part := range []string{"", ".shard.", ".schema", ".models", ".dir"} {
		t.Run("keys with "+part, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := context.Background()
				store := &statetest.Broken{Store: state.NewMemory()}
				s := settings(true)
				s.Refresh = time.Second
				h, observer := open(t, store, s)
				learnAll(t, h.Project(), batch(0, 0, 10))
				store.Break("", part)
				done := make(chan error, 1)
				more := batch(1, 0, 10) // a new shard, and new attributes
				for i := range more {
					more[i].Data = fmt.Appendf(nil, `{"x":%d,"new":%d}`, i, i)
				}
				go func() { done <- h.Project().Learn(ctx, more) }()
				time.Sleep(time.Minute)
				if part != ".models" { // definitions are not read by learning
					select {
					case err := <-done:
						t.Fatalf("the batch is acknowledged: %v", err)
					default:
					}
				}
				store.Mend()
				if err := <-done; err != nil {
					t.Fatal(err)
				}
				time.Sleep(5 * time.Second)
				observer.mu.Lock()
				fails, works := 0, 0
				for _, w := range observer.warnings {
					if strings.Contains(w, "the cache fails") {
						fails++
					}
					if strings.Contains(w, "works again") {
						works++
					}
				}
				observer.mu.Unlock()
				if fails != 1 || works != 1 {
					t.Errorf("told %d times that it fails and %d times that it works: %q", fails, works, observer.warnings)
				}
				if got := rows(t, h.Project()); got != 20 {
					t.Errorf("%v rows, want 20", got)
				}
				if err := h.Close(ctx); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// TestCloseSaysWhatIsLost: a learner by interval whose store is down when it
// closes says so.
func TestCloseSaysWhatIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &statetest.Broken{Store: state.NewMemory()}
		h, _ := open(t, store, settings(false))
		learnAll(t, h.Project(), batch(0, 0, 10))
		store.Break("add", "")
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := h.Close(ctx); !errors.Is(err, statetest.ErrDown) || !strings.Contains(err.Error(), `"p"`) {
			t.Errorf("closing says %v, want the failure and the project", err)
		}
		if err := h.Close(context.Background()); err != nil {
			t.Errorf("closing again says %v", err)
		}
	})
}

// TestScoresSurviveFailures: scores that are counted while the store fails now
// and then are all there when the scorer has closed, and those of a replay once.
func TestScoresSurviveFailures(t *testing.T) {
	for seed := range drawn.Seeds(12) {
		synctest.Test(t, func(t *testing.T) {
			ctx, store := context.Background(), state.NewMemory()
			learner, _ := open(t, store, settings(true))
			learnAll(t, learner.Project(), batch(0, 0, 300))
			if err := learner.Close(ctx); err != nil {
				t.Fatal(err)
			}
			reading := settings(true)
			reading.Learn, reading.Refresh = nil, time.Second
			view := statetest.NewUnreliable(store, seed, 0.2, -1, func() {})
			h, _ := open(t, view, reading)
			scorer, err := h.Project().NewScorer(live.ScorerSettings{Model: "m"})
			if err != nil {
				t.Fatal(err)
			}
			for from := 300; from < 900; from += 60 {
				for range 2 { // delivered twice
					if _, err := scorer.Score(ctx, batch(0, from, from+60)); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Second)
			}
			if err := h.Close(ctx); err != nil {
				t.Fatal(err)
			}
			if got := scoresOf(t, store); got != 600 {
				t.Errorf("seed %d: %v scores are stored, want 600", seed, got)
			}
		})
	}
}

// scoresOf returns of how many messages scores are stored, by their positions.
func scoresOf(t *testing.T, store state.Store) (n uint64) {
	t.Helper()
	r := state.NewShardReader(store, project.ScoresBase(project.Base("sml", "p")), opaque{})
	if err := r.Refresh(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Shards() {
		n += s.Positions.Count()
	}
	return n
}

// opaque is any content, and its codec: the bytes are passed over.
type opaque struct{}

// New returns the content.
func (opaque) New() (opaque, error) { return opaque{}, nil }

// Decode passes all bytes over.
func (opaque) Decode(r *wire.Reader) (opaque, error) {
	for r.Remaining() > 0 && r.Err() == nil {
		r.Byte()
	}
	return opaque{}, r.Err()
}

// Encode writes nothing.
func (opaque) Encode(*wire.Writer) {}

// Clone returns the content.
func (opaque) Clone() opaque { return opaque{} }
