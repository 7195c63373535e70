package incident

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Verdict is what a row says of itself.
type Verdict byte

// Verdicts. A row that says nothing lets time pass and is no row of its key.
const (
	Unsaid Verdict = iota
	Usual
	Alarm
)

// Row is one row of a shard.
type Row struct {
	Key string
	// Time is the time of the row in nanoseconds since 1970.
	Time int64
	// Offset is its position in the shard, where it has one.
	Offset    int64
	HasOffset bool
	Verdict   Verdict
	// Score is how unusual an alarm is, NaN for none; Contributions are those of
	// attributes to it. Neither counts of a row that is no alarm.
	Score         float64
	Contributions map[string]float64
}

// State is the incidents of one shard: those that are open, the alarms that may open one,
// the last ones that were closed, and what the last rows got. It is the content of a
// state.Shard, whose lock it is used under.
//
// Time is that of the shard: the greatest time that two rows in succession have reached. So
// a single row from the future moves nothing; the row itself counts at its own time until
// the next one contradicts it. A row that comes late counts at the time of the shard.
type State struct {
	clock int64 // of the shard
	rows  uint64
	last  int64  // time of the last row
	ahead string // key of the last row, where that was an alarm later than clock
	isOff bool   // ahead is set

	alarms, opened uint64
	keys           map[string]*entry
	open           int
	closed         []record // the oldest first
	answers        state.Answers[Answer]

	due int64 // no key has anything to do with the clock before
}

// entry is what is remembered of a key.
type entry struct {
	record  // the incident, or the alarms that may last
	isOpen  bool
	counted uint64 // rows of the key since the first alarm that is remembered
	pending []alarm
}

// alarm is one alarm that may be among those that open an incident.
type alarm struct {
	row   uint64 // counted of the key
	time  int64
	at    int64 // in the time of the shard
	id    uint64
	score float64
	place place
	blame blame
}

// newState returns a state without incidents.
func newState() *State {
	return &State{clock: math.MinInt64, keys: map[string]*entry{}, due: math.MinInt64}
}

// Take takes the next row and returns what it gets. Seed is that of [Seed].
func (s *State) Take(rules *Rules, seed uint64, row *Row) Answer {
	t := &taking{State: s, rules: rules, row: row}
	t.tick()
	if row.Verdict != Unsaid {
		s.count(t, seed)
	}
	answer := Answer{events: t.events}
	if e := s.keys[row.Key]; e != nil && e.isOpen {
		answer.isOpen, answer.id = true, e.id
	}
	answer.suppressed = row.Verdict == Alarm && !t.opens
	if row.HasOffset {
		s.answers.Add(row.Offset, answer, rules.Replay)
	}
	return answer
}

// Recall returns what the row at that offset got; ok is false when that is not remembered.
func (s *State) Recall(offset int64) (Answer, bool) { return s.answers.Of(offset) }

// taking is what one row does.
type taking struct {
	*State
	rules  *Rules
	row    *Row
	at     int64 // time of the row, in the time of the shard
	opens  bool
	events []event
}

// tick lets time pass up to the row.
func (t *taking) tick() {
	s, row := t.State, t.row
	if s.rows > 0 {
		s.clock = max(s.clock, min(s.last, row.Time))
	}
	if s.isOff && s.last > s.clock {
		s.correct(s.keys[s.ahead])
	}
	s.rows++
	s.last, s.ahead, s.isOff = row.Time, "", false
	t.at = max(row.Time, s.clock)
	if s.clock >= s.due {
		t.sweep()
	}
}

// correct takes the time of the last row, which the next one has contradicted, for that of
// the shard.
func (s *State) correct(e *entry) {
	if e == nil {
		return
	}
	for _, at := range []*int64{&e.begun, &e.since, &e.last} {
		if *at == s.last {
			*at = s.clock
		}
	}
	for i := range e.pending {
		e.pending[i].at = min(e.pending[i].at, s.clock)
	}
	s.due = math.MinInt64 // earlier than was thought
}

