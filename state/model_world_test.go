package state

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
)

// The model check explores every interleaving of a few processes that use one
// store. A process is ordinary code over the Store interface; each call of the
// store is one step. A global state is the content of the store and the local
// state of each process; one that was met before is not explored again, so the
// search ends, and what it says holds for all interleavings. Where that would
// be too many, a search is bounded by the number of preemptions: how often the
// next step is another process's although the last one could go on.

// phase says how far a write has got on a store whose values are seen half.
type phase byte

const (
	idle     phase = iota
	writing        // the key holds the first half
	orphaned       // the key was deleted since: the rest goes nowhere
	dead           // killed
)

// actor is one process in a global state.
type actor struct {
	at      *local
	phase   phase
	begins  bool   // its next step begins a load
	must    uint32 // tokens that its load has to return, by model.ids
	version byte   // highest that it has loaded
}

// cell is a key (upper half) with its value (lower half), by model.ids.
type cell uint64

// world is a global state. Slices are shared and never changed.
type world struct {
	cells  []cell // sorted
	actors []actor
	acked  uint32 // tokens, by model.ids
	faults int    // left
	turns  int    // preemptions left; negative means any number
	last   int    // process that made the last step, or nobody
}

const nobody = -1

// model is one search.
type model struct {
	programs
	halves func(key string) bool // writes of such keys are seen half
	check  func(values map[string]string, acked string) error
	limit  int

	seed    maphash.Seed
	seen    map[uint64]struct{}
	passed  map[uint64]struct{} // stores and acknowledgements that passed check
	ids     map[string]uint32
	texts   []string
	deepest int
}

func newModel(halves func(string) bool, limit int, check func(map[string]string, string) error) *model {
	m := &model{
		programs: programs{stages: map[string]move{}}, halves: halves, check: check, limit: limit,
		seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}, passed: map[uint64]struct{}{}, ids: map[string]uint32{},
	}
	m.id("")
	return m
}

func (m *model) id(s string) uint32 {
	id, ok := m.ids[s]
	if !ok {
		id = uint32(len(m.texts))
		m.ids[s] = id
		m.texts = append(m.texts, s)
	}
	return id
}

func (m *model) find(w *world, key string) (at int, value uint32, found bool) {
	k := cell(m.id(key)) << 32
	at, _ = slices.BinarySearch(w.cells, k)
	if at == len(w.cells) || w.cells[at]>>32 != k>>32 {
		return at, 0, false
	}
	return at, uint32(w.cells[at]), true
}

func (m *model) put(w *world, key, value string) {
	at, _, found := m.find(w, key)
	c := cell(m.id(key))<<32 | cell(m.id(value))
	if found {
		w.cells = slices.Clone(w.cells)
		w.cells[at] = c
		return
	}
	w.cells = slices.Insert(slices.Clip(w.cells), at, c)
}

func (m *model) hash(w *world) (state, stored uint64) {
	b := make([]byte, 0, 256)
	for _, c := range w.cells {
		b = binary.LittleEndian.AppendUint64(b, uint64(c))
	}
	b = binary.LittleEndian.AppendUint32(b, w.acked)
	stored = maphash.Bytes(m.seed, b)
	for i := range w.actors {
		a := &w.actors[i]
		b = binary.LittleEndian.AppendUint32(b, uint32(a.at.id))
		b = binary.LittleEndian.AppendUint32(b, a.must)
		b = append(b, byte(a.phase), a.version)
	}
	b = append(b, byte(w.faults))
	if w.turns >= 0 {
		b = append(b, byte(w.turns), byte(w.last))
	}
	return maphash.Bytes(m.seed, b), stored
}

// violation is a broken invariant with the steps that lead to it.
type violation struct {
	err   error
	steps []string
}

func (v *violation) Error() string {
	slices.Reverse(v.steps)
	return v.err.Error() + "\n" + strings.Join(v.steps, "\n")
}

// errLimit says that the search was not finished.
var errLimit = errors.New("more states than the limit")

// explore visits w and everything that can follow.
func (m *model) explore(w *world, depth int) *violation {
	state, stored := m.hash(w)
	if _, ok := m.seen[state]; ok {
		return nil
	}
	if len(m.seen) >= m.limit {
		return &violation{err: errLimit}
	}
	m.seen[state] = struct{}{}
	m.deepest = max(m.deepest, depth)
	if _, ok := m.passed[stored]; !ok {
		if err := m.audit(w); err != nil {
			return &violation{err: err}
		}
		m.passed[stored] = struct{}{}
	}
	for i := range w.actors {
		turns, ok := w.turn(i)
		if !ok {
			continue
		}
		for _, s := range m.steps(w, i) {
			next := &world{cells: w.cells, actors: slices.Clone(w.actors), acked: w.acked, faults: w.faults, turns: turns, last: i}
			v := m.step(next, i, s)
			if v == nil {
				v = m.explore(next, depth+1)
			}
			if v != nil {
				v.steps = append(v.steps, w.describe(i, s))
				return v
			}
		}
	}
	return nil
}

// turn returns how many preemptions are left when process i makes the next
// step, and whether it may.
func (w *world) turn(i int) (int, bool) {
	if w.turns < 0 || w.last == nobody || i == w.last {
		return w.turns, true
	}
	if last := &w.actors[w.last]; last.phase == dead || last.at.finished {
		return w.turns, true
	}
	return w.turns - 1, w.turns > 0
}

func (m *model) audit(w *world) error {
	values := map[string]string{}
	for _, c := range w.cells {
		values[m.texts[c>>32]] = m.texts[uint32(c)]
	}
	return m.check(values, m.texts[w.acked])
}

