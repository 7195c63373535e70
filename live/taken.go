package live

import (
	"context"
	"errors"

	"github.com/rpconnect-sml/rpconnect-sml/account"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// taken is what a shard has taken of a group: which of its messages were fresh, and
// which rows came too late.
type taken struct {
	fresh  []int
	chosen []int  // of the fresh ones; good until the next begin
	late   []bool // per row, nil for none
	out    state.Outcome
	rows   int
	part   stats.Rows

	// lateIn are the statistics by which a row is late; nil for those of the shard.
	lateIn stats.Additive
	// grow lets forests grow by the rows, before they are counted.
	grow func(rows *stats.Rows)
	// choose, where rows are to be forgotten, returns those of the fresh messages
	// whose row can be, and by message why the others cannot.
	choose  func(a stats.Additive, fresh []int) (accepted []int, refused map[int]error)
	refused map[int]error
}

// begin returns the rows of the fresh messages that are taken. A shard asks again
// when another owner was first.
func (t *taken) begin(a stats.Additive, b *batchReader, messages, fresh []int) *stats.Rows {
	t.fresh, t.late = append(t.fresh[:0], fresh...), nil
	var rows *stats.Rows
	if t.choose == nil {
		rows = b.selectRows(&t.part, messages, fresh)
		t.grow(rows)
	} else {
		fresh, t.refused = t.choose(a, fresh)
		rows = b.selectForgotten(&t.part, messages, fresh)
	}
	t.rows, t.chosen = rows.N, fresh
	return rows
}

// decide sets the outcomes of the messages of a group that has been taken, and tells
// what is unusual. Messages that are not what their positions say are marked as
// failed.
func (l *learner) decide(g *group, t *taken, b *batchReader, messages []Message) {
	out := &t.out
	for _, i := range out.Contradicted {
		messages[g.messages[i]].Err = out.Contradiction
	}
	t.decide(b, messages, g.messages)
	l.shards.learned.Add(int64(t.rows))
	if t.choose == nil {
		l.pace.add(l.home.now(), t.rows)
	}
	if out.Contradiction != nil {
		l.stops.note(stopContradiction, g.shard, out.Contradiction.Error())
	}
	if a, ok := l.home.observer.(Accountant); ok && out.Altered > 0 {
		a.Noted(l.home.project, noteAltered, out.Altered, account.Example{Field: "shard", Value: g.shard, Err: errAltered})
	}
	l.missing.decided(g.shard, out)
	if out.Renewed {
		l.home.warn("the topic of shard %q has been deleted and created again: its id is now %q. The rows of the new topic are learned from its first one", g.shard, g.origin.Topic)
	}
}

var errAltered = errors.New("replays with other values than when they were learned: the pipeline before sml_learn has changed, or does not give the same each time")

// decide sets the outcomes of the messages of a group.
func (t *taken) decide(b *batchReader, messages []Message, group []int) {
	fresh, row := t.fresh, 0
	for k, at := range group {
		m, isFresh := &messages[at], len(fresh) > 0 && fresh[0] == k
		if err := t.refused[at]; err != nil {
			m.Err = refusal(err)
		}
		hasRow := b.rowOf[at] != noRow
		switch {
		case m.Err != nil:
			m.Outcome = outcomeOf(m.Err)
		case !isFresh:
			m.Outcome = ReasonReplayed
		case m.Skip:
			m.Outcome = ReasonFiltered
		case !hasRow:
			m.Outcome = reasonNoAttribute
		case t.late != nil && t.late[row]:
			m.Outcome = reasonLate
		default:
			m.Outcome = OutcomeDone
		}
		if isFresh {
			fresh = fresh[1:]
			if hasRow && m.Err == nil {
				row++
			}
		}
	}
}

// takeGroup takes the rows of a group into its shard, which may be that of rows to
// forget, and decides what became of its messages.
func (l *learner) takeGroup(ctx context.Context, settings *LearnSettings, shard *rowShard, layout *stats.Layout, b *batchReader, messages []Message, g *group, t *taken) (err error) {
	arrivals := b.arrivalsOf(layout, messages, g, settings.Verify)
	if settings.Composition.KeepsKeys() {
		err = l.learnKeys(ctx, settings, shard, layout, b, g, arrivals, t)
	} else {
		t.out, err = shard.LearnFrom(ctx, arrivals, func(a stats.Additive, fresh []int) error {
			rows := t.begin(a, b, g.messages, fresh)
			if rows.N == 0 {
				return b.tests.learn(a, b, layout, g.messages, fresh, func() error { return nil })
			}
			in := t.lateIn
			if in == nil {
				in = a
			}
			t.late = stats.LateRows(in, rows.Times)
			return b.tests.learn(a, b, layout, g.messages, fresh, func() error { return a.Learn(layout, rows) })
		})
	}
	if err != nil {
		return l.failed(g, err)
	}
	l.decide(g, t, b, messages)
	return nil
}
