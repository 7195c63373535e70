package incident

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// model sees each row once and keeps all of them. It works every row out by looking through
// the whole history of its key, and shares nothing with State but the words of its answers.
type model struct {
	rules  Rules
	rows   []Row
	clocks []int64 // of the shard, as of each row
	lives  map[string]*life
}

// life is the rows of a key since it was last forgotten.
type life struct {
	key    string
	rows   []int // that are alarms or not
	isOpen bool
	start  int // index in rows of the first alarm of an open incident
	opener int // the row that opened it
}

// modelAnswer is what a row gets.
type modelAnswer struct {
	open       int // row of the first alarm of the open incident, -1 for none
	suppressed bool
	events     []modelEvent
}

// modelEvent is an incident that a row opens or closes.
type modelEvent struct {
	opened                   bool
	key                      string
	first                    int
	reason                   string
	closed                   int64
	rows, alarms, suppressed int
	peak                     float64
	peakRow                  int
	blame                    map[string]float64
}

// at is the time of row i in the time of the shard, as of row now.
func (m *model) at(i, now int) int64 {
	if i == now {
		return max(m.rows[i].Time, m.clocks[i])
	}
	return max(m.clocks[i], min(m.rows[i].Time, m.clocks[i+1]))
}

func (m *model) isAlarm(i int) bool { return m.rows[i].Verdict == Alarm }

// lastAlarm is the row of the last alarm of a key before a row, -1 for none.
func (m *model) lastAlarm(l *life, before int) int {
	for _, i := range slices.Backward(l.rows) {
		if i < before && m.isAlarm(i) {
			return i
		}
	}
	return -1
}

// tell is the incident of a key as of row now, which may be counted or not.
func (m *model) tell(l *life, upTo int) modelEvent {
	e := modelEvent{key: l.key, first: l.rows[l.start], peak: math.NaN(), peakRow: -1, blame: map[string]float64{}}
	for _, i := range l.rows[l.start:] {
		if i > upTo {
			break
		}
		e.rows++
		if !m.isAlarm(i) {
			continue
		}
		e.alarms++
		if i > l.opener {
			e.suppressed++
		}
		if x := m.rows[i].Score; !math.IsNaN(x) && (math.IsNaN(e.peak) || x > e.peak) {
			e.peak, e.peakRow = x, i
		}
		for name, x := range m.rows[i].Contributions {
			e.blame[name] += x
		}
	}
	return e
}

// take works out what the next row gets.
func (m *model) take(row Row) modelAnswer {
	now := len(m.rows)
	m.rows = append(m.rows, row)
	clock := int64(math.MinInt64)
	if now > 0 {
		clock = max(m.clocks[now-1], min(m.rows[now-1].Time, row.Time))
	}
	m.clocks = append(m.clocks, clock)
	out := modelAnswer{open: -1, events: m.timeUp(now)}
	if row.Verdict != Unsaid {
		m.count(now, &out)
	}
	if l := m.lives[row.Key]; l != nil && l.isOpen {
		out.open = l.rows[l.start]
	}
	opens := slices.ContainsFunc(out.events, func(e modelEvent) bool { return e.opened })
	out.suppressed = row.Verdict == Alarm && !opens
	return out
}

// timeUp closes what the clock of row now closes.
func (m *model) timeUp(now int) (out []modelEvent) {
	type up struct {
		event modelEvent
		due   int64
	}
	var all []up
	clock := m.clocks[now]
	for key, l := range m.lives {
		last := m.lastAlarm(l, now)
		quiet, longest := int64(math.MaxInt64), int64(math.MaxInt64)
		if d := m.rules.Close.Quiet; d > 0 && last >= 0 {
			quiet = m.at(last, now) + int64(d)
		}
		if d := m.rules.Close.MaxDuration; d > 0 && l.isOpen {
			longest = m.at(l.opener, now) + int64(d)
		}
		if min(quiet, longest) > clock {
			continue
		}
		if l.isOpen {
			e := m.tell(l, now-1)
			e.reason, e.closed = "quiet", quiet
			if longest < quiet {
				e.reason, e.closed = "max_duration", longest
			}
			all = append(all, up{e, min(quiet, longest)})
			delete(m.lives, key)
		} else if m.rules.Open.Lasting > 0 {
			delete(m.lives, key)
		}
	}
	slices.SortFunc(all, func(a, b up) int { return cmp.Or(cmp.Compare(a.due, b.due), strings.Compare(a.event.key, b.event.key)) })
	for _, u := range all {
		out = append(out, u.event)
	}
	return out
}