// step is what may happen to the pending operation of a process.
type step byte

const (
	stepWhole   step = iota // it is done and answered
	stepHalf                // the first half is seen
	stepRest                // the second half is written, and it is answered
	stepCrash               // the process dies; an operation not begun is not done
	stepLost                // it is done, but the answer is a failure
	stepRefused             // it is not done, and the answer is a failure
)

func (w *world) describe(i int, s step) string {
	names := []string{"", " (first half)", " (second half)", " CRASH", " ANSWER LOST", " FAILS"}
	verbs := []string{"get", "add", "set", "delete"}
	op := w.actors[i].at.op
	return fmt.Sprintf("  process %d: %s %s%s", i, verbs[op.verb], op.key, names[s])
}

// steps lists what may happen next to process i.
func (m *model) steps(w *world, i int) []step {
	a := &w.actors[i]
	if a.phase == dead || a.at.finished {
		return nil
	}
	op := a.at.op
	out := make([]step, 1, 4)
	switch {
	case a.phase != idle:
		out[0] = stepRest
	case m.splits(w, op):
		out[0] = stepHalf
	}
	if w.faults == 0 {
		return out
	}
	out = append(out, stepCrash)
	if a.phase == idle {
		out = append(out, stepRefused)
	}
	if op.verb != opGet && out[0] != stepHalf {
		out = append(out, stepLost)
	}
	return out
}

// splits reports whether the operation writes a value that is seen half.
func (m *model) splits(w *world, op operation) bool {
	if op.verb != opAdd && op.verb != opSet || !m.halves(op.key) {
		return false
	}
	_, _, taken := m.find(w, op.key)
	return !taken || op.verb == opSet
}

// step lets it happen to process i of w, which nobody else has yet.
func (m *model) step(w *world, i int, s step) *violation {
	a := &w.actors[i]
	op := a.at.op
	if a.begins {
		a.begins, a.must = false, w.acked
	}
	if s >= stepCrash {
		w.faults--
	}
	got := answer{outcome: answerFailed}
	switch {
	case s == stepCrash:
		a.phase = dead
		return nil
	case s == stepHalf:
		m.put(w, op.key, op.value[:len(op.value)/2])
		a.phase = writing
		return nil
	case s == stepRefused:
	case a.phase == idle:
		done := m.apply(w, i, op)
		if s != stepLost {
			got = done
		}
	default:
		if a.phase == writing {
			m.put(w, op.key, op.value)
		}
		a.phase = idle
		if s != stepLost {
			got = answer{}
		}
	}
	mv := m.follow(a.at, got)
	a.at = mv.to
	return m.heed(w, i, mv.events)
}

// apply does a whole operation.
func (m *model) apply(w *world, by int, op operation) answer {
	at, value, found := m.find(w, op.key)
	switch {
	case op.verb == opGet && !found:
		return answer{outcome: answerMissing}
	case op.verb == opGet:
		return answer{value: m.texts[value]}
	case op.verb == opAdd && found:
		return answer{outcome: answerTaken}
	case op.verb != opDelete:
		m.put(w, op.key, op.value)
		return answer{}
	}
	if found {
		w.cells = slices.Delete(slices.Clone(w.cells), at, at+1)
	}
	for i := range w.actors {
		if a := &w.actors[i]; i != by && a.phase == writing && a.at.op.key == op.key {
			a.phase = orphaned
		}
	}
	return answer{}
}

// heed applies what process i tells and checks the invariants.
func (m *model) heed(w *world, i int, events []event) *violation {
	a := &w.actors[i]
	fail := func(err error) *violation { return &violation{err: fmt.Errorf("process %d: %w", i, err)} }
	for _, e := range events {
		switch e.kind {
		case eventLoading:
			a.begins = true
		case eventAcked:
			w.acked = m.id(union(m.texts[w.acked], e.tokens))
		case eventFailed:
			return fail(fmt.Errorf("unexpected error: %w", e.err))
		case eventLoaded:
			if err := contains(e.tokens, m.texts[a.must]); err != nil {
				return fail(err)
			}
			if e.version < uint64(a.version) {
				return fail(fmt.Errorf("loaded version %d after version %d", e.version, a.version))
			}
			a.must, a.version = 0, byte(e.version)
		}
	}
	return nil
}

// union returns the tokens, which are single bytes, of both in order.
func union(a, b string) string {
	all := []byte(a + b)
	slices.Sort(all)
	return string(slices.Compact(all))
}

// contains refuses tokens that lack one of must or hold one twice.
func contains(tokens, must string) error {
	for i := range len(must) {
		if !strings.Contains(tokens, must[i:i+1]) {
			return fmt.Errorf("acknowledged %q is missing in %q", must[i:i+1], tokens)
		}
	}
	for i := range len(tokens) {
		if strings.Count(tokens, tokens[i:i+1]) != 1 {
			return fmt.Errorf("%q is twice in %q", tokens[i:i+1], tokens)
		}
	}
	return nil
}

// search explores all that the programs can do, with at most so many faults
// and, unless negative, preemptions.
func (m *model) search(faults, turns int, begin ...stage) error {
	w := &world{faults: faults, turns: turns, last: nobody}
	for i, s := range begin {
		mv := m.begin(s)
		w.actors = append(w.actors, actor{at: mv.to})
		if v := m.heed(w, i, mv.events); v != nil {
			return v
		}
	}
	if v := m.explore(w, 0); v != nil {
		if v.err == errLimit {
			return fmt.Errorf("%w (%d)", errLimit, m.limit)
		}
		return v
	}
	return nil
}
