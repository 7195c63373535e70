//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/connect/v4/public/components/redis"
	_ "github.com/redpanda-data/connect/v4/public/components/sql/base"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	_ "modernc.org/sqlite"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := 0
	if err := chaos(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		code = 1
	}
	stop()
	os.Exit(code)
}

// errVerdict is the error of a run whose report is not in order.
var errVerdict = errors.New("the report is not in order")

func chaos(ctx context.Context, args []string) error {
	o, err := parseOptions(args)
	if err != nil {
		return err
	}
	began := time.Now()
	s := &site{dir: o.dir, repo: o.repo, binary: o.binary, opts: o, log: func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%6.1f  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
	}}
	r := &report{Cache: o.cache, Input: o.input, Seed: o.seed}
	if err := s.run(ctx, r); err != nil {
		return err
	}
	r.Seconds = time.Since(began).Round(time.Second).Seconds()
	r.judge()
	if err := r.write(os.Stdout, o.json); err != nil {
		return err
	}
	if !r.OK {
		return errVerdict
	}
	return nil
}

// kafkaEnv makes the broker, which is started several times in a run, serve
// sooner: it is compiled in one pass. On a busy machine it may still take long.
var kafkaEnv = [...]string{"JAVA_TOOL_OPTIONS=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", "KAFKA_READY_SECONDS=300"}

// run does everything and stops what it has started.
func (s *site) run(ctx context.Context, r *report) (err error) {
	if err := s.makeCacheDir(); err != nil {
		return err
	}
	if s.kafka, err = s.newServer("kafka", "kafka/start.sh", kafkaEnv[:]...); err != nil {
		return err
	}
	if s.opts.cache == cacheRedis {
		if s.redis, err = s.newServer("redis", "redis/start.sh"); err != nil {
			return err
		}
		if err := s.redis.start(ctx); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.redis.stop(syscall.SIGKILL)) }()
	}
	s.log("starting Kafka at %s", s.kafka.address())
	if err := s.kafka.start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.kafka.stop(syscall.SIGKILL)) }()

	count := 1
	if s.opts.cache == cacheRedis {
		count = 3
	}
	var workers []*worker
	for i := range count {
		w, err := s.newWorker(i)
		if err != nil {
			return err
		}
		workers = append(workers, w)
	}
	return s.learn(ctx, r, workers)
}

// learn lets the processes learn under damage, and compares.
func (s *site) learn(ctx context.Context, r *report, workers []*worker) (err error) {
	t, err := s.newTopic(ctx)
	if err != nil {
		return err
	}
	p := newProducer(s.kafka.address(), s.opts.seed, s.opts.rows, s.opts.aborts())
	defer func() { err = errors.Join(err, killAll(workers)) }()
	for _, w := range workers {
		if err := w.start(); err != nil {
			return err
		}
	}
	if err := s.damage(ctx, r, p, t, workers); err != nil {
		return err
	}
	s.log("all rows are produced; waiting until they are consumed")
	if err := t.read(ctx, s.kafka.address()); err != nil {
		return err
	}
	if err := s.consumed(ctx, t); err != nil {
		return err
	}
	if err := endAll(ctx, r, workers); err != nil {
		return err
	}
	s.collect(r, workers)
	if err := t.finish(ctx); err != nil {
		return err
	}
	if err := s.verify(ctx, r, t); err != nil || r.Lost == 0 {
		return err
	}
	after := &report{}
	if err := s.rewind(ctx, t, workers[0]); err != nil {
		return err
	}
	err = s.verify(ctx, after, t)
	r.LostAfterRewind, r.DuplicatedAfterRewind = &after.Lost, &after.Duplicated
	return err
}

// newTopic creates the topic.
func (s *site) newTopic(ctx context.Context) (*truth, error) {
	t, err := newTruth()
	if err != nil {
		return nil, err
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(s.kafka.address()))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return t, t.createTopic(ctx, kadm.NewClient(client))
}

// endAll notes the accounts of the processes, ends them in order, and compares the
// accounts with what was logged.
func endAll(ctx context.Context, r *report, workers []*worker) error {
	for _, w := range workers {
		if err := w.account(ctx); err != nil {
			r.fault("%v", err)
		}
	}
	for _, w := range workers {
		c, _ := w.running()
		killed, err := w.end(syscall.SIGTERM)
		if err != nil {
			return err
		}
		if c == nil || killed {
			continue
		}
		if err := w.compareLog(c.Process.Pid); err != nil {
			r.fault("%v", err)
		} else {
			r.LogAccounts++
		}
	}
	return ctx.Err()
}

// killAll ends the processes that still run, the stopped ones too.
func killAll(workers []*worker) error {
	var failed error
	for _, w := range workers {
		_ = w.signal(syscall.SIGCONT) // it fails when the process has ended
		_, err := w.end(syscall.SIGKILL)
		failed = errors.Join(failed, err)
	}
	return failed
}

// damage produces all rows while processes are killed, stopped and started.
func (s *site) damage(ctx context.Context, r *report, p *producer, t *truth, workers []*worker) (err error) {
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	var background sync.WaitGroup
	defer background.Wait()
	defer cancel()
	produced := make(chan error, 1)
	background.Go(func() {
		err := p.run(running)
		produced <- err
		if err != nil {
			cancel() // nothing more comes that could be waited for
		}
	})
	background.Go(func() { scrapeAll(running, workers) })

	if s.opts.cache == cacheRedis {
		err = s.damageGroup(running, r, p, t, workers)
	} else {
		err = s.damageOne(running, r, p, workers[0])
	}
	if err != nil {
		select {
		case failed := <-produced:
			return errors.Join(err, failed)
		default:
			return err
		}
	}
	p.may.Store(s.opts.rows)
	if err := <-produced; err != nil {
		return fmt.Errorf("produce: %w", err)
	}
	r.Aborts, r.AbortedRows = p.aborted()
	return nil
}

// rewind lets the group, which has no members, read the topic from its
// beginning again: what a process learns then is what none was given before.
func (s *site) rewind(ctx context.Context, t *truth, w *worker) error {
	s.log("rows are lost: reading the topic again from its beginning")
	client, err := kgo.NewClient(kgo.SeedBrokers(s.kafka.address()))
	if err != nil {
		return err
	}
	defer client.Close()
	offsets := kadm.Offsets{}
	for p := range int32(partitions) {
		offsets.Add(kadm.Offset{Topic: topic, Partition: p, LeaderEpoch: -1, Metadata: noteOf + t.epoch.id})
	}
	if err := kadm.NewClient(client).CommitAllOffsets(ctx, group, offsets); err != nil {
		return fmt.Errorf("rewind group %q: %w", group, err)
	}
	if err := w.start(); err != nil {
		return err
	}
	if err := s.consumed(ctx, t); err != nil {
		return err
	}
	_, err = w.end(syscall.SIGTERM)
	return err
}

// scrapeAll reads the counters of all processes now and then.
func scrapeAll(ctx context.Context, workers []*worker) {
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var all sync.WaitGroup
		for _, w := range workers {
			all.Go(func() { w.scrape(time.Second) })
		}
		all.Wait()
	}
}

// verify compares what is stored with what was in the topic.
func (s *site) verify(ctx context.Context, r *report, t *truth) error {
	store, closeStore, err := s.openStore()
	if err != nil {
		return err
	}
	defer closeStore(ctx)
	o, err := readOutcome(ctx, store)
	if err != nil {
		return err
	}
	compare(r, t, o)
	return nil
}
