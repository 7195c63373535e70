//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"time"
)

// errBusy is the error of an act whose object another act has.
var errBusy = errors.New("busy")

// act is one kind of damage. It returns when all is as before, or errBusy.
type act struct {
	name   string
	weight int
	do     func(d *damage, rng *rand.Rand) error
}

// acts returns the damage that is done to a group of processes, the cache and
// the broker: the kinds whose name contains only.
func acts(only string) []act {
	return slices.DeleteFunc([]act{
		{"kill a process", 8, (*damage).killWorker},
		{"stop a process", 4, (*damage).stopWorker},
		{"freeze a process past its session", 4, (*damage).freezeWorker},
		{"kill the cache", 2, (*damage).killCache},
		{"restart the cache", 2, (*damage).restartCache},
		{"pause the cache", 3, (*damage).pauseCache},
		{"restart the broker", 1, (*damage).restartBroker},
		{"kill the broker", 1, (*damage).killBroker},
	}, func(a act) bool { return !strings.Contains(a.name, only) })
}

// damage does damage at random and counts it.
type damage struct {
	site    *site
	workers []*worker
	acts    []act
	cache   chan struct{} // holds a token while somebody uses the cache's process
	broker  chan struct{}
	counts  chan func(*report)
}

// mostActs is far more than a run of a day has.
const mostActs = 1 << 16

func newDamage(s *site, workers []*worker) *damage {
	return &damage{
		site: s, workers: workers, acts: acts(s.opts.only), cache: make(chan struct{}, 1), broker: make(chan struct{}, 1),
		counts: make(chan func(*report), mostActs),
	}
}

// run begins an act every few seconds until the time is over: each kind once
// in a random order, one that finds its object busy later again, and then by
// weight. Acts overlap. It returns when the last one has ended.
func (d *damage) run(ctx context.Context, seed uint64, over time.Duration) error {
	rng := rand.New(rand.NewPCG(seed, 1))
	order := rng.Perm(len(d.acts))
	end := time.Now().Add(over)
	running := 0
	ended := make(chan result)
	var failed error
	for time.Now().Before(end) && ctx.Err() == nil && failed == nil {
		next := result{act: d.choose(rng)}
		if len(order) > 0 {
			next.act, next.must, order = order[0], true, order[1:]
		}
		own := rand.New(rand.NewPCG(rng.Uint64(), 2))
		pause := 500*time.Millisecond + upTo(rng, 3*time.Second)
		running++
		go func() {
			next.err = d.acts[next.act].do(d, own)
			ended <- next
		}()
		for t := time.After(pause); t != nil; {
			select {
			case r := <-ended:
				running--
				failed = errors.Join(failed, d.failure(r))
				if r.err != nil && r.must {
					order = append(order, r.act)
				}
			case <-ctx.Done():
				t = nil
			case <-t:
				t = nil
			}
		}
	}
	for ; running > 0; running-- {
		r := <-ended
		failed = errors.Join(failed, d.failure(r))
	}
	return errors.Join(failed, ctx.Err())
}

// result is how an act ended; must says that it is to be done once at least.
type result struct {
	act  int
	must bool
	err  error
}

// failure returns the error unless the act's object was only busy.
func (d *damage) failure(r result) error {
	if r.err == nil || errors.Is(r.err, errBusy) {
		return nil
	}
	return fmt.Errorf("%s: %w", d.acts[r.act].name, r.err)
}

// choose returns a kind of damage by weight.
func (d *damage) choose(rng *rand.Rand) int {
	sum := 0
	for _, a := range d.acts {
		sum += a.weight
	}
	at := rng.IntN(sum)
	for k, a := range d.acts {
		if at -= a.weight; at < 0 {
			return k
		}
	}
	return 0
}

// count logs an act and notes it for the report.
func (d *damage) count(act string, fn func(*report)) {
	d.site.log("%s", act)
	d.counts <- fn
}

// collect fills in what was done.
func (d *damage) collect(r *report) {
	for {
		select {
		case fn := <-d.counts:
			fn(r)
		default:
			return
		}
	}
}

