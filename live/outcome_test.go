package live_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/account"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// accountant is an observer that counts rows that do not count.
type accountant struct {
	silent
	mu       sync.Mutex
	left     map[live.Outcome]int
	examples map[live.Outcome]account.Example
}

func (*accountant) Delivered(string, int)                            {}
func (*accountant) Done(string, int)                                 {}
func (*accountant) Noted(string, live.Outcome, int, account.Example) {}
func (*accountant) Closed()                                          {}

func (a *accountant) LeftOut(_ string, reason live.Outcome, rows int, example account.Example) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.left == nil {
		a.left, a.examples = map[live.Outcome]int{}, map[live.Outcome]account.Example{}
	}
	a.left[reason] += rows
	a.examples[reason] = example
}

// leftOutCases are rows by their times, and which of them do not count.
var leftOutCases = []struct {
	name        string
	composition project.Composition
	times       []time.Duration // relative to the clock
	refused     []int
	ahead, late int
	rows        float64 // NaN for any
}{
	{
		name: "a year ahead, window", composition: project.Composition{}.With(project.Window{Period: time.Hour, Tiles: 12}),
		times: []time.Duration{-3 * time.Minute, -2 * time.Minute, 365 * 24 * time.Hour, -time.Minute}, refused: []int{2}, ahead: 1, rows: 3,
	},
	{
		name: "50 minutes ahead, decay", composition: project.Composition{}.With(project.Decay{HalfLife: 1000 * time.Hour}),
		times: []time.Duration{-2 * time.Second, 50 * time.Minute, 0, 30 * time.Second}, refused: []int{1}, ahead: 1, rows: 3,
	},
	{
		name: "a tolerance of an hour", composition: project.Composition{}.With(project.Decay{HalfLife: 1e6 * time.Hour, Ahead: time.Hour}),
		times: []time.Duration{0, 50 * time.Minute, 70 * time.Minute}, refused: []int{2}, ahead: 1, rows: 2,
	},
	{
		name: "late", composition: project.Composition{}.With(project.Window{Period: time.Hour, Tiles: 12}),
		times: []time.Duration{-time.Minute, 0, -3 * time.Hour, -4 * time.Hour}, late: 2, rows: 2,
	},
	{name: "no times needed", times: []time.Duration{0, 365 * 24 * time.Hour}, rows: 2},
}

// TestRowsThatDoNotCount: a row whose time is too far ahead of the clock is
// refused by itself, and one that is too late for a window is counted, each with an
// example.
func TestRowsThatDoNotCount(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	at := func(d time.Duration) int64 { return now.Add(d).UnixNano() }
	for _, c := range leftOutCases {
		t.Run(c.name, func(t *testing.T) {
			s := settings(false)
			s.Learn.Composition = c.composition
			observer := &accountant{}
			h, err := live.NewTable().Open(new(live.Scope), s, state.NewMemory(), "root", observer)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = h.Close(context.Background()) }()
			var messages []live.Message
			for i, d := range c.times {
				messages = append(messages, live.Message{Data: []byte(fmt.Sprintf(`{"x":%d}`, i)), Shard: "s", Offset: int64(i), HasOffset: true, Time: at(d)})
			}
			if err := h.Project().Learn(context.Background(), messages); err != nil {
				t.Fatal(err)
			}
			refused := []int{}
			for i := range messages {
				if err := messages[i].Err; err != nil {
					refused = append(refused, i)
					if !errors.Is(err, live.ErrAhead) || !strings.Contains(err.Error(), time.Unix(0, messages[i].Time).UTC().Format(time.RFC3339)[:10]) {
						t.Errorf("row %d: %v", i, err)
					}
				}
			}
			if fmt.Sprint(refused) != fmt.Sprint(append([]int{}, c.refused...)) {
				t.Errorf("rows %v were refused, want %v", refused, c.refused)
			}
			if observer.left[live.ReasonAhead] != c.ahead || observer.left[live.ReasonLate] != c.late {
				t.Errorf("left out: %v, want %d ahead and %d late", observer.left, c.ahead, c.late)
			}
			for reason, example := range observer.examples {
				if example.Err == nil {
					t.Errorf("the example of %s does not say why", reason)
				}
			}
			summary, err := h.Project().Summary(context.Background(), "")
			if err != nil {
				t.Fatal(err)
			}
			if got := summary.Weight(); !(got > c.rows-0.01 && got <= c.rows) {
				t.Errorf("weight %v, want %v", got, c.rows)
			}
		})
	}
}
