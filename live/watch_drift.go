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
	Hysteresis drift.Hysteresis
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
	shard *state.Shard[*drift.Course]
	next  time.Time
	rows  int
	seen  DriftLook // the last one
	owes  bool      // an event of this process whose message has been given out
}

// DriftLook is what a watch says at present. Told are the messages, JSON documents, that are to be passed on, mostly none.
type DriftLook struct {
	Status  drift.Status
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
	question, err := explore.Lookup("drift")
	if err != nil {
		return nil, err
	}
	query, err := NewQuery(question, s.Part, s.Arguments)
	if err != nil {
		return nil, err
	}
	return &DriftWatcher{project: p, settings: s, query: query, owner: rand.Uint64() | 1}, nil
}

// Look counts messages, compares the states when it is time, and says what the verdicts come to. The error is that of the question, or of the
// store while ctx lasts.
func (w *DriftWatcher) Look(ctx context.Context, messages int) (*DriftLook, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rows += messages
	if err := w.opened(ctx); err != nil {
		return nil, err
	}
	w.seen.Told = nil
	if w.owes { // what was given out with the batch before has been passed on
		if err := w.settle(ctx); err != nil {
			return nil, err
		}
	}
	now := w.project.home.now()
	slot := int64(0)
	switch {
	case w.settings.Rows > 0:
		if w.rows < w.settings.Rows {
			return w.look(), nil
		}
	case now.Before(w.next):
		return w.look(), nil
	default:
		slot = now.UnixNano() / int64(w.settings.Every)
		w.next = time.Unix(0, (slot+1)*int64(w.settings.Every))
	}
	w.rows = 0
	if err := w.compare(ctx, slot, now); err != nil {
		return nil, err
	}
	return w.look(), nil
}

func (w *DriftWatcher) look() *DriftLook {
	out := w.seen
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
		shard, err := state.OpenShard(ctx, h.store, project.DriftBase(h.base()), w.settings.Name, drift.Codec(), state.ShardOptions{Durable: true})
		if err == nil {
			w.shard = shard
			shard.View(func(c *drift.Course, _ *state.Positions) { w.remember(c) })
		}
		return w.project.outage.waiting(err)
	})
}

// settle stores that the message of an event has been passed on.
func (w *DriftWatcher) settle(ctx context.Context) error {
	err := state.Retry(ctx, func() error {
		return w.project.outage.waiting(errors.Join(w.shard.Change(ctx, func(c *drift.Course) error {
			if c.Owner == w.owner {
				c.Owner = 0
			}
			return nil
		}), w.shard.Store(ctx)))
	})
	if err == nil {
		w.owes = false
	}
	return err
}

// compare makes a verdict and stores it, unless another process has made one for the same interval.
func (w *DriftWatcher) compare(ctx context.Context, slot int64, now time.Time) error {
	answer, err := w.project.Ask(ctx, w.query)
	if err != nil {
		return err
	}
	report, ok := answer.Value.(*drift.Report)
	if !ok {
		return errors.New("drift: the answer is no comparison of two states")
	}
	ready := float64(report.Reference.EffectiveRows) >= w.settings.MinRows && float64(report.Recent.EffectiveRows) >= w.settings.MinRows
	var told []DriftMessage
	err = state.Retry(ctx, func() error {
		var next uint64
		w.shard.View(func(c *drift.Course, _ *state.Positions) { next = c.Count })
		_, err = w.shard.Learn(ctx, 1, []int64{int64(next)}, func(c *drift.Course, fresh []int) error {
			told = nil
			if len(fresh) == 0 {
				return nil // another process has made it
			}
			if w.settings.Rows == 0 && c.Count > 0 && slot <= c.Slot {
				c.Count++ // and it was of this interval
				return nil
			}
			told, err = w.step(c, report, ready, slot, now)
			return err
		})
		return w.project.outage.waiting(err)
	})
	if err != nil {
		return err
	}
	w.shard.View(func(c *drift.Course, _ *state.Positions) { w.remember(c) })
	w.seen.Told = told
	w.tell(report, ready)
	return nil
}

// step takes a verdict into the course. It returns the messages of this process: that of the event, and one before it that another process had
// to tell and has not, because it ended.
func (w *DriftWatcher) step(c *drift.Course, report *drift.Report, ready bool, slot int64, now time.Time) (told []DriftMessage, err error) {
	before := DriftMessage{Event: c.Event, Body: c.Said}
	untold := c.Owner != 0 && c.Owner != w.owner
	event := c.Step(w.settings.Hysteresis, report.Drift, ready, slot, now.UnixNano())
	if untold && (event != "" || now.UnixNano()-c.SaidAt >= int64(w.settings.Patience)) {
		told, c.Owner, c.SaidAt, w.owes = append(told, before), w.owner, now.UnixNano(), true
	}
	if c.Last, err = json.Marshal(driftVerdict{Drifted: report.Drifted}); err != nil {
		return nil, fmt.Errorf("drift: %w", err)
	}
	if event == "" {
		return told, nil
	}
	c.Event = event
	if c.Said, err = json.Marshal(w.message(c, event, report, now)); err != nil {
		return nil, fmt.Errorf("drift: %w", err)
	}
	c.Owner, c.SaidAt, w.owes = w.owner, now.UnixNano(), true
	return append(told, DriftMessage{Event: event, Body: c.Said}), nil
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
func (w *DriftWatcher) message(c *drift.Course, event string, report *drift.Report, now time.Time) driftEvent {
	out := driftEvent{
		Event: event, Project: w.project.home.project, Name: w.settings.Name, Since: c.At(), At: now.UTC(), P: report.P,
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
func (w *DriftWatcher) remember(c *drift.Course) {
	w.seen.Status, w.seen.Since, w.seen.Drifted = c.Status, c.At(), nil
	if c.Status == "" {
		w.seen.Status = drift.WarmingUp
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
	for _, m := range w.seen.Told {
		o.DriftEvent(project, name, m.Event)
	}
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
	if !w.owes {
		return nil
	}
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
