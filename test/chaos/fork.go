//go:build linux

package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// moveWithoutKeys freezes a process past its session and removes keys of the project
// meanwhile, so that others take its partitions over who have never had them, and find
// nothing or remains. Then the frozen process goes on and still holds what was there.
// Where a partition stops because two states have the same rows, its offset is set back
// as the error asks for.
func (d *damage) moveWithoutKeys(rng *rand.Rand) error {
	return d.alone(func(store state.Store) error { return d.freezeAndRemove(rng, store) })
}

func (d *damage) freezeAndRemove(rng *rand.Rand, store state.Store) error {
	w := d.workers[rng.IntN(len(d.workers))]
	if err := w.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	before, err := readOutcome(d.ctx, store)
	if err == nil {
		err = d.removeKeys(rng, "while "+w.name+" is frozen", func(r *report) { r.KeyMoves++ })
	}
	time.Sleep(session + time.Second + upTo(rng, 4*time.Second))
	if err := w.signal(syscall.SIGCONT); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	owed, err := d.healed(store, before)
	if err != nil {
		return err
	}
	if len(owed) > 0 {
		d.countSetBack(owed)
		if err := d.setBack(owed); err != nil {
			return err
		}
	}
	return d.restored(store, before)
}

// healed waits until the store has all rows of before, or says that they are to be
// delivered again. It returns the first offset of these by partition.
func (d *damage) healed(store state.Store, before *outcome) (map[int32]int64, error) {
	began := time.Now()
	for {
		now, err := readOutcome(d.ctx, store)
		if err == nil {
			owed, missing := map[int32]int64{}, 0
			for p := range partitions {
				if o := now.owed[p]; len(o) > 0 {
					owed[int32(p)] = o[0].First
				}
				all := append(slices.Clone(now.positions[p]), now.owed[p]...)
				slices.SortFunc(all, func(a, b state.Interval) int { return int(a.First - b.First) })
				missing += len(without(before.positions[p], all))
				if len(now.owed[p]) == 0 && now.rows[p] < before.rows[p] {
					missing++ // rows of an earlier topic
				}
			}
			if missing == 0 {
				return owed, nil
			}
		}
		if time.Since(began) > patience {
			return nil, d.ctx.Err() // restored tells what is missing
		}
		if err := wait(d.ctx, 10*pollEvery); err != nil {
			return nil, err
		}
	}
}

// setBack stops all processes, sets the offsets of some partitions back, and starts the
// processes again.
func (d *damage) setBack(to map[int32]int64) error {
	return d.site.setBack(d.ctx, d.truth, d.workers, to)
}

func (d *damage) countSetBack(to map[int32]int64) {
	d.count(fmt.Sprintf("set the group back to %v", to), func(r *report) { r.SetBacks += len(to) })
}

// consumed waits until the group has consumed everything, and sets back what has stopped.
func (d *damage) consumed() error {
	return d.site.consumed(d.ctx, d.truth, d.workers, d.countSetBack)
}

// owed returns the first offset of what is to be delivered again, by partition.
func (s *site) owed(ctx context.Context) (map[int32]int64, error) {
	store, closeStore, err := s.openStore()
	if err != nil {
		return nil, err
	}
	defer closeStore(context.WithoutCancel(ctx))
	now, err := readOutcome(ctx, store)
	if err != nil {
		return nil, err
	}
	out := map[int32]int64{}
	for p, o := range now.owed {
		if len(o) > 0 {
			out[int32(p)] = o[0].First
		}
	}
	return out, nil
}

// repairer sets partitions back that have stopped and said so while a wait goes on: a
// former owner may find long after the keys have gone that another process went on.
type repairer struct {
	site    *site
	truth   *truth
	workers []*worker
	counted func(to map[int32]int64)
	locked  bool // the caller has all processes for itself

	next time.Time
	last map[int32]int64
}

// look sets back what has been owed for two looks, unless something else is being done
// to a process.
func (r *repairer) look(ctx context.Context) error {
	if time.Now().Before(r.next) {
		return nil
	}
	r.next = time.Now().Add(session)
	to, err := r.site.owed(ctx)
	if err != nil || len(to) == 0 || !maps.Equal(to, r.last) {
		r.last = to
		return nil // a store that is down is looked at again
	}
	for i, w := range r.workers {
		if r.locked {
			break
		}
		if !w.busy.TryLock() {
			for _, locked := range r.workers[:i] {
				locked.busy.Unlock()
			}
			return nil
		}
	}
	defer func() {
		for _, w := range r.workers {
			if !r.locked {
				w.busy.Unlock()
			}
		}
	}()
	r.last = nil
	r.counted(to)
	return r.site.setBack(ctx, r.truth, r.workers, to)
}

func (s *site) setBack(ctx context.Context, t *truth, workers []*worker, to map[int32]int64) error {
	for _, w := range workers {
		if _, err := w.end(syscall.SIGTERM); err != nil {
			return err
		}
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(s.kafka.address()))
	if err != nil {
		return err
	}
	defer client.Close()
	offsets := kadm.Offsets{}
	for p, at := range to {
		offsets.Add(kadm.Offset{Topic: topic, Partition: p, At: at, LeaderEpoch: -1, Metadata: noteOf + t.epoch.id})
	}
	for deadline := time.Now().Add(patience); ; {
		err := kadm.NewClient(client).CommitAllOffsets(ctx, group, offsets)
		if err == nil {
			break
		}
		if time.Now().After(deadline) || wait(ctx, 10*pollEvery) != nil {
			return fmt.Errorf("set group %q back to %v: %w", group, to, err)
		}
	}
	for _, w := range workers {
		if err := w.start(); err != nil {
			return err
		}
	}
	return nil
}
