package live_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

// switched is a process that scores rows and then learns them, whose component is told at
// some times to evaluate and at others not to.
type switched struct {
	t      *testing.T
	store  state.Store
	random *rand.Rand
	d      *delivery

	behind bool // rows are learned before they are scored
	always bool // all components evaluate

	handle *live.Handle
	scorer *live.Scorer
	on     bool
	ctx    context.Context // ends when it crashes

	// By partition and row: whether it is known how often it counts, how often, and
	// whether it may count though it was learned while nothing was evaluated.
	decided, counts, perhaps [2][]bool
}

func newSwitched(t *testing.T, seed uint64) *switched {
	s := &switched{t: t, store: state.NewMemory(), random: rand.New(rand.NewPCG(seed, 64)), d: newReplayed(seed, 120)}
	warm(t, s.store, replaySettings(true))
	for partition, all := range s.d.messages {
		s.decided[partition], s.counts[partition], s.perhaps[partition] = make([]bool, len(all)), make([]bool, len(all)), make([]bool, len(all))
	}
	return s
}

// start begins a process, which crashes after some operations where left is not negative.
func (s *switched) start(left int) {
	ctx, crash := context.WithCancel(context.Background())
	s.t.Cleanup(crash)
	s.ctx = ctx
	s.handle, _ = open(s.t, statetest.NewUnreliable(s.store, s.random.Uint64(), 0, left, crash), replaySettings(true))
	s.turn()
}

// turn lets another component score from now on, as when its settings are changed.
func (s *switched) turn() {
	s.on = s.always || s.random.IntN(2) == 0
	settings := live.ScorerSettings{Model: "line"}
	if s.on {
		settings.Evaluate = &evaluation.RunningOptions{}
	}
	var err error
	if s.scorer, err = s.handle.Project().NewScorer(settings); err != nil {
		s.t.Fatal(err)
	}
}

// take scores and then learns a batch, or first learns it.
func (s *switched) take(batch []live.Message) error {
	if s.behind {
		if err := s.handle.Project().Learn(s.ctx, append([]live.Message(nil), batch...)); err != nil {
			return err
		}
	}
	results, err := s.scorer.Score(s.ctx, append([]live.Message(nil), batch...))
	if err != nil {
		return err
	}
	s.scorer.Release(results)
	if s.behind {
		return nil
	}
	return s.handle.Project().Learn(s.ctx, append([]live.Message(nil), batch...))
}

// judge notes what is to be expected of the rows of a batch that was taken, or not.
func (s *switched) judge(batch []live.Message, taken bool) {
	for i := range batch {
		m := &batch[i]
		var partition int
		fmt.Sscanf(m.Shard, "t/%d", &partition)
		if s.decided[partition][m.Offset] {
			continue
		}
		learned := taken
		if !taken {
			had, err := state.ReadHad(context.Background(), s.store, project.Base("sml", "p"), m.Shard)
			if err != nil {
				s.t.Fatal(err)
			}
			learned = had.Contains("", m.Offset)
		}
		switch {
		case learned && s.on:
			s.decided[partition][m.Offset], s.counts[partition][m.Offset], s.perhaps[partition][m.Offset] = true, true, false
		case learned:
			s.decided[partition][m.Offset] = true
		case s.on: // its score may be stored
			s.perhaps[partition][m.Offset] = true
		}
	}
}

// TestEvaluationThatBeginsLater draws histories in which evaluation is switched on and off,
// by other processes and in one that goes on, with messages that are delivered again and
// crashes at any operation. A row counts once where it was learned while evaluation was on,
// and never where it was off: then what is predicted of it is no test.
func TestEvaluationThatBeginsLater(t *testing.T) {
	later := 0
	for seed := range drawn.Seeds(24) {
		s := newSwitched(t, seed)
		crashes := 0
		start := func() {
			left := -1
			if crashes++; seed%2 == 0 && crashes < 8 {
				left = 40 + s.random.IntN(250)
			}
			s.start(left)
		}
		for start(); !s.d.done(); {
			batch, until := s.d.next()
			err := s.take(batch)
			if err != nil && s.ctx.Err() == nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			s.judge(batch, err == nil)
			if err == nil {
				s.d.acked = until
			}
			switch kind := s.random.IntN(6); {
			case err != nil:
				start()
			case kind == 0:
				s.turn()
			case kind == 1:
				if err := s.handle.Close(s.ctx); err != nil && !errors.Is(err, context.Canceled) && s.ctx.Err() == nil {
					t.Fatal(err)
				}
				start()
				later++
			}
			if s.random.IntN(5) == 0 { // all is delivered once more
				s.d.acked = [2]int{}
			}
		}
		_ = s.handle.Close(s.ctx) // one that crashes meanwhile has stored what is acknowledged
		s.requireCounts(seed)
	}
	if later == 0 {
		t.Error("no process was followed by another one")
	}
}

// requireCounts compares how many rows are evaluated with what is to be expected.
func (s *switched) requireCounts(seed uint64) {
	least, most := 0.0, 0.0
	for partition := range s.counts {
		for i, counts := range s.counts[partition] {
			if counts {
				least++
			}
			if counts || s.perhaps[partition][i] {
				most++
			}
		}
	}
	h, _ := open(s.t, s.store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
	defer func() { _ = h.Close(context.Background()) }()
	report, err := h.Project().Scores().Evaluation(context.Background(), "line")
	if err != nil {
		s.t.Fatal(err)
	}
	got := 0.0
	if report != nil {
		got = report.Numbers.Rows
	}
	if got < least || got > most {
		s.t.Errorf("seed %d: %v rows are evaluated, want %v to %v", seed, got, least, most)
	}
}

// TestEvaluationBehindLearning: rows are learned before they are scored, all of them while
// evaluation is on. Each counts once, whoever goes on from where.
func TestEvaluationBehindLearning(t *testing.T) {
	for seed := range drawn.Seeds(6) {
		s := newSwitched(t, seed)
		s.behind, s.always = true, true
		for s.start(-1); !s.d.done(); {
			batch, until := s.d.next()
			if err := s.take(batch); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			s.judge(batch, true)
			s.d.acked = until
			switch s.random.IntN(4) {
			case 0:
				s.turn()
			case 1:
				if err := s.handle.Close(s.ctx); err != nil {
					t.Fatal(err)
				}
				s.start(-1)
			}
		}
		if err := s.handle.Close(s.ctx); err != nil {
			t.Fatal(err)
		}
		s.requireCounts(seed)
	}
}
