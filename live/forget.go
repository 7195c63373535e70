package live

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// forgetter checks rows before they are forgotten, and keeps those that can be.
//
// A row is checked against all that counts in the whole project, so it does not
// matter which process has learned it: what others have stored is read before each
// batch. A row that another process has learned and not stored yet is refused.
type forgetter struct {
	home      *home
	snapshots *snapshots
	keys      *Keys
	// look reads what others have stored.
	look func(context.Context) error
	// inexact is of the rows that the last forgetting has left (Summary.Inexact).
	inexact atomic.Pointer[map[string]int]
}

// refusal is the error of a row that is not among those learned.
func refusal(err error) error { return fmt.Errorf("row cannot be forgotten: %w", err) }

// refuseUnknown marks the messages that have an attribute or a category that no
// row was learned with. They must not make the schema grow.
func (l *learner) refuseUnknown(ctx context.Context, b *batchReader, messages []Message) (*stats.Layout, error) {
	grows := func(messages []Message) schema.Growth {
		b.reader.Collect(true)
		b.read(l.schemas.current.Load().schema, messages)
		g := b.growth(l.schemas.current.Load().schema)
		return schema.Growth{Attributes: g.Attributes} // keys that nothing is learned of do not matter
	}
	before := make([]error, len(messages))
	for i := range messages {
		before[i] = messages[i].Err
	}
	if err := l.forgetter.read(ctx); err != nil {
		return nil, err
	}
	if !grows(messages).Empty() {
		for i := range messages {
			messages[i].Err = before[i]
		}
		for i := range messages {
			one := messages[i : i+1]
			g := grows(one)
			// a category beyond the limit is learned as one of all others
			_, added := l.schemas.current.Load().schema.Grow(g, l.schemas.encoding.Load().rules.Limits())
			if messages[i].Err == nil && added > 0 {
				before[i] = refusal(unknown(l.schemas.current.Load().schema, g))
			} else {
				before[i] = messages[i].Err
			}
		}
		for i := range messages {
			messages[i].Err = before[i]
		}
	}
	current := l.schemas.current.Load()
	b.reader.Collect(true)
	b.read(current.schema, messages)
	return current.layout, nil
}

// unknown says what of a row the schema does not have.
func unknown(s *schema.Schema, g schema.Growth) error {
	a := g.Attributes[0]
	for _, known := range s.Attributes() {
		if known.Name == a.Name && len(a.Values) > 0 {
			return fmt.Errorf("%w: category %.100q of attribute %q has count 0", stats.ErrNotLearned, a.Values[0], a.Name)
		}
	}
	return fmt.Errorf("%w: no row has an attribute %q", stats.ErrNotLearned, a.Name)
}

// read reads what others have stored. A store that fails is tried again until ctx
// ends: what cannot be checked is not acknowledged.
func (f *forgetter) read(ctx context.Context) error {
	err := state.Retry(ctx, func() error { return f.look(ctx) })
	if err != nil {
		return fmt.Errorf("read what others have learned of project %q: %w", f.home.project, err)
	}
	return nil
}

// forgetGroup is learnGroup for rows to forget: they are learned into the shard
// that holds the rows to be taken away.
//
// The check is made under the lock of that shard, again whenever another process
// has written it first. So a row is not forgotten twice by two processes that use
// the same shard.
func (l *learner) forgetGroup(ctx context.Context, settings *LearnSettings, layout *stats.Layout, b *batchReader, messages []Message, g *group) error {
	g.shard = project.ForgetPrefix + g.shard
	shard, err := l.shards.get(ctx, g.shard, settings.Durable)
	if err != nil {
		return err
	}
	f := l.forgetter
	whole, err := f.snapshots.without(g.shard)
	if err != nil {
		return err
	}
	if settings.Composition.KeepsKeys() {
		if err := f.refuseKeys(ctx, whole, shard, layout, b, messages, g); err != nil {
			return err
		}
	}
	return l.takeGroup(ctx, settings, shard, layout, b, messages, g, &taken{lateIn: whole, choose: func(a stats.Additive, fresh []int) ([]int, map[int]error) {
		left := less(whole, a)
		accepted, refused := possible(left, layout, b, g, fresh)
		if summary, err := project.SummaryOf(left); err == nil { // else no one can ask of them
			inexact := summary.Inexact()
			f.inexact.Store(&inexact)
		}
		accepted = together(whole, a, layout, b, g, accepted, refused)
		if l.isWhole(messages) && len(refused) > 0 {
			accepted = refuseOthers(g, fresh, refused)
		}
		return accepted, refused
	}})
}

// less returns whole less the rows to forget that a shard holds. What an earlier
// version has stored and cannot be taken away is left out, as readers do.
func less(whole, gone stats.Additive) stats.Additive {
	left := whole.Clone()
	if left.Subtract(population(gone)) != nil {
		return whole.Clone()
	}
	return left
}

