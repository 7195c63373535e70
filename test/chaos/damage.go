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
	twice  bool // it is done twice at least, the others once
	do     func(d *damage, rng *rand.Rand) error
}

// acts returns the damage that is done to a group of processes, the cache, the
// broker and the topic: the kinds whose name contains one of the faults.
func acts(o *options) []act {
	return slices.DeleteFunc([]act{
		{"kill a process", 8, false, (*damage).killWorker},
		{"stop a process", 4, false, (*damage).stopWorker},
		{"freeze a process past its session", 4, false, (*damage).freezeWorker},
		{"kill the cache", 2, false, (*damage).killCache},
		{"restart the cache", 2, false, (*damage).restartCache},
		{"pause the cache", 3, false, (*damage).pauseCache},
		{"restart the broker", 1, false, (*damage).restartBroker},
		{"kill the broker", 1, false, (*damage).killBroker},
		{abortName, 4, true, (*damage).abortTransactions},
		{recreateName, 2, true, (*damage).recreateTopic},
		{"delete keys", 2, true, (*damage).deleteKeys},
		{"delete keys of a frozen owner", 2, true, (*damage).moveWithoutKeys},
	}, func(a act) bool {
		// No other input leaves out what was aborted or tells topics apart.
		if o.input != inputOwn && (a.name == abortName || a.name == recreateName) {
			return true
		}
		return !slices.ContainsFunc(strings.Split(o.faults, ","), func(f string) bool { return strings.Contains(a.name, f) })
	})
}

// Names of acts that not every input can stand.
const (
	abortName    = "abort transactions"
	recreateName = "recreate the topic"
)

// damage does damage at random and counts it.
type damage struct {
	ctx      context.Context // ends the waits of acts
	site     *site
	producer *producer
	truth    *truth
	workers  []*worker
	acts     []act
	cache    chan struct{} // holds a token while somebody uses the cache's process
	broker   chan struct{}
	counts   chan func(*report)
}

// mostActs is far more than a run of a day has.
const mostActs = 1 << 16

func newDamage(ctx context.Context, s *site, p *producer, t *truth, workers []*worker) *damage {
	return &damage{
		ctx: ctx, site: s, producer: p, truth: t, workers: workers, acts: acts(&s.opts), cache: make(chan struct{}, 1), broker: make(chan struct{}, 1),
		counts: make(chan func(*report), mostActs),
	}
}

// run begins an act every few seconds until the time is over: each kind once
// or twice in a random order, one that finds its object busy later again, and then by
// weight. Acts overlap. It returns when each kind was done and the last act has
// ended.
func (d *damage) run(seed uint64, over time.Duration) error {
	ctx := d.ctx
	rng := rand.New(rand.NewPCG(seed, 1))
	order := rng.Perm(len(d.acts))
	for k, a := range d.acts {
		if a.twice {
			order = append(order, k)
		}
	}
	end := time.Now().Add(over)
	running := 0
	ended := make(chan result)
	var failed error
	for (time.Now().Before(end) || len(order) > 0) && ctx.Err() == nil && failed == nil {
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

// take takes a server for one act; false when another act has it.
func take(token chan struct{}) bool {
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
	if !take(token) {
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
	if !take(d.cache) {
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
	if _, err := d.redis("client", "pause", fmt.Sprint(pause.Milliseconds()), mode); err != nil {
		return err
	}
	time.Sleep(pause)
	return nil
}
