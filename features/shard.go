package features

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/internal/hash"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
)

// shard is the features of one source, with the pages beside its record.
type shard struct {
	record  *state.Shard[*keyed]
	pages   *paged.Values
	durable bool
	verify  state.Verify

	store    state.Store
	base, id string
	restored atomic.Bool // keys were gone and have been written again, since keep has looked
	batches  atomic.Int64
	missing  func(n state.MissingNote)
	overtaken
}

func openShard(ctx context.Context, store state.Store, base, id string, s *Settings) (*shard, error) {
	missing := func(n state.MissingNote) {
		s.Missing(n.Reason, n.Count)
		s.Warn(fmt.Sprintf("features %q: %s (reason %s, %d positions)", base, n.Text, n.Reason, n.Count))
	}
	out := &shard{missing: missing, pages: newPages(store, base, id, 0), durable: s.Durable, verify: s.Verify, store: store, base: base, id: id}
	earlier, err := agree(ctx, store, base, s.Plan)
	if err != nil {
		return nil, err
	}
	record, err := state.OpenShard(ctx, store, base, id, codec{plan: s.Plan, limits: s.Limits, earlier: earlier}, state.ShardOptions{
		Durable: s.Durable,
		Fenced:  func() { out.fenced(s) },
		Gap:     func(gap []state.Interval, owed bool) { missing(state.GapNote(id, gap, owed)) },
		Unknown: func(positions []state.Interval) { missing(state.UnknownNote(id, positions)) },
		Restored: func(lost error) {
			out.restored.Store(true)
			s.Stopped(stopLost)
			s.Warn(fmt.Sprintf("features %q: keys of shard %q are gone from the cache, as when it is flushed, evicts keys or is set back; what this process holds has been written again, and nothing was acknowledged before (%v)", base, id, lost))
		},
	})
	out.record = record
	return out, err
}

// take takes rows, all with an offset or all without. On error, which wraps
// state.ErrStore when it is worth trying again, they may be in memory: those with
// an offset are taken once all the same. Rows that are not what was taken at their
// positions get the error, or make take fail: see state.Verify.
func (s *shard) take(ctx context.Context, rows []*Delivery) error {
	var due paged.Due
	out, err := s.record.LearnFrom(ctx, s.arrivals(rows), func(k *keyed, fresh []int) (err error) {
		due, err = s.step(ctx, k, rows, fresh)
		return err
	})
	for _, i := range out.Contradicted {
		rows[i].Features, rows[i].Err = nil, out.Contradiction
	}
	if err == nil {
		for _, n := range out.Notes(s.id) {
			s.missing(n)
		}
	}
	if err == nil && s.durable {
		due.Remove(ctx, s.pages)
	}
	return err
}

// arrivals describes rows by position, origin and fingerprint.
func (s *shard) arrivals(rows []*Delivery) state.Arrivals {
	a := state.Arrivals{Count: len(rows), Origin: rows[0].Origin, Begin: rows[0].Begin, Verify: s.verify}
	if !rows[0].HasOffset {
		return a
	}
	a.Offsets, a.Prints = make([]int64, len(rows)), make([]state.Print, len(rows))
	for i, d := range rows {
		content := uint64(0)
		if d.Err == nil {
			content = d.hash()
		}
		a.Offsets[i], a.Prints[i] = d.Offset, state.NewPrint(d.Stamp, content)
	}
	return a
}

// hash hashes key and values of a row; it is not 0. The time is left out, as it may
// be that of arrival.
func (r *Row) hash() uint64 {
	sum := hash.String(hash.Offset, r.Key)
	for _, x := range r.Values {
		if math.IsNaN(x) {
			x = 0
		}
		sum = hash.Mix(sum ^ math.Float64bits(x))
	}
	return sum | 1
}

// step is what happens to the state for one batch. It returns the pages that are
// not needed once the state is stored. Only bringing keys back can fail, and that
// changes nothing that counts.
func (s *shard) step(ctx context.Context, k *keyed, rows []*Delivery, fresh []int) (paged.Due, error) {
	keys := make([]string, 0, len(fresh))
	for _, i := range fresh {
		if rows[i].Err == nil {
			keys = append(keys, rows[i].Key)
		}
	}
	if len(fresh) > 0 { // a record follows that names the new pages
		if err := k.carryPages(ctx, s.pages); err != nil {
			return paged.Due{}, fmt.Errorf("shard %q: %w", s.record.ID(), err)
		}
	}
	if err := k.admit(ctx, s.pages, keys); err != nil {
		return paged.Due{}, fmt.Errorf("shard %q: %w", s.record.ID(), err)
	}
	next := 0
	for i, d := range rows {
		isNew := next < len(fresh) && fresh[next] == i
		if isNew {
			next++
		}
		d.Replayed = !isNew
		if d.Err != nil {
			continue
		}
		if !isNew {
			d.Features = k.recall(d.Offset)
			continue
		}
		if d.Features, d.Err = k.take(d.Row); d.Err == nil && d.HasOffset {
			k.remember(d.Offset, d.Features)
		}
	}
	if len(fresh) == 0 {
		// No record follows: pages that the stored one names must stay.
		return paged.Due{}, nil
	}
	// Keys that cannot leave now stay until the next batch; the store's failure
	// shows when the record is written.
	_ = k.trim(ctx, s.pages)
	return k.garbage.Due(), nil
}

// flush writes what is not stored, takes over what another owner has written, and
// removes the pages that the record no longer needs. The error is that of
// state.Shard.Flush.
func (s *shard) flush(ctx context.Context) error {
	return paged.Sweep(ctx, s.pages, s.garbage, func() error { return s.record.Flush(ctx) })
}

// garbage returns the pages that the state of now does not need.
func (s *shard) garbage() (out *paged.Garbage) {
	s.record.View(func(k *keyed, _ *state.Positions) { out = &k.garbage })
	return out
}
