package live_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// counting is an observer that counts what stops and what is missing, by reason.
type counting struct {
	silent
	stops   map[string]int
	missing map[string]uint64
}

func (c *counting) Stopped(_, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stops[reason]++
}

func (c *counting) Missing(_, reason string, positions uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.missing[reason] += positions
}

// lossWorld is one partition of a group whose processes lose the cache.
type lossWorld struct {
	t       *testing.T
	name    string
	r       *rand.Rand
	store   *state.Memory
	set     live.Settings
	next    int
	top     int
	setBack int
}

// process is a process of the group. Begin is given with its first batch.
type process struct {
	handle   *live.Handle
	observer *counting
	begin    state.Begin
}

func (w *lossWorld) start(begin state.Begin) *process {
	w.t.Helper()
	p := &process{observer: &counting{stops: map[string]int{}, missing: map[string]uint64{}}, begin: begin}
	var err error
	if p.handle, err = live.NewTable().Open(new(live.Scope), w.set, w.store, "root", p.observer); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// committed is where a process begins that takes over from the one before.
func (w *lossWorld) committed() state.Begin {
	return state.Begin{Known: true, At: int64(w.next), Last: int64(w.next) - 1, Noted: true}
}

// learn lets a process learn n rows, or returns the error of what stops.
func (w *lossWorld) learn(p *process, n int) error {
	messages := make([]live.Message, n)
	for i := range messages {
		messages[i] = live.Message{
			Data: fmt.Appendf(nil, `{"x":%d}`, w.next+i), Shard: "t/0", Offset: int64(w.next + i), HasOffset: true,
			Origin: state.Origin{Topic: "id"}, Begin: p.begin, Key: fmt.Sprint("k", i%3),
		}
	}
	if err := p.handle.Project().Learn(context.Background(), messages); err != nil {
		return err
	}
	requireNoErrors(w.t, messages)
	p.begin = state.Begin{}
	w.next += n
	w.top = max(w.top, w.next)
	return nil
}

func (w *lossWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s: %v", w.name, err)
	}
}

// shard returns what a process that only reads says of the shard.
func (w *lossWorld) shard() live.ShardInfo {
	w.t.Helper()
	h, _ := open(w.t, w.store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
	info, err := h.Project().Info(context.Background())
	if err != nil || len(info.Shards) != 1 {
		w.t.Fatalf("%s: %v shards: %v", w.name, info, err)
	}
	return info.Shards[0]
}

// vanish removes all keys, once the process has cleared up behind what it wrote.
func (w *lossWorld) vanish(p *process) {
	w.t.Helper()
	w.must(p.handle.Project().Flush(context.Background()))
	vanish(w.store, w.r, 2)
}

// positionNamed reads the position from what an error or line tells to set the source back to.
func positionNamed(text string) (int, bool) {
	m := regexp.MustCompile(`[Ss]et the source back to (?:position )?(\d+)`).FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil
}

// repair learns on, and sets the source back where it stops, until all rows have come.
func (w *lossWorld) repair(p *process) {
	w.t.Helper()
	for tries := 0; ; tries++ {
		err := w.learn(p, 1+w.r.IntN(4))
		if errors.Is(err, state.ErrOwed) && tries < 200 {
			at, ok := positionNamed(err.Error())
			if !ok || p.observer.stops["owed"] == 0 || !p.observer.said("nothing more is learned of shard") {
				w.t.Fatalf("%s: stopped with %v, counted %v", w.name, err, p.observer.stops)
			}
			if named, ok := positionNamed(w.shard().Missing); !ok || named != at {
				w.t.Fatalf("%s: info says %q, want position %d", w.name, w.shard().Missing, at)
			}
			w.setBack++
			w.next, p.begin = at, state.Begin{Known: true, At: int64(at), Last: int64(at) - 1}
			continue
		}
		w.must(err)
		if w.next >= w.top {
			return
		}
	}
}

// requireWhole requires that each row counts once, and that nothing is said to be missing.
func (w *lossWorld) requireWhole() {
	w.t.Helper()
	if s := w.shard(); s.Rows != float64(w.top) || s.Missing != "" {
		w.t.Fatalf("%s: %v rows, want %d; %q is said", w.name, s.Rows, w.top, s.Missing)
	}
}

// TestOwedRows: keys vanish while a process learns a partition, another one begins it anew,
// at the next row or some rows before, and perhaps a third one that ends with what only it
// held. Where the states cannot be joined, or rows between them are in neither, learning
// stops: the error, the log, the metric and info name the position. A source that is set
// back to it has all rows once. Statistics with and without keys.
func TestOwedRows(t *testing.T) {
	stopped, joined, between := 0, 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 91))
		w := &lossWorld{t: t, name: fmt.Sprint("seed ", seed), r: r, store: state.NewMemory(), set: settings(true)}
		w.set.Learn.Composition = w.set.Learn.Composition.With(project.Entities{On: r.IntN(4) == 0, Resident: 8})
		former := w.start(state.Begin{})
		for range 1 + r.IntN(4) {
			w.must(w.learn(former, 1+r.IntN(6)))
		}
		w.vanish(former)
		if r.IntN(2) == 0 { // a third one
			middle := w.start(w.committed())
			w.must(w.learn(middle, 1+r.IntN(6)))
			w.vanish(middle)
		}
		if r.IntN(2) == 0 {
			w.next -= min(w.next, r.IntN(4))
		}
		began := w.next
		owner := w.start(w.committed())
		w.must(w.learn(owner, 1+r.IntN(6)))
		if got := owner.observer.missing["before"]; got != uint64(began) {
			t.Fatalf("%s: %d positions before %d are counted", w.name, got, began)
		}
		if s := w.shard(); began > 0 && !strings.Contains(s.Missing, fmt.Sprintf("%d positions before the first", began)) {
			t.Fatalf("%s: info says %q", w.name, s.Missing)
		}
		look(t, former.handle.Project())
		look(t, owner.handle.Project())
		w.repair(owner)
		look(t, former.handle.Project())
		w.repair(owner)
		w.requireWhole()
		if w.setBack > 0 {
			stopped++
		} else {
			joined++
		}
		if former.observer.missing["between"]+owner.observer.missing["between"] > 0 {
			between++
		}
	}
	if stopped < 10 || joined < 10 || between < 5 {
		t.Errorf("stopped %d times, joined %d times, gaps %d times, want more of each", stopped, joined, between)
	}
}

