package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/drift"
	"github.com/rpconnect-sml/rpconnect-sml/drift/course"
	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// DriftSettings say how the drift of a project is watched.
type DriftSettings struct {
	// Name tells the watches of a project apart.
	Name string
	// Part is the state that is compared; Arguments are those of the question drift, the reference among them.
	Part      string
	Arguments param.Values
	// Every is how much time lies between two verdicts, over all processes; with Rows a verdict comes after so many messages of this
	// process instead.
	Every time.Duration
	Rows  int
	// MinRows is how many rows each state must have, as effective numbers.
	MinRows    float64
	Hysteresis course.Hysteresis
	// Patience is after how long another process tells of an event that the process which made the verdict has not told: it has ended.
	Patience time.Duration
}

// DriftObserver is told of verdicts. An [Observer] may be one.
type DriftObserver interface {
	// Drift reports a number of a test of an attribute: its p-value, or with the test "effect" the size of the change, with "verdict" 1 or 0.
	Drift(project, name, attribute, test string, value float64)
	// DriftEvent counts that a drift has begun or ended.
	DriftEvent(project, name, event string)
}

// DriftWatcher compares two states of a project again and again. It is safe for concurrent use.
// mu guards what follows it: one comparison at a time.
type DriftWatcher struct {
	project  *Project
	settings DriftSettings
	query    *Query
	owner    uint64

	mu    sync.Mutex
	shard *state.Shard[*course.Course]
	last  time.Time // of the last comparison of this process
	rows  int
	seen  DriftLook // the last one, without messages
	given int64     // the time of the events whose messages have been given out; 0 for none
	said  time.Time // when a failure was logged last
}

// DriftLook is what a watch says at present. Told are the messages, JSON documents, that are to be passed on, mostly none.
type DriftLook struct {
	Status  course.Status
	Since   time.Time
	Drifted []string
	Told    []DriftMessage
}

// DriftMessage tells that a drift has begun or ended.
type DriftMessage struct {
	Event string
	Body  []byte
}

// NewDriftWatcher returns a watch of a project; settings out of range are an error that names the field.
func NewDriftWatcher(p *Project, s DriftSettings) (*DriftWatcher, error) {
	switch {
	case s.Name == "":
		return nil, errors.New("name is empty")
	case len(s.Name) > 100 || strings.ContainsAny(s.Name, "/@"):
		return nil, fmt.Errorf("name is %.120q, want 1 to 100 bytes without / and @", s.Name)
	case s.Rows < 0:
		return nil, fmt.Errorf("rows is %d, want 0 or more", s.Rows)
	case s.Rows == 0 && s.Every < time.Millisecond:
		return nil, fmt.Errorf("every is %v, less than 1ms", s.Every)
	case s.Hysteresis.Begin < 1 || s.Hysteresis.End < 1:
		return nil, fmt.Errorf("begin_after is %d and end_after %d, want at least 1 each", s.Hysteresis.Begin, s.Hysteresis.End)
	case !(s.MinRows >= 2):
		return nil, fmt.Errorf("min_rows is %v, want at least 2", s.MinRows)
	}
	reference, _ := s.Arguments["reference"].(string)
	if err := checkStates(s.Part, reference); err != nil {
		return nil, err
	}
	question, err := explore.Lookup("drift")
	if err != nil {
		return nil, err
	}
	query, err := NewQuery(question, s.Part, s.Arguments)
	if err != nil {
		return nil, err
	}
	w := &DriftWatcher{project: p, settings: s, query: query, owner: rand.Uint64() | 1}
	if other, taken := p.asked.watches.LoadOrStore(s.Name, w); taken && fmt.Sprint(other.(*DriftWatcher).settings) != fmt.Sprint(s) {
		return nil, fmt.Errorf("name: %q is that of another sml_drift of project %q in this process, which has other settings: give each a name of its own", s.Name, p.home.project)
	}
	return w, nil
}

// Look counts messages, compares the states when it is time, and says what the verdicts come to. A comparison that fails is told by the status, and
// in the log. The error is that of the store while ctx lasts.
func (w *DriftWatcher) Look(ctx context.Context, messages int) (*DriftLook, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rows += messages
	if err := w.opened(ctx); err != nil {
		return nil, err
	}
	if err := w.settle(ctx); err != nil {
		return nil, err
	}
	now := w.project.home.now()
	if !w.due(now) {
		return w.look(), nil
	}
	if err := w.compare(ctx, now); err != nil {
		return nil, err
	}
	w.rows, w.last = 0, now
	return w.look(), nil
}

