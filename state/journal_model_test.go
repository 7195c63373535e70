package state

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// modelBase is the base key; it has no dot, which versionKey relies on.
const modelBase = "j"

// versionKey reports whether a key is that of a version. On a store that is
// not atomic these are seen half. Of marks and seals only the presence counts,
// and half a hint is none: leaving them whole keeps the search small.
func versionKey(key string) bool {
	return strings.Count(key, ".") == 1 && !strings.HasSuffix(key, ".head")
}

func noKey(string) bool { return false }

// setting is what all processes of a search have in common. The interval is so
// short that marks are added and keys deleted within a few versions.
type setting struct {
	atomic   bool
	maxValue int
	deltas   bool // every version after the first of a writer is a delta where it may be
}

func (s setting) options(nonce func() uint64) JournalOptions {
	o := JournalOptions{Kind: wire.KindShard, Atomic: s.atomic, MaxValue: s.maxValue, MarkInterval: 2, Nonce: nonce}
	if s.deltas {
		o.deltas = deltaOptions{from: 1, most: 2, any: true}
	}
	return o
}

func (s setting) journal(store Store, name uint64) *Journal {
	n := name << 32
	return NewJournal(store, modelBase, s.options(func() uint64 { n++; return n }))
}

// journalKey is all that a journal remembers between two calls.
func journalKey(j *Journal) string {
	return fmt.Sprint(j.version, j.nonce, j.chain, j.torn, j.attempt, j.stale, j.garbage, j.doubtful, j.hinted, j.sweeps)
}

// over returns a copy of j that uses another store and counts its nonces in n.
func over(j *Journal, store Store, n *uint64) *Journal {
	c := *j
	c.access = access{store}
	c.torn, c.stale = slices.Clone(j.torn), slices.Clone(j.stale)
	c.garbage, c.doubtful = slices.Clone(j.garbage), slices.Clone(j.doubtful)
	c.sweeps.pending = slices.Clone(j.sweeps.pending)
	c.options.Nonce = func() uint64 { *n++; return *n }
	return &c
}

// writer adds its tokens to the record one by one, as a shard adds positions:
// a token that the record contains is not added again.
type writer struct {
	tokens string
	next   int // token
	loaded bool
	record Record
	nonces uint64
	j      *Journal
}

func newWriter(s setting, tokens string) stage {
	return writer{tokens: tokens, nonces: uint64(tokens[0]) << 32, j: s.journal(nil, 0)}
}

func (w writer) key() string {
	return fmt.Sprint("writer ", w.tokens, w.next, w.loaded, w.record, w.nonces, journalKey(w.j))
}

func (w writer) run(p *process) stage {
	ctx := context.Background()
	w.j = over(w.j, p, &w.nonces)
	defer func() { w.j = nil }()
	after := func() stage {
		out := w
		out.j = over(w.j, nil, new(uint64))
		return out
	}
	fail := func(err error) stage {
		if errors.Is(err, ErrStore) {
			return after()
		}
		p.tell(event{kind: eventFailed, err: err})
		return nil
	}
	if !w.loaded {
		p.tell(event{kind: eventLoading})
		r, err := w.j.Resolve(ctx)
		if err != nil {
			return fail(err)
		}
		p.tell(event{kind: eventLoaded, version: r.Version, tokens: string(r.Payload)})
		w.loaded, w.record = true, r
		return after()
	}
	if w.next == len(w.tokens) {
		return nil
	}
	token := w.tokens[w.next : w.next+1]
	if !strings.Contains(string(w.record.Payload), token) {
		payload := []byte(string(w.record.Payload) + token)
		version, err := w.j.commit(ctx, w.record.Version, payload)
		if errors.Is(err, ErrFenced) {
			w.loaded = false
			return after()
		}
		if err != nil {
			return fail(err) // and the same Write again
		}
		w.record = Record{Version: version, Payload: payload}
	}
	p.tell(event{kind: eventAcked, tokens: token})
	w.next++
	w.j.tidy(ctx) // what is acknowledged does not wait for it
	return after()
}

// reader loads a number of times with one journal, as a ShardReader does.
type reader struct {
	loads int
	j     *Journal
}

func newReader(s setting, loads int) stage { return reader{loads: loads, j: s.journal(nil, 1)} }

func (r reader) key() string { return fmt.Sprint("reader ", r.loads, journalKey(r.j)) }

func (r reader) run(p *process) stage {
	if r.loads == 0 {
		return nil
	}
	j := over(r.j, p, new(uint64))
	p.tell(event{kind: eventLoading})
	got, err := j.Load(context.Background())
	switch {
	case err == nil:
		p.tell(event{kind: eventLoaded, version: got.Version, tokens: string(got.Payload)})
		r.loads--
	case !errors.Is(err, ErrStore):
		p.tell(event{kind: eventFailed, err: err})
		return nil
	}
	return reader{loads: r.loads, j: over(j, nil, new(uint64))}
}

