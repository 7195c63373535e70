//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// vanishShares are the shares of the project's keys that vanish at once.
var vanishShares = [...]float64{0.3, 0.7, 1}

// deleteKeys removes drawn keys of the project from Redis while its learners
// run, and waits until the store has again what it had. Only who lives can
// write again what is gone, so no process is killed meanwhile, and each has
// learned a batch of each of its partitions.
func (d *damage) deleteKeys(rng *rand.Rand) error {
	return d.alone(func(store state.Store) error {
		before, err := readOutcome(d.ctx, store)
		if err != nil {
			return err
		}
		if err := d.removeKeys(rng, "", func(r *report) { r.KeyDeletions++ }); err != nil {
			return err
		}
		return d.restored(store, before)
	})
}

// alone runs an act while no other one touches processes, broker or cache, once each
// process has learned a batch of each of its partitions.
func (d *damage) alone(act func(store state.Store) error) error {
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
	for again := true; again; { // partitions have other owners after a restart
		if err := t.settled(d.ctx); err != nil {
			return err
		}
		if again, err = d.learning(store); err != nil {
			return err
		}
	}
	return act(store)
}

// removeKeys removes drawn keys of the project from Redis, which is counted.
func (d *damage) removeKeys(rng *rand.Rand, when string, counted func(*report)) error {
	keys, err := d.redis("--scan", "--pattern", prefix+"*")
	if err != nil {
		return err
	}
	slices.Sort(keys)
	share := vanishShares[rng.IntN(len(vanishShares))]
	keys = slices.DeleteFunc(keys, func(string) bool { return rng.Float64() >= share })
	d.count(strings.TrimSpace(fmt.Sprintf("delete %d keys %s", len(keys), when)), func(r *report) { counted(r); r.KeysDeleted += len(keys) })
	if len(keys) == 0 {
		return nil
	}
	_, err = d.redis(append([]string{"del"}, keys...)...)
	return err
}

// redis runs redis-cli and returns the lines that it prints.
func (d *damage) redis(args ...string) ([]string, error) {
	c := d.site.command("redis-cli", append([]string{"-h", "127.0.0.1", "-p", fmt.Sprint(d.site.redis.port)}, args...)...)
	out, err := c.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("redis-cli %s: %w: %s", args[0], err, out)
	}
	return strings.Fields(string(out)), nil
}

// What the producer may send besides, and how often, while partitions are waited for.
const (
	grantRows  = 50 * partitions
	grantEvery = 5 * time.Second
)

// learning waits until every partition has a new version, and sets back those that have
// stopped and said so: a former owner may find as late as when it ends that another process
// went on. Then it reports that, as the processes have been restarted. The caller has all
// of them for itself.
func (d *damage) learning(store state.Store) (again bool, err error) {
	from := map[*state.Journal]uint64{}
	for p := range int32(partitions) {
		j := journalOf(store, p)
		r, err := j.Load(d.ctx)
		if err != nil {
			return false, err
		}
		from[j] = r.Version
	}
	more := time.Now().Add(grantEvery)
	repair := &repairer{site: d.site, truth: d.truth, workers: d.workers, locked: true, counted: func(to map[int32]int64) {
		d.countSetBack(to)
		again = true
	}}
	for deadline := time.Now().Add(drainPatience); len(from) > 0; {
		if time.Now().After(more) { // all rows that were to come may have come
			d.producer.grant(grantRows)
			more = time.Now().Add(grantEvery)
		}
		if err := repair.look(d.ctx); err != nil || again {
			return again, err
		}
		for j, version := range from {
			newer, err := j.Newer(d.ctx, version)
			if err != nil {
				return false, err
			}
			if newer {
				delete(from, j)
			}
		}
		if time.Now().After(deadline) {
			return false, fmt.Errorf("%d partitions have no new version after %v", len(from), drainPatience)
		}
		if err := wait(d.ctx, pollEvery); err != nil {
			return false, err
		}
	}
	return false, nil
}

// restored waits until the store has at least what it had before.
func (d *damage) restored(store state.Store, before *outcome) error {
	began := time.Now()
	for {
		now, err := readOutcome(d.ctx, store)
		missing := 0
		if err == nil {
			for p := range partitions {
				if now.rows[p] < before.rows[p] {
					missing++
				}
			}
			if missing == 0 && now.summary.Weight() >= before.summary.Weight() && len(now.schema) >= len(before.schema) {
				d.site.log("all that was deleted is there again after %v", time.Since(began).Round(10*time.Millisecond))
				return nil
			}
		}
		if time.Since(began) > patience {
			d.count("what was deleted is not there again", func(r *report) {
				r.fault("keys were deleted, and %d partitions have fewer rows than before after %v (%v)", missing, patience, err)
			})
			return nil
		}
		if err := wait(d.ctx, 10*pollEvery); err != nil {
			return err
		}
	}
}

// journalOf returns the journal of a partition's shard.
func journalOf(store state.Store, partition int32) *state.Journal {
	base := prefix + "." + projectName + ".shard." + state.EscapeKey(shardOf(partition))
	return state.NewJournal(store, base, state.JournalOptions{Kind: wire.KindShard})
}