// due reports whether it is time for a verdict. A clock that has been set back counts from then on.
func (w *DriftWatcher) due(now time.Time) bool {
	if w.settings.Rows > 0 {
		return w.rows >= w.settings.Rows
	}
	return w.last.IsZero() || now.Before(w.last) || slotOf(now.UnixNano(), w.settings.Every) > slotOf(w.last.UnixNano(), w.settings.Every)
}

// slotOf is the number of the interval of a time.
func slotOf(t int64, every time.Duration) int64 { return t / int64(every) }

// look returns what the watch says, with the messages that this process has to tell. They count as told when it looks again.
func (w *DriftWatcher) look() *DriftLook {
	out := w.seen
	w.shard.View(func(c *course.Course, _ *state.Positions) {
		if c.Owner != w.owner {
			return
		}
		w.given = c.SaidAt
		for _, t := range c.Untold {
			out.Told = append(out.Told, DriftMessage(t))
		}
	})
	return &out
}

// opened opens what is stored of the watch at first use.
func (w *DriftWatcher) opened(ctx context.Context) error {
	if w.shard != nil {
		return nil
	}
	h := w.project.home
	if err := h.start(ctx); err != nil {
		return err
	}
	return state.Retry(ctx, func() error {
		shard, err := state.OpenShard(ctx, h.store, project.DriftBase(h.base()), w.settings.Name, course.Codec(), state.ShardOptions{Durable: true})
		if err == nil {
			w.shard = shard
			shard.View(func(c *course.Course, _ *state.Positions) { w.remember(c) })
		}
		return w.project.outage.waiting(err)
	})
}

// settle stores that what has been given out with the batch before has been passed on.
func (w *DriftWatcher) settle(ctx context.Context) error {
	if w.given == 0 {
		return nil
	}
	err := state.Retry(ctx, func() error {
		return w.project.outage.waiting(errors.Join(w.shard.Change(ctx, func(c *course.Course) error {
			if c.Owner == w.owner && c.SaidAt == w.given {
				c.Owner, c.Untold = 0, nil
			}
			return nil
		}), w.shard.Store(ctx)))
	})
	if err == nil {
		w.given = 0
	}
	return err
}

// compare makes a verdict and stores it, unless another process has made one for the same interval.
func (w *DriftWatcher) compare(ctx context.Context, now time.Time) error {
	report, ready, err := w.report(ctx)
	if err != nil || report == nil && !ready {
		return err
	}
	err = state.Retry(ctx, func() error {
		var next uint64
		w.shard.View(func(c *course.Course, _ *state.Positions) { next = c.Count })
		_, err := w.shard.Learn(ctx, 1, []int64{int64(next)}, func(c *course.Course, fresh []int) error {
			if len(fresh) == 0 {
				return nil // another process has made it
			}
			if w.made(c, now.UnixNano()) {
				c.Count++ // and it was of this interval
				return nil
			}
			return w.step(c, report, ready, now)
		})
		return w.project.outage.waiting(err)
	})
	if err != nil {
		return err
	}
	w.shard.View(func(c *course.Course, _ *state.Positions) { w.remember(c) })
	w.tell(report, ready)
	return nil
}

// made reports whether the verdict of the interval of now has been made. A time that is well ahead of the clock is that of a clock that was wrong.
func (w *DriftWatcher) made(c *course.Course, now int64) bool {
	every := w.settings.Every
	return w.settings.Rows == 0 && c.Count > 0 && slotOf(c.At, every) >= slotOf(now, every) && c.At <= now+int64(max(every, time.Minute))
}

// report compares the states. It is nil where that failed, which is said, and not ready where there is too little to compare.
func (w *DriftWatcher) report(ctx context.Context) (report *drift.Report, ready bool, err error) {
	answer, err := w.project.Ask(ctx, w.query)
	if err == nil {
		report, _ = answer.Value.(*drift.Report)
	}
	switch {
	case report != nil:
		least := w.settings.MinRows
		return report, float64(report.Reference.EffectiveRows) >= least && float64(report.Recent.EffectiveRows) >= least, nil
	case ctx.Err() != nil:
		return nil, false, ctx.Err()
	case errors.Is(err, errTooFewSteps):
		return &drift.Report{}, false, nil
	}
	w.seen.Status, w.seen.Drifted = DriftFailed, nil
	if now := w.project.home.now(); w.said.IsZero() || now.Sub(w.said) >= time.Minute || now.Before(w.said) {
		w.said = now
		w.project.home.warn("sml_drift %q has no verdict, and says so once a minute: %v", w.settings.Name, err)
	}
	if o, ok := w.project.home.observer.(DriftObserver); ok {
		o.DriftEvent(w.project.home.project, w.settings.Name, string(DriftFailed))
	}
	return nil, false, nil
}

