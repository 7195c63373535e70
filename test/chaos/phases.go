//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// calmShare is the share of the rows that arrive after the damage, while
// take-overs are measured.
const calmShare = 0.1

// takeOverKills is how many kills are measured.
const takeOverKills = 3

// damageGroup does damage of all kinds while the producer runs, and measures
// take-overs at the end.
func (s *site) damageGroup(ctx context.Context, r *report, p *producer, t *truth, workers []*worker) error {
	d := newDamage(ctx, s, p, t, workers)
	main := int64((1 - calmShare) * float64(s.opts.rows))
	paced := make(chan struct{})
	go func() { defer close(paced); p.pace(ctx, main, s.opts.time(), burst) }()
	if err := d.run(s.opts.seed, s.opts.time()); err != nil {
		return err
	}
	<-paced
	if err := d.caughtUp(); err != nil {
		return err
	}
	d.collect(r)
	return s.measure(ctx, r, p, workers)
}

// measure measures take-overs while rows arrive evenly.
func (s *site) measure(ctx context.Context, r *report, p *producer, workers []*worker) error {
	s.log("damage is over: measuring take-overs")
	store, closeStore, err := s.openStore()
	if err != nil {
		return err
	}
	defer closeStore(context.Background())
	t, err := newTakeOvers(s, workers, store)
	if err != nil {
		return err
	}
	defer t.close()
	calm, done := context.WithCancel(ctx)
	defer done()
	go p.trickle(calm)
	for k := range takeOverKills {
		if err := t.measure(ctx, workers[k%len(workers)]); err != nil {
			return fmt.Errorf("take-over: %w", err)
		}
		r.Kills++
	}
	t.collect(r)
	return nil
}

// damageOne kills the only process again and again: mostly some time after it
// has begun to learn, sometimes while it starts.
func (s *site) damageOne(ctx context.Context, r *report, p *producer, w *worker) error {
	rng := rand.New(rand.NewPCG(s.opts.seed, 1))
	each := s.opts.rows / int64(s.opts.kills)
	for k := range s.opts.kills {
		pacing, stop := context.WithCancel(ctx)
		go p.pace(pacing, min(s.opts.rows, int64(k+1)*each), killEvery, killEvery/4)
		err := s.strike(ctx, rng, w)
		stop()
		if err != nil {
			return fmt.Errorf("kill %d: %w", k+1, err)
		}
		r.Kills++
		if k%10 == 9 {
			s.log("%d kills", k+1)
		}
	}
	return nil
}

const (
	// killEvery is how long the rows of one kill are spread over.
	killEvery = 2 * time.Second
	// earlyShare is the share of the kills that do not wait for anything.
	earlyShare = 0.2
)

// strike waits, kills the process and starts it again.
func (s *site) strike(ctx context.Context, rng *rand.Rand, w *worker) error {
	if rng.Float64() >= earlyShare {
		for deadline := time.Now().Add(takeOverPatience); w.learned() == 0; {
			if time.Now().After(deadline) {
				return fmt.Errorf("%s has learned nothing for %v", w.name, takeOverPatience)
			}
			if err := wait(ctx, pollEvery); err != nil {
				return err
			}
			w.scrape(lastScrape)
		}
	}
	if err := wait(ctx, upTo(rng, time.Second)); err != nil {
		return err
	}
	if _, err := w.end(syscall.SIGKILL); err != nil {
		return err
	}
	return w.start()
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// drainPatience bounds the wait for the group to consume everything.
const drainPatience = 5 * time.Minute

// consumed waits until the group has committed all that was read of the topic. A
// partition that stops until its offset is set back gets what it asks for, and is counted.
func (s *site) consumed(ctx context.Context, t *truth, workers []*worker, counted func(to map[int32]int64)) error {
	repairs := repairer{site: s, truth: t, workers: workers, counted: counted}
	client, err := kgo.NewClient(kgo.SeedBrokers(s.kafka.address()))
	if err != nil {
		return err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	ctx, cancel := context.WithTimeout(ctx, drainPatience)
	defer cancel()
	last := int64(-1)
	for {
		commits, err := admin.FetchOffsets(ctx, group)
		if err == nil {
			if last = t.epoch.lag(commits, s.opts.input); last == 0 {
				return nil
			}
		}
		if err := repairs.look(ctx); err != nil {
			return err
		}
		if wait(ctx, 10*pollEvery) != nil {
			return fmt.Errorf("the group has a lag of %d after %v: %w", last, drainPatience, errors.Join(ctx.Err(), err))
		}
	}
}

// caughtUp waits until all that may be sent is consumed, and notes the accounts.
func (d *damage) caughtUp() error {
	for d.producer.next.Load() < d.producer.may.Load() {
		if err := wait(d.ctx, pollEvery); err != nil {
			return err
		}
	}
	if err := d.truth.read(d.ctx, d.site.kafka.address()); err != nil {
		return err
	}
	if err := d.consumed(); err != nil {
		return err
	}
	d.account()
	return nil
}

// collect fills in the counters of the processes and of the broker.
func (s *site) collect(r *report, workers []*worker) {
	for _, w := range workers {
		c := w.counters()
		r.Replays += int64(c["sml_replays_skipped_total"])
		r.Fenced += int64(c["sml_writes_fenced_total"])
		r.LostSaid += int64(reasons(c, "sml_stops_total")["lost"])
		r.Contradictions += int64(reasons(c, "sml_stops_total")["contradiction"])
		r.Crashes += w.crashes
	}
	r.collectAccounts(workers)
	if r.KeysDeleted > 0 && r.LostSaid == 0 {
		r.fault("%d keys were deleted, and no process has said so", r.KeysDeleted)
	}
	if r.Contradictions > 0 {
		r.fault("%d times a message was taken for another one than was learned", r.Contradictions)
	}
	if r.Crashes > 0 {
		r.fault("processes have ended by themselves %d times", r.Crashes)
	}
	generations, err := s.generations()
	if err != nil {
		r.fault("count generations: %v", err)
	}
	r.Rebalances = generations
	if s.opts.cache != cacheFile {
		return
	}
	entries, err := os.ReadDir(filepath.Join(s.dir, "cache"))
	if err != nil {
		r.fault("list the cache: %v", err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".seal") {
			r.Sealed++
		}
	}
}

// upTo returns a random duration below d.
func upTo(rng *rand.Rand, d time.Duration) time.Duration { return time.Duration(rng.Int64N(int64(d))) }
