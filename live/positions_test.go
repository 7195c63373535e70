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

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// delivered is one row of the generated histories: no two are the same.
type delivered struct {
	id     int
	offset int64
	stamp  int64
	origin state.Origin
	bad    bool // its document does not fit
	skip   bool // a filter leaves it out
}

// feed is a topic of a cluster, as an input reads it.
type feed struct {
	origin    state.Origin
	source    string // that the user sets
	rows      []delivered
	committed int // rows that were acknowledged
}

// positionsWorld is a learner, its input and what must have been learned.
type positionsWorld struct {
	t      *testing.T
	r      *rand.Rand
	name   string
	store  state.Store
	verify state.Verify
	keys   bool

	ids, stamps bool // whether the input tells them
	next        int  // id of the next row
	topics      int  // created so far
	feeds       []*feed
	handle      *live.Handle

	expected map[int]bool
	said     int // contradictions
}

func (w *positionsWorld) open() {
	s := live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour, Learn: &live.LearnSettings{Durable: true, Every: time.Hour, Verify: w.verify}}
	if w.keys {
		s.Learn.Composition = s.Learn.Composition.With(project.Entities{On: true, Resident: 4})
	}
	w.handle, _ = open(w.t, w.store, s)
}

// create makes a topic, of a cluster that is numbered from 1.
func (w *positionsWorld) create(cluster int, source string) *feed {
	f := &feed{source: source}
	if w.topics++; w.ids {
		f.origin = state.Origin{Cluster: fmt.Sprint("cluster-", cluster), Topic: fmt.Sprint("topic-", w.topics)}
	}
	return f
}

// produce appends n rows to a feed. Some offsets are never used, as in a topic with
// transactions.
func (w *positionsWorld) produce(f *feed, n int) {
	for range n {
		offset := int64(0)
		if k := len(f.rows); k > 0 {
			offset = f.rows[k-1].offset + 1
			if w.r.IntN(20) == 0 {
				offset += int64(w.r.IntN(3))
			}
		}
		d := delivered{id: w.next, offset: offset, origin: f.origin, bad: w.r.IntN(25) == 0, skip: w.r.IntN(25) == 0}
		if w.stamps {
			d.stamp = 1_700_000_000_000 + int64(w.next)*7
		}
		w.next++
		f.rows = append(f.rows, d)
	}
}

// learn delivers rows to the learner and returns its error.
func (w *positionsWorld) learn(source string, batch []delivered) error {
	messages := make([]live.Message, len(batch))
	for i, d := range batch {
		text := fmt.Sprintf(`{"x":%d}`, d.id)
		if d.bad {
			text = `{"x":`
		}
		messages[i] = live.Message{
			Data: []byte(text), Shard: source + "t/0", Offset: d.offset, HasOffset: true, Origin: d.origin, Stamp: d.stamp, Skip: d.skip,
			Key: fmt.Sprint("k", d.id%9),
		}
	}
	err := w.handle.Project().Learn(context.Background(), messages)
	if err != nil {
		return err
	}
	for i, d := range batch {
		switch {
		case errors.Is(messages[i].Err, state.ErrContradiction):
			w.said++
		case messages[i].Err == nil && !d.bad && !d.skip:
			w.expected[d.id] = true
		}
	}
	return nil
}