// DriftFailed is the status of a watch whose last comparison failed.
const DriftFailed course.Status = "failed"

// step takes a verdict into the course. What another process had to tell and has not, because it ended, is told by this one.
func (w *DriftWatcher) step(c *course.Course, report *drift.Report, ready bool, now time.Time) (err error) {
	if c.Owner != 0 && c.Owner != w.owner && now.UnixNano()-c.SaidAt >= int64(w.settings.Patience) {
		c.Owner, c.SaidAt = w.owner, now.UnixNano()
	}
	mark := report.Mark()
	if ready && c.Mark == mark && c.Count > 0 {
		c.Count, c.At = c.Count+1, now.UnixNano() // the same states once more, as when messages are delivered again
		return nil
	}
	c.Mark = mark
	event := c.Step(w.settings.Hysteresis, report.Drift, ready, now.UnixNano())
	if c.Last, err = json.Marshal(driftVerdict{Drifted: report.Drifted}); err != nil {
		return fmt.Errorf("drift: %w", err)
	}
	if event == "" {
		return nil
	}
	body, err := json.Marshal(w.message(c, event, report, now))
	if err != nil {
		return fmt.Errorf("drift: %w", err)
	}
	c.Tell(w.owner, now.UnixNano(), course.Told{Event: event, Body: body})
	return nil
}

// driftVerdict is what is stored of the last verdict.
type driftVerdict struct {
	Drifted []string `json:"drifted"`
}

// driftEvent is the message that tells of an event. Attributes are those that have changed.
type driftEvent struct {
	Event      string            `json:"event"`
	Project    string            `json:"project"`
	Name       string            `json:"name"`
	ID         string            `json:"id"`
	Since      time.Time         `json:"since"`
	At         time.Time         `json:"at"`
	P          drift.Number      `json:"p"`
	Drifted    []string          `json:"drifted"`
	Reference  drift.States      `json:"reference"`
	Recent     drift.States      `json:"recent"`
	Attributes []drift.Attribute `json:"attributes"`
}

// message is that of an event. Its identity is the same for the beginning and the end of a drift.
func (w *DriftWatcher) message(c *course.Course, event string, report *drift.Report, now time.Time) driftEvent {
	out := driftEvent{
		Event: event, Project: w.project.home.project, Name: w.settings.Name, Since: c.SinceTime(), At: now.UTC(), P: report.P,
		Drifted: report.Drifted, Reference: report.Reference, Recent: report.Recent, Attributes: []drift.Attribute{},
	}
	out.ID = fmt.Sprintf("%s/%s/%s", out.Project, out.Name, time.Unix(0, c.Begun).UTC().Format("20060102T150405.000Z"))
	for i := range report.Attributes {
		if report.Attributes[i].Drift {
			out.Attributes = append(out.Attributes, report.Attributes[i])
		}
	}
	return out
}

// remember takes over what is stored.
func (w *DriftWatcher) remember(c *course.Course) {
	w.seen.Status, w.seen.Since, w.seen.Drifted = c.Status, c.SinceTime(), nil
	if c.Status == "" {
		w.seen.Status = course.WarmingUp
	}
	var last driftVerdict
	if json.Unmarshal(c.Last, &last) == nil {
		w.seen.Drifted = last.Drifted
	}
}

// tell passes the numbers of a verdict on to the observer.
func (w *DriftWatcher) tell(report *drift.Report, ready bool) {
	o, ok := w.project.home.observer.(DriftObserver)
	if !ok {
		return
	}
	name, project := w.settings.Name, w.project.home.project
	w.shard.View(func(c *course.Course, _ *state.Positions) {
		for i := range c.Untold {
			if c.Owner == w.owner {
				o.DriftEvent(project, name, c.Untold[i].Event)
			}
		}
	})
	if !ready {
		return
	}
	for i := range report.Attributes {
		a := &report.Attributes[i]
		verdict := 0.0
		if a.Drift {
			verdict = 1
		}
		o.Drift(project, name, a.Attribute, "verdict", verdict)
		o.Drift(project, name, a.Attribute, "effect", float64(a.Effect))
		for _, t := range a.Tests {
			if p := float64(t.P); p == p {
				o.Drift(project, name, a.Attribute, t.Test, p)
			}
		}
	}
}

// Close writes what has been passed on since.
func (w *DriftWatcher) Close(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.project.asked.watches.CompareAndDelete(w.settings.Name, w)
	return w.settle(ctx)
}

// DriftParameters are the arguments of the question drift.
func DriftParameters() []param.Parameter {
	question, err := explore.Lookup("drift")
	if err != nil {
		return nil
	}
	return question.Parameters
}
