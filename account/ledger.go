package account

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// DefaultInterval is how much time passes between two lines about a reason unless
// the settings say otherwise.
const DefaultInterval = time.Minute

// Settings say how a ledger tells of what it counts.
type Settings struct {
	// Component is whose rows are counted: the path of a component in its
	// configuration, with its label.
	Component string
	// Interval is the time between two lines about a reason; 0 means
	// DefaultInterval.
	Interval time.Duration
	// HideValues leaves the values of rows out of the lines.
	HideValues bool
	// Log writes one line. It is called under no lock, and concurrently.
	Log func(line string)
}

// Example is one row of those that were left out.
type Example struct {
	// Field and Value are what the row was left out for. Both are empty where Err
	// is a Fault, which says them.
	Field, Value string
	// Err is why.
	Err error
}

// Ledger counts rows that were delivered and do not count, by subject and reason,
// and tells of them: of the first at once, of those after it once an interval.
// It is safe for concurrent use. mu guards everything below it.
type Ledger struct {
	settings Settings

	mu     sync.Mutex
	kinds  map[kind]*entry
	closed bool
}

// noted is the verb of Note.
const noted = "noted"

// kind is what one line is about.
type kind struct{ verb, subject, reason string }

// entry is the rows of a kind.
type entry struct {
	untold  int
	total   int
	told    time.Time // zero before the first line
	example Example   // of the first row that is untold, or the newest where it is noted
	timer   *time.Timer
}

// maxKinds bounds the memory of a ledger. What comes beyond it is counted by reason
// alone; reasons are a few.
const maxKinds = 1000

// NewLedger returns an empty ledger.
func NewLedger(settings Settings) *Ledger {
	if settings.Interval <= 0 {
		settings.Interval = DefaultInterval
	}
	return &Ledger{settings: settings, kinds: map[kind]*entry{}}
}

// Count takes rows of a subject, such as a project, that were left out for a
// reason, and one of them as an example.
func (l *Ledger) Count(subject, reason string, rows int, example Example) {
	l.count(kind{"left out", subject, reason}, rows, example)
}

// Note is Count for rows that are only worth a word: the account has them for another
// reason, or not at all. The example of a line is its newest row, as what is noted may
// change with time, such as what a model waits for.
func (l *Ledger) Note(subject, reason string, rows int, example Example) {
	l.count(kind{noted, subject, reason}, rows, example)
}

func (l *Ledger) count(k kind, rows int, example Example) {
	if rows <= 0 {
		return
	}
	if line := l.add(k, rows, example); line != "" {
		l.settings.Log(line)
	}
}

// add counts and returns the line that is due, if any. Where none is, one will be
// written when the interval has passed.
func (l *Ledger) add(k kind, rows int, example Example) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.kinds[k]
	if e == nil {
		if len(l.kinds) >= maxKinds {
			if k.subject = ""; l.kinds[k] != nil {
				return l.addTo(k, l.kinds[k], rows, example)
			}
		}
		e = &entry{}
		l.kinds[k] = e
	}
	return l.addTo(k, e, rows, example)
}

func (l *Ledger) addTo(k kind, e *entry, rows int, example Example) string {
	if e.untold == 0 || k.verb == noted {
		e.example = example
	}
	e.untold += rows
	e.total += rows
	wait := l.settings.Interval - time.Since(e.told)
	if e.told.IsZero() || wait <= 0 || l.closed {
		return l.take(k, e)
	}
	if e.timer == nil {
		e.timer = time.AfterFunc(wait, func() { l.due(k, e) })
	}
	return ""
}

// due tells of a kind whose interval has passed.
func (l *Ledger) due(k kind, e *entry) {
	l.mu.Lock()
	line := l.take(k, e)
	l.mu.Unlock()
	if line != "" {
		l.settings.Log(line)
	}
}

// take returns the line about what is untold, none where everything is told; the
// lock is held.
func (l *Ledger) take(k kind, e *entry) string {
	if e.timer != nil {
		e.timer.Stop()
		e.timer = nil
	}
	if e.untold == 0 {
		return ""
	}
	var b strings.Builder
	if l.settings.Component != "" {
		b.WriteString(l.settings.Component + ": ")
	}
	if k.subject != "" {
		b.WriteString(k.subject + ": ")
	}
	fmt.Fprintf(&b, "%s %d rows, reason %s (%d since the start)", k.verb, e.untold, k.reason, e.total)
	if text := e.example.text(l.settings.HideValues); text != "" {
		b.WriteString("; for example " + text)
	}
	e.untold, e.told = 0, time.Now()
	return b.String()
}

// maxExample bounds an example in bytes.
const maxExample = 300

// text returns the example as it stands in a line, without values where they are to
// be left out.
func (e *Example) text(hide bool) string {
	var parts []string
	if e.Field != "" {
		parts = append(parts, e.Field)
	}
	if e.Value != "" {
		if hide {
			parts = append(parts, hidden)
		} else {
			parts = append(parts, quote(e.Value))
		}
	}
	switch {
	case e.Err == nil:
	case hide:
		parts = append(parts, safe(e.Err))
	default:
		parts = append(parts, e.Err.Error())
	}
	return Shorten(oneLine(strings.Join(parts, ": ")), maxExample)
}

// oneLine makes one line of a text that may have several, as joined errors do.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Flush tells of everything that is untold.
func (l *Ledger) Flush() {
	l.mu.Lock()
	var lines []string
	for k, e := range l.kinds {
		if line := l.take(k, e); line != "" {
			lines = append(lines, line)
		}
	}
	l.mu.Unlock()
	for _, line := range lines {
		l.settings.Log(line)
	}
}

// Close is Flush for the last time: what is counted afterwards is told at once.
func (l *Ledger) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.Flush()
}