// worker returns a process that nobody else does anything to, held; nil when
// there is none.
func (d *damage) worker(rng *rand.Rand) *worker {
	for _, k := range rng.Perm(len(d.workers)) {
		if d.workers[k].busy.TryLock() {
			return d.workers[k]
		}
	}
	return nil
}

func (d *damage) killWorker(rng *rand.Rand) error {
	return d.endWorker(rng, "kill", syscall.SIGKILL, func(r *report) { r.Kills++ })
}

func (d *damage) stopWorker(rng *rand.Rand) error {
	return d.endWorker(rng, "stop", syscall.SIGTERM, func(r *report) { r.Stops++ })
}

func (d *damage) endWorker(rng *rand.Rand, verb string, sig syscall.Signal, counted func(*report)) error {
	w := d.worker(rng)
	if w == nil {
		return errBusy
	}
	defer w.busy.Unlock()
	d.count(verb+" "+w.name, counted)
	killed, err := w.end(sig)
	if err != nil {
		return err
	}
	if killed {
		d.count("kill "+w.name, func(r *report) { r.Kills++ })
	}
	time.Sleep(upTo(rng, 3*time.Second))
	return w.start()
}

// freezeWorker stops a process for longer than its session, so that others
// take its partitions over, and lets it go on: the zombie.
func (d *damage) freezeWorker(rng *rand.Rand) error {
	w := d.worker(rng)
	if w == nil {
		return errBusy
	}
	defer w.busy.Unlock()
	d.count("freeze "+w.name, func(r *report) { r.Freezes++ })
	if err := w.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	time.Sleep(session + time.Second + upTo(rng, 5*time.Second))
	return w.signal(syscall.SIGCONT)
}

// hold takes a server for one act; false when another act has it.
func hold(token chan struct{}) bool {
	select {
	case token <- struct{}{}:
		return true
	default:
		return false
	}
}

func (d *damage) killCache(rng *rand.Rand) error {
	return d.restart(rng, d.site.redis, d.cache, syscall.SIGKILL, func(r *report) { r.CacheKills++ })
}

// restartCache lets Redis shut down in order, which is what it makes of
// SIGTERM.
func (d *damage) restartCache(rng *rand.Rand) error {
	return d.restart(rng, d.site.redis, d.cache, syscall.SIGTERM, func(r *report) { r.CacheRestarts++ })
}

func (d *damage) killBroker(rng *rand.Rand) error {
	return d.restart(rng, d.site.kafka, d.broker, syscall.SIGKILL, func(r *report) { r.BrokerKills++ })
}

func (d *damage) restartBroker(rng *rand.Rand) error {
	return d.restart(rng, d.site.kafka, d.broker, syscall.SIGTERM, func(r *report) { r.BrokerRestarts++ })
}

func (d *damage) restart(rng *rand.Rand, s *server, token chan struct{}, sig syscall.Signal, counted func(*report)) error {
	if !hold(token) {
		return errBusy
	}
	defer func() { <-token }()
	d.count(fmt.Sprintf("%v to %s", sig, s.name), counted)
	if err := s.stop(sig); err != nil {
		return err
	}
	time.Sleep(upTo(rng, 2*time.Second))
	return s.start(context.Background())
}

// pauseCache makes Redis answer late: it is frozen, or told to hold its
// clients up, half of the time only those that write.
func (d *damage) pauseCache(rng *rand.Rand) error {
	if !hold(d.cache) {
		return errBusy
	}
	defer func() { <-d.cache }()
	d.count("pause the cache", func(r *report) { r.CachePauses++ })
	pause := time.Second + upTo(rng, 4*time.Second)
	switch rng.IntN(4) {
	case 0:
		return d.clientPause(pause, "WRITE")
	case 1:
		return d.clientPause(pause, "ALL")
	}
	if err := d.site.redis.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	time.Sleep(pause)
	return d.site.redis.signal(syscall.SIGCONT)
}

func (d *damage) clientPause(pause time.Duration, mode string) error {
	c := d.site.command("redis-cli", "-h", "127.0.0.1", "-p", fmt.Sprint(d.site.redis.port), "client", "pause", fmt.Sprint(pause.Milliseconds()), mode)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("client pause: %w: %s", err, out)
	}
	time.Sleep(pause)
	return nil
}
