//go:build linux

package main

import (
	"fmt"
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
	for _, w := range d.workers {
		w.busy.Lock()
		defer w.busy.Unlock()
	}
	d.broker <- struct{}{}
	defer func() { <-d.broker }()
	d.cache <- struct{}{}
	defer func() { <-d.cache }()
	store, closeStore, err := d.site.openStore()
	if err != nil {
		return err
	}
	defer closeStore(d.ctx)
	t, err := newTakeOvers(d.site, d.workers, store)
	if err != nil {
		return err
	}
	defer t.close()
	if err := t.settled(d.ctx); err != nil {
		return err
	}
	if err := d.learning(store); err != nil {
		return err
	}
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
		d.count(fmt.Sprintf("set the group back to %v", owed), func(r *report) { r.SetBacks += len(owed) })
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
	for _, w := range d.workers {
		if _, err := w.end(syscall.SIGTERM); err != nil {
			return err
		}
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(d.site.kafka.address()))
	if err != nil {
		return err
	}
	defer client.Close()
	offsets := kadm.Offsets{}
	for p, at := range to {
		offsets.Add(kadm.Offset{Topic: topic, Partition: p, At: at, LeaderEpoch: -1, Metadata: noteOf + d.truth.epoch.id})
	}
	for deadline := time.Now().Add(patience); ; {
		err := kadm.NewClient(client).CommitAllOffsets(d.ctx, group, offsets)
		if err == nil {
			break
		}
		if time.Now().After(deadline) || wait(d.ctx, 10*pollEvery) != nil {
			return fmt.Errorf("set group %q back to %v: %w", group, to, err)
		}
	}
	for _, w := range d.workers {
		if err := w.start(); err != nil {
			return err
		}
	}
	return nil
}