// check compares what was learned with what was acknowledged.
func (w *positionsWorld) check(step string) {
	w.t.Helper()
	p := w.handle.Project()
	if err := p.Reread(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	s, err := p.Summary(context.Background(), "")
	if err != nil {
		w.t.Fatal(err)
	}
	sum, got := 0.0, 0.0
	for id := range w.expected {
		sum += float64(id)
	}
	if len(s.Layout().Numeric) > 0 {
		got = s.Moments(0).Mean() * s.Weight()
	}
	if s.Weight() != float64(len(w.expected)) || math.Abs(got-sum) > 1e-9*(1+sum) {
		w.t.Fatalf("%s, after %s: %v rows with the sum %v were learned, want %d with %v", w.name, step, s.Weight(), got, len(w.expected), sum)
	}
}

// stopped expects that a batch is refused as a whole, and that the log says why.
func (w *positionsWorld) stopped(step, source string, batch []delivered) {
	w.t.Helper()
	said := w.said
	err := w.learn(source, batch)
	switch {
	case w.verify == state.VerifyStop && !errors.Is(err, state.ErrContradiction):
		w.t.Fatalf("%s, after %s: error %v, want a contradiction", w.name, step, err)
	case w.verify == state.VerifyFail && (err != nil || w.said == said):
		w.t.Fatalf("%s, after %s: error %v and %d messages marked, want none and some", w.name, step, err, w.said-said)
	}
	w.check(step)
}

// rest leaves only the rows of a feed that have not been learned: with VerifyFail
// those beyond the highest position of the other source were.
func (w *positionsWorld) rest(f *feed) {
	f.rows = slices.DeleteFunc(f.rows, func(d delivered) bool { return w.expected[d.id] })
}

// advance delivers the next rows of a feed, sometimes with some of those before.
func (w *positionsWorld) advance(f *feed) {
	w.t.Helper()
	w.produce(f, 1+w.r.IntN(40))
	from := f.committed
	if w.r.IntN(3) == 0 {
		from -= min(from, w.r.IntN(60))
	}
	to := from + 1 + w.r.IntN(len(f.rows)-from)
	if err := w.learn(f.source, f.rows[from:to]); err != nil {
		w.t.Fatalf("%s: rows %d to %d: %v", w.name, from, to, err)
	}
	if w.r.IntN(4) > 0 { // otherwise the process is killed before it commits
		f.committed = max(f.committed, to)
	} else {
		w.open()
	}
	w.check("rows of a topic")
}

// recreate deletes the topic and creates it again. Where its id is not known, the
// user sets a source once the learner has stopped.
func (w *positionsWorld) recreate() {
	w.t.Helper()
	old := w.feeds[0]
	if len(old.rows) < 5 || old.committed == 0 {
		return
	}
	created := w.create(1, old.source)
	w.produce(created, 5+w.r.IntN(60))
	if !w.ids {
		w.stopped("a topic created again, without its id", old.source, created.rows)
		w.open()
		w.rest(created)
		created.source = fmt.Sprintf("after-%d/", w.topics)
	}
	w.feeds[0] = created
	w.advance(created)
	if w.ids { // rows of the old topic that were on their way
		if err := w.learn(old.source, old.rows[max(0, old.committed-3):]); err != nil {
			w.t.Fatal(err)
		}
		w.check("late rows of the old topic")
	}
}

// otherCluster reads a topic of the same name from another cluster.
func (w *positionsWorld) otherCluster() {
	w.t.Helper()
	if len(w.feeds) > 1 || w.feeds[0].committed == 0 {
		return
	}
	other := w.create(2, w.feeds[0].source)
	w.produce(other, 10+w.r.IntN(50))
	w.stopped("a second cluster", other.source, other.rows)
	w.open()
	w.rest(other)
	other.source = "second/"
	w.feeds = append(w.feeds, other)
	w.advance(other)
}

// spoof delivers a row under the position of another one, as a header may make it.
func (w *positionsWorld) spoof() {
	w.t.Helper()
	f := w.feeds[0]
	if f.committed < 2 {
		return
	}
	victim := f.rows[w.r.IntN(f.committed)]
	if !w.stamps && (victim.bad || victim.skip) {
		return // nothing of such a row is known
	}
	forged := delivered{id: w.next, offset: victim.offset, origin: f.origin}
	if w.next++; w.stamps {
		forged.stamp = 1_800_000_000_000 + int64(w.next)
	}
	w.stopped("a spoofed position", f.source, []delivered{forged})
	w.open()
}

// TestGeneratedPositions draws streams of positions with crashes, replays, topics
// created again, two clusters, spoofed and repeated positions, refused and filtered
// rows. Every row that is acknowledged without an error counts exactly once; where
// that cannot be, the learner stops and says so.
func TestGeneratedPositions(t *testing.T) {
	seeds := 60
	if testing.Short() {
		seeds = 10
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(uint64(seed), 12))
		w := &positionsWorld{
			t: t, r: r, store: state.NewMemory(), verify: state.Verify(seed % 2), ids: seed/2%2 == 0, stamps: seed/4%2 == 0, keys: seed%5 == 0,
			expected: map[int]bool{},
		}
		w.name = fmt.Sprintf("seed %d (verify %v, ids %v, times %v, keys %v)", seed, w.verify, w.ids, w.stamps, w.keys)
		w.open()
		w.feeds = []*feed{w.create(1, "")}
		for range 25 {
			switch k := r.IntN(20); {
			case k < 2:
				w.recreate()
			case k == 2:
				w.otherCluster()
			case k == 3:
				w.spoof()
			case k == 4:
				w.open()
			default:
				w.advance(w.feeds[r.IntN(len(w.feeds))])
			}
		}
	}
}

// TestPositionsThatRepeat: a position that several rows share, such as the
// milliseconds of a Redis stream, is found in the first batch and across batches.
func TestPositionsThatRepeat(t *testing.T) {
	for _, c := range []struct {
		name  string
		batch int
	}{{name: "within a batch", batch: 500}, {name: "across batches", batch: 1}} {
		t.Run(c.name, func(t *testing.T) {
			w := &positionsWorld{t: t, r: rand.New(rand.NewPCG(1, 2)), name: c.name, store: state.NewMemory(), expected: map[int]bool{}}
			w.open()
			var rows []delivered
			for i := range 3000 {
				rows = append(rows, delivered{id: i, offset: 1_700_000_000_000 + int64(i/200)})
			}
			var err error
			acknowledged := 0
			for from := 0; from < len(rows) && err == nil; from += c.batch {
				if err = w.learn("", rows[from:from+c.batch]); err == nil {
					acknowledged += c.batch
				}
			}
			if !errors.Is(err, state.ErrContradiction) || acknowledged > 1 {
				t.Errorf("error %v after %d rows, want a contradiction at the second", err, acknowledged)
			}
			w.check("repeated positions")
		})
	}
}

// TestJumpIntoALongHistory: a source that goes back to where no fingerprint is kept
// stops at the next one, and says how many rows were skipped until then.
func TestJumpIntoALongHistory(t *testing.T) {
	const history = 30_000
	w := &positionsWorld{t: t, r: rand.New(rand.NewPCG(3, 4)), name: "jump", store: state.NewMemory(), expected: map[int]bool{}}
	w.open()
	for from := 0; from < history; from += 1000 {
		var rows []delivered
		for i := range 1000 {
			rows = append(rows, delivered{id: from + i, offset: int64(from + i)})
		}
		if err := w.learn("", rows); err != nil {
			t.Fatal(err)
		}
	}
	w.open()
	for i := range 2000 {
		offset := int64(history/2 + i)
		err := w.handle.Project().Learn(context.Background(), []live.Message{{Data: fmt.Appendf(nil, `{"x":%d}`, history+i), Shard: "t/0", Offset: offset, HasOffset: true}})
		if errors.Is(err, state.ErrContradiction) {
			if want := fmt.Sprintf("%d messages before it were skipped", i); !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want it to say %q", err, want)
			}
			// 192 of the 30,000 positions have one: the gap is 156 on average.
			if i > 1500 {
				t.Errorf("%d rows were skipped before one was verified", i)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Error("2,000 rows under the positions of others passed for replays")
}