// TestShardsThatBeginLate: a shard that nobody holds and that begins behind rows which the
// group had acknowledged says so once, is counted, and goes on; where the directory knew
// the shard it says that its record is gone. A start that the configuration asks for, or at
// the first row that the topic holds, says nothing. Setting back learns all that is there.
func TestShardsThatBeginLate(t *testing.T) {
	for _, c := range []struct {
		name   string
		begin  state.Begin
		at     int
		known  bool // the directory knows the shard
		reason string
		count  uint64
	}{
		{name: "from the first row", begin: state.Begin{}},
		{name: "latest, as configured", begin: state.Begin{}, at: 50},
		{name: "committed at the start", begin: state.Begin{Known: true, At: 0, Last: -1}},
		{name: "the topic has only what is new", begin: state.Begin{Known: true, At: 50, Last: 49, Oldest: 50}, at: 50},
		{name: "a project that is younger than the group", begin: state.Begin{Known: true, At: 50, Last: 49}, at: 50, reason: "before", count: 50},
		{name: "the same, and sml_kafka has committed", begin: state.Begin{Known: true, At: 50, Last: 49, Noted: true}, at: 50, reason: "before", count: 50},
		{name: "the record may be gone", begin: state.Begin{Known: true, At: 50, Last: 49}, at: 50, known: true, reason: "before", count: 50},
		{name: "part of it has expired", begin: state.Begin{Known: true, At: 50, Last: 49, Oldest: 20}, at: 50, reason: "before", count: 30},
		{name: "a marker behind the last row", begin: state.Begin{Known: true, At: 50, Last: 48, Noted: true}, at: 50, reason: "before", count: 49},
		{name: "the record is gone", begin: state.Begin{Known: true, At: 50, Last: 49, Noted: true}, at: 50, known: true, reason: "vanished", count: 50},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &lossWorld{t: t, name: c.name, r: rand.New(rand.NewPCG(1, 92)), store: state.NewMemory(), set: settings(true)}
			if c.known {
				if err := state.NewDirectory(w.store, project.Base("sml", "p")).Register(context.Background(), "t/0"); err != nil {
					t.Fatal(err)
				}
			}
			w.next, w.top = c.at, c.at
			p := w.start(c.begin)
			for range 5 {
				w.must(w.learn(p, 3))
			}
			lines := 0
			for _, line := range p.observer.warnings {
				if strings.Contains(line, "begins anew") {
					lines++
				}
			}
			missing := w.shard().Missing
			if c.reason == "" {
				if len(p.observer.missing) > 0 || lines > 0 || missing != "" {
					t.Fatalf("counted %v, %d lines, info says %q; want nothing", p.observer.missing, lines, missing)
				}
				return
			}
			if p.observer.missing[c.reason] != c.count || lines != 1 || !strings.Contains(missing, fmt.Sprintf("%d positions before the first", c.count)) {
				t.Fatalf("counted %v, %d lines, info says %q", p.observer.missing, lines, missing)
			}
			w.next = int(c.begin.Oldest)
			p = w.start(state.Begin{Known: true, At: int64(w.next), Last: int64(w.next) - 1, Oldest: c.begin.Oldest})
			for w.next < w.top {
				w.must(w.learn(p, 4))
			}
			if s := w.shard(); s.Rows != float64(w.top)-float64(c.begin.Oldest) || s.Missing != "" {
				t.Errorf("set back: %v rows, %q is said", s.Rows, s.Missing)
			}
		})
	}
}