// sweep closes incidents whose time is up, and forgets alarms that are too old to open one.
func (t *taking) sweep() {
	var up []*entry
	for _, e := range t.keys {
		if t.clock >= e.dueAt(t.rules) {
			up = append(up, e)
		}
	}
	slices.SortFunc(up, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.dueAt(t.rules), b.dueAt(t.rules)), strings.Compare(a.key, b.key))
	})
	for _, e := range up {
		switch {
		case e.isOpen:
			t.expire(e)
		case t.rules.Open.Within > 0:
			if e.prune(t.rules, t.clock); len(e.pending) == 0 {
				delete(t.keys, e.key)
			}
		default:
			delete(t.keys, e.key)
		}
	}
	t.due = math.MaxInt64
	for _, e := range t.keys {
		t.due = min(t.due, e.dueAt(t.rules))
	}
}

// expire closes an incident for the reason of which the time was up first.
func (t *taking) expire(e *entry) {
	rules := &t.rules.Close
	quiet, longest := upAt(e.last, rules.Quiet), upAt(e.since, rules.MaxDuration)
	if quiet <= longest {
		t.close(e, byQuiet, quiet)
		return
	}
	t.close(e, byDuration, longest)
}

// dueAt is when the clock has something to do with the key.
func (e *entry) dueAt(rules *Rules) int64 {
	switch {
	case e.isOpen:
		return min(upAt(e.last, rules.Close.Quiet), upAt(e.since, rules.Close.MaxDuration))
	case len(e.pending) > 0:
		return upAt(e.pending[0].at, rules.Open.Within)
	}
	return upAt(e.last, rules.Close.Quiet)
}

// count counts a row of its key, which is an alarm or is none.
func (s *State) count(t *taking, seed uint64) {
	row := t.row
	e := s.keys[row.Key]
	if e != nil {
		e.counted++
		e.rows++
	}
	if row.Verdict != Alarm {
		if e != nil {
			t.usual(e)
		}
		return
	}
	s.alarms++
	if row.Time > s.clock {
		s.ahead, s.isOff = row.Key, true
	}
	if e != nil && later(e.last, t.at, t.rules.Close.Quiet) && (e.isOpen || t.rules.Open.Lasting > 0) {
		if e.isOpen { // the clock may not have come as far as this row
			e.rows--
			t.close(e, byQuiet, upAt(e.last, t.rules.Close.Quiet))
		} else {
			delete(s.keys, e.key)
		}
		e = nil
	}
	if e == nil {
		e = &entry{record: record{key: row.Key, rows: 1}, counted: 1}
		e.peak.score = math.NaN()
		s.keys[row.Key] = e
	}
	t.alarm(e, t.newAlarm(e, seed))
	t.bound(row.Key)
	if e = s.keys[row.Key]; e != nil {
		s.due = min(s.due, e.dueAt(t.rules))
	}
}

// newAlarm is the row as an alarm of its key.
func (t *taking) newAlarm(e *entry, seed uint64) *alarm {
	row, at := t.row, t.rows
	if row.HasOffset {
		at = uint64(row.Offset)
	}
	score := row.Score
	if math.IsInf(score, 0) {
		score = math.NaN()
	}
	return &alarm{
		row: e.counted, time: row.Time, at: t.at, id: identify(seed, row.Key, row.Time, at), score: score,
		place: place{row.Offset, row.HasOffset}, blame: blameOf(row.Contributions),
	}
}

// alarm takes an alarm of a key.
func (t *taking) alarm(e *entry, a *alarm) {
	rules := &t.rules.Open
	switch {
	case e.isOpen:
		e.add(a)
		e.suppressed++
	case rules.Lasting > 0:
		e.pending = nil // of other rules
		if e.alarms == 0 {
			e.rows = 1
		}
		if e.add(a); later(e.begun, a.at, rules.Lasting) {
			t.openIt(e)
		}
	default:
		// Alarms are forgotten by the clock: a row from the future counts without them,
		// and the next one with them.
		e.prune(t.rules, t.clock)
		e.pending = append(e.pending, *a)
		e.pending = e.pending[max(0, len(e.pending)-rules.Alarms):]
		if len(e.pending) < rules.Alarms || later(e.pending[0].at, a.at, rules.Within) {
			e.last = a.at
			return
		}
		first := e.pending[0].row
		e.record = record{key: e.key, rows: e.counted - first + 1}
		for i := range e.pending {
			e.add(&e.pending[i])
		}
		e.pending = nil
		t.openIt(e)
	}
}