// count counts row now of its key.
func (m *model) count(now int, out *modelAnswer) {
	row := m.rows[now]
	l := m.lives[row.Key]
	if l != nil && row.Verdict == Alarm && (l.isOpen || m.rules.Open.Lasting > 0) {
		last := m.lastAlarm(l, now)
		if d := m.rules.Close.Quiet; d > 0 && last >= 0 && m.at(now, now)-m.at(last, now) >= int64(d) {
			if l.isOpen {
				e := m.tell(l, now)
				e.reason, e.closed = "quiet", m.at(last, now)+int64(d)
				out.events = append(out.events, e)
			}
			delete(m.lives, row.Key)
			l = nil
		}
	}
	if l == nil {
		l = &life{key: row.Key}
		m.lives[row.Key] = l
	}
	l.rows = append(l.rows, now)
	switch {
	case l.isOpen && row.Verdict == Usual:
		usual := 0
		for _, i := range slices.Backward(l.rows) {
			if m.isAlarm(i) {
				break
			}
			usual++
		}
		if d := m.rules.Close.Rows; d > 0 && usual >= d {
			e := m.tell(l, now)
			e.reason, e.closed = "rows", row.Time
			out.events = append(out.events, e)
			delete(m.lives, row.Key)
		}
	case !l.isOpen && row.Verdict == Alarm:
		m.open(l, now, out)
	case !l.isOpen && m.rules.Open.Lasting > 0:
		delete(m.lives, row.Key)
	}
}

// open opens the incident of a key with row now, where the rules say so.
func (m *model) open(l *life, now int, out *modelAnswer) {
	open := m.rules.Open
	start := -1
	if open.Lasting > 0 {
		run := len(l.rows)
		for run > 0 && m.isAlarm(l.rows[run-1]) {
			run--
		}
		if m.at(now, now)-m.at(l.rows[run], now) >= int64(open.Lasting) {
			start = run
		}
	} else {
		alarms := 0
		for k, i := range slices.Backward(l.rows) {
			if open.Rows > 0 && len(l.rows)-k > open.Rows {
				break
			}
			if !m.isAlarm(i) {
				continue
			}
			if open.Within > 0 && m.at(now, now)-m.at(i, now) >= int64(open.Within) {
				break
			}
			if alarms++; alarms == open.Alarms {
				start = k
				break
			}
		}
	}
	if start < 0 {
		return
	}
	l.isOpen, l.start, l.opener = true, start, now
	e := m.tell(l, now)
	e.opened = true
	out.events = append(out.events, e)
}

// drawRules draws rules.
func drawRules(draw func(n int) int) Rules {
	r := Rules{MaxKeys: mostKeys, Replay: 5, Closed: 7, Open: Opening{Alarms: 1}}
	switch draw(4) {
	case 0:
		r.Open.Alarms = 2 + draw(3)
		r.Open.Rows = r.Open.Alarms + draw(5)
	case 1:
		r.Open.Alarms, r.Open.Within = 2+draw(3), time.Duration(1+draw(20))
	case 2:
		r.Open.Lasting = time.Duration(1 + draw(10))
	}
	if draw(2) == 0 {
		r.Close.Rows = 1 + draw(6)
	}
	if r.Close.Rows == 0 || draw(2) == 0 {
		r.Close.Quiet = time.Duration(1 + draw(25))
	}
	if draw(3) == 0 {
		r.Close.MaxDuration = time.Duration(1 + draw(40))
	}
	return r
}

// drawRow draws the row after one of a time: mostly a little later, sometimes late, and
// seldom from far ahead.
func drawRow(draw func(n int) int, now *int64, offset int64) Row {
	row := Row{Key: string(rune('a' + draw(3))), Offset: offset, HasOffset: true, Score: math.NaN()}
	*now += int64(draw(4))
	switch row.Time = *now; draw(12) {
	case 0:
		row.Time -= int64(draw(15))
	case 1:
		row.Time += int64(draw(200))
	case 2:
		*now += int64(draw(30))
	}
	switch draw(7) {
	case 0:
	case 1, 2, 3:
		row.Verdict = Alarm
		if draw(4) > 0 {
			row.Score = float64(draw(9))
		}
		row.Contributions = map[string]float64{string(rune('p' + draw(3))): float64(draw(8)) - 2, "t": float64(draw(3))}
	default:
		row.Verdict = Usual
	}
	return row
}