// audit loads from the store as it is, with everybody paused, as a process
// that starts now: first as a reader, then as a writer that goes on.
func (s setting) audit(values map[string]string, acked string) error {
	ctx := context.Background()
	store := NewMemory()
	for k, v := range values {
		store.put(k, []byte(v))
	}
	r, err := s.journal(store, 2).Load(ctx)
	if err != nil {
		return fmt.Errorf("a new reader: %w", err)
	}
	if err := contains(string(r.Payload), acked); err != nil {
		return fmt.Errorf("a new reader: %w", err)
	}
	j := s.journal(store, 3)
	w, err := j.Resolve(ctx)
	if err != nil {
		return fmt.Errorf("a new writer: %w", err)
	}
	if err := contains(string(w.Payload), acked); err != nil {
		return fmt.Errorf("a new writer: %w", err)
	}
	payload := string(w.Payload) + "!"
	if _, err := j.Write(ctx, w.Version, []byte(payload)); err != nil {
		return fmt.Errorf("a new writer cannot write: %w", err)
	}
	if r, err = s.journal(store, 4).Load(ctx); err != nil {
		return fmt.Errorf("a reader after a new writer: %w", err)
	}
	if string(r.Payload) != payload {
		return fmt.Errorf("a new writer wrote %q, and then %q is read", payload, r.Payload)
	}
	return nil
}

// modelCase is one search.
type modelCase struct {
	name     string
	torn     bool // values of versions are seen half
	maxValue int
	deltas   bool
	faults   int
	turns    int // preemptions
	long     int // preemptions of a long run
	writers  []string
	loads    int // of a reader; none when zero
}

func modelCases() []modelCase {
	const (
		whole = 1 << 20 // no parts
		every = -1      // all interleavings
	)
	return []modelCase{
		{name: "two writers", writers: []string{"AB", "ab"}, maxValue: whole, turns: every, long: every},
		{name: "two writers and faults", writers: []string{"AB", "ab"}, maxValue: whole, faults: 1, turns: every, long: every},
		{name: "a writer asleep", writers: []string{"A", "abcdef"}, maxValue: whole, faults: 1, turns: 2, long: 4},
		{name: "a reader asleep", writers: []string{"ABCDEF"}, loads: 2, maxValue: whole, turns: 4, long: 6},
		{name: "two writers and a reader", writers: []string{"AB", "a"}, loads: 1, maxValue: whole, turns: 4, long: 5},
		{name: "parts", writers: []string{"AB", "ab"}, maxValue: 1, faults: 1, turns: 2, long: every},
		{name: "parts and a reader", writers: []string{"ABC"}, loads: 1, maxValue: 1, faults: 1, turns: every, long: every},
		{name: "deltas", writers: []string{"AB", "ab"}, maxValue: whole, deltas: true, faults: 1, turns: 1, long: 4},
		{name: "deltas and a reader", writers: []string{"ABCD"}, loads: 1, maxValue: whole, deltas: true, faults: 1, turns: 2, long: 5},
		{name: "deltas and half values", torn: true, writers: []string{"A", "a"}, maxValue: whole, deltas: true, faults: 1, turns: 1, long: 3},
		{name: "half values", torn: true, writers: []string{"AB", "ab"}, maxValue: whole, faults: 1, turns: 2, long: 4},
		{name: "half values and a reader", torn: true, writers: []string{"ABC"}, loads: 2, maxValue: whole, faults: 1, turns: 3, long: 5},
		{name: "half values and three writers", torn: true, writers: []string{"A", "a", "0"}, maxValue: whole, faults: 1, turns: 1, long: 3},
	}
}

// run searches and returns how many states there were.
func (c modelCase) run(t *testing.T, turns, limit int) (int, error) {
	t.Helper()
	s := setting{atomic: !c.torn, maxValue: c.maxValue, deltas: c.deltas}
	halves := noKey
	if c.torn {
		halves = versionKey
	}
	m := newModel(halves, limit, s.audit)
	var begin []stage
	for _, tokens := range c.writers {
		begin = append(begin, newWriter(s, tokens))
	}
	if c.loads > 0 {
		begin = append(begin, newReader(s, c.loads))
	}
	err := m.search(c.faults, turns, begin...)
	t.Logf("%d states, at most %d steps, %d local states, %d stores", len(m.seen), m.deepest, m.count, len(m.passed))
	return len(m.seen), err
}

// longModel is the environment variable that asks for more preemptions.
const longModel = "SML_STATE_MODEL"

// modelLimit bounds a search that would use up all memory.
const modelLimit = 100_000_000

// TestJournalModel explores interleavings: a pause of any length is one.
// Faults are crashes, lost answers and refusals, anywhere.
//
// Invariants: what was acknowledged when a load began is in what it returns,
// once; nothing is ever in it twice; a process that loads twice gets no older
// version; nobody sees an error but a failing store's; and from every state a
// new process can load all that is acknowledged, and write.
func TestJournalModel(t *testing.T) {
	drawn.Alone(t)
	for _, c := range modelCases() {
		t.Run(c.name, func(t *testing.T) {
			turns := c.turns
			if os.Getenv(longModel) != "" {
				turns = c.long
			}
			if _, err := c.run(t, turns, modelLimit); err != nil {
				t.Fatal(err)
			}
		})
	}
}