// openIt opens the incident of a key.
func (t *taking) openIt(e *entry) {
	e.isOpen, e.opened, e.since = true, t.row.Time, t.at
	t.opens = true
	t.open++
	t.opened++
	t.events = append(t.events, event{opened: true, record: e.clone()})
}

// usual takes a row that is no alarm of a key with alarms.
func (t *taking) usual(e *entry) {
	switch {
	case e.isOpen:
		if e.quiet++; t.rules.Close.Rows > 0 && e.quiet >= uint64(t.rules.Close.Rows) {
			t.close(e, byRows, t.row.Time)
		}
	case t.rules.Open.Lasting > 0:
		delete(t.keys, e.key)
	default:
		if e.prune(t.rules, t.clock); len(e.pending) == 0 {
			delete(t.keys, e.key)
		}
	}
}

// prune forgets alarms that are too many rows or too much time ago, at a time of the shard,
// to open an incident with the next one.
func (e *entry) prune(rules *Rules, now int64) {
	old := 0
	for old < len(e.pending) {
		a := &e.pending[old]
		tooFar := rules.Open.Rows > 0 && e.counted-a.row >= uint64(rules.Open.Rows)
		if !tooFar && !later(a.at, now, rules.Open.Within) {
			break
		}
		old++
	}
	e.pending = slices.Delete(e.pending, 0, old)
}

// close closes the incident of a key, and forgets the key.
func (t *taking) close(e *entry, why reason, at int64) {
	e.reason, e.closed = why, at
	t.events = append(t.events, event{record: e.clone()})
	t.closed = append(t.closed, e.clone())
	if extra := len(t.closed) - t.rules.Closed; extra > 0 {
		t.closed = slices.Delete(t.closed, 0, extra)
	}
	t.open--
	delete(t.keys, e.key)
}

// bound forgets keys until there are not too many: those without an incident first, those
// whose last alarm is the longest ago first, never the one of now.
func (t *taking) bound(now string) {
	for len(t.keys) > t.rules.MaxKeys {
		var oldest *entry
		for key, e := range t.keys {
			if key != now && (oldest == nil || e.before(oldest)) {
				oldest = e
			}
		}
		if oldest == nil {
			return
		}
		if oldest.isOpen {
			t.close(oldest, byKeys, t.row.Time)
		} else {
			delete(t.keys, oldest.key)
		}
	}
}

// before is the order in which keys are forgotten.
func (e *entry) before(o *entry) bool {
	if e.isOpen != o.isOpen {
		return !e.isOpen
	}
	return cmp.Or(cmp.Compare(e.last, o.last), strings.Compare(e.key, o.key)) < 0
}

// Counts are the numbers of a shard.
type Counts struct {
	// Rows are those of all keys, Alarms those that were alarms, Opened the incidents, and
	// Open those of them that are not closed.
	Rows, Alarms, Opened uint64
	Open                 int
}

// Counts returns the numbers of the shard.
func (s *State) Counts() Counts {
	return Counts{Rows: s.rows, Alarms: s.alarms, Opened: s.opened, Open: s.open}
}

// Incidents returns the incidents of the shard of a component: the open ones by key, then
// those that were closed last, the newest first.
func (s *State) Incidents(name, shard string) []Incident {
	out := []Incident{}
	for _, key := range slices.Sorted(maps.Keys(s.keys)) {
		if e := s.keys[key]; e.isOpen {
			out = append(out, e.tell(name, shard))
		}
	}
	for i := len(s.closed) - 1; i >= 0; i-- {
		out = append(out, s.closed[i].tell(name, shard))
	}
	return out
}