// possible takes the rows of the fresh messages off left, in order. It returns those
// of the fresh messages of which the row could be, and by message the errors of the
// others.
func possible(left stats.Additive, layout *stats.Layout, b *batchReader, g *group, fresh []int) (accepted []int, refused map[int]error) {
	var part stats.Rows
	errs := impossible(left, layout, b.selectForgotten(&part, g.messages, fresh))
	refused = map[int]error{}
	row := 0
	for _, i := range fresh {
		k := g.messages[i]
		if b.rowOf[k] == noRow {
			continue
		}
		if err := errs[row]; err != nil {
			refused[k] = err
		} else {
			accepted = append(accepted, i)
		}
		row++
	}
	return accepted, refused
}

// together returns those of the accepted messages whose rows can be taken away with
// all that the shard holds already, as readers do: at once. That can fail where one
// after the other succeeded, as when rows are of several tiles of a window of rows, or
// where weights of different size have been rounded. The others are refused.
func together(whole, gone stats.Additive, layout *stats.Layout, b *batchReader, g *group, accepted []int, refused map[int]error) []int {
	gone = population(gone)
	gone = population(gone)
	if len(accepted) == 0 || whole.Clone().Subtract(gone) != nil {
		return accepted // what is stored already does not fit, which readers say
	}
	// with returns what is gone with the rows of the messages.
	with := func(before stats.Additive, messages []int) (stats.Additive, error) {
		var part stats.Rows
		after := before.Clone()
		if err := after.Learn(layout, b.selectForgotten(&part, g.messages, messages)); err != nil {
			return nil, err
		}
		return after, whole.Clone().Subtract(after)
	}
	if _, err := with(gone, accepted); err == nil {
		return accepted
	}
	var lasting []int
	for _, i := range accepted {
		after, err := with(gone, []int{i})
		if err != nil {
			refused[g.messages[i]] = fmt.Errorf("together with what was forgotten before: %w", err)
			continue
		}
		gone, lasting = after, append(lasting, i)
	}
	return lasting
}

// impossible takes rows off left, in order, and returns the errors of those that
// cannot be, by row. A block that is taken as a whole costs one subtraction; one
// that is not is halved.
func impossible(left stats.Additive, layout *stats.Layout, rows *stats.Rows) map[int]error {
	errs := map[int]error{}
	var take func(from, to int)
	take = func(from, to int) {
		if from == to {
			return
		}
		block := rows.Select(from, to)
		err := left.Forget(layout, &block)
		switch {
		case err == nil:
		case to-from == 1:
			errs[from] = err
		default:
			middle := (from + to) / 2
			take(from, middle)
			take(middle, to)
		}
	}
	take(0, rows.N)
	return errs
}

// refuseKeys marks the messages whose row is among all that were learned, and not
// among those of its key.
func (f *forgetter) refuseKeys(ctx context.Context, whole stats.Additive, shard *rowShard, layout *stats.Layout, b *batchReader, messages []Message, g *group) error {
	var fresh []int
	var left stats.Additive
	shard.View(func(a stats.Additive, seen *state.Positions) {
		left = less(whole, a)
		for i := range g.messages {
			if g.offsets == nil || !seen.Contains(g.offsets[i]) {
				fresh = append(fresh, i)
			}
		}
	})
	// What the population refuses has its error from forgetGroup, which checks it again.
	fresh, _ = possible(left, layout, b, g, fresh)
	byKey, order := map[string][]int{}, []string{}
	for _, i := range fresh {
		key := b.keys[b.rowOf[g.messages[i]]]
		if byKey[key] == nil {
			order = append(order, key)
		}
		byKey[key] = append(byKey[key], i)
	}
	for _, key := range order {
		own, err := f.keys.Of(ctx, key)
		if err != nil {
			return err
		}
		refused := map[int]error{}
		if own == nil {
			for _, i := range byKey[key] {
				refused[g.messages[i]] = fmt.Errorf("%w: nothing was learned of it", stats.ErrNotLearned)
			}
		} else {
			_, refused = possible(own.Clone(), layout, b, g, byKey[key])
		}
		for k, err := range refused {
			messages[k].Err = refusal(fmt.Errorf("key %.100q: %w", key, err))
			b.rowOf[k] = noRow
		}
	}
	return nil
}

// adviseTime says of rows that are not among those learned, in a project that keeps rows by
// their time, that the time may be why.
func adviseTime(messages []Message) {
	for i := range messages {
		if m := &messages[i]; errors.Is(m.Err, stats.ErrNotLearned) {
			m.Err = fmt.Errorf("%w. This project keeps rows by their time (window or decay), and a row is forgotten with the time with which it was learned, the `time` of sml_learn; here it is %s. "+
				"Rows over REST have the time of their request: forget such a source as a whole (forget-shard, sml forget)", m.Err, time.Unix(0, m.Time).UTC().Format(time.RFC3339Nano))
		}
	}
}
