//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Lines of the broker's log.
const (
	// assignedLine says that a generation of the group has its assignment:
	// from then on it is up to the consumers.
	assignedLine   = "Assignment received from leader"
	generationLine = "Stabilized group " + group + " "
)

// takeOverPatience bounds the wait for one take-over.
const takeOverPatience = 180 * time.Second

// takeOvers measures how long partitions of killed processes are without
// statistics, beyond the group's own rebalance.
type takeOvers struct {
	site    *site
	workers []*worker
	store   state.Store
	client  *kgo.Client
	admin   *kadm.Client
	took    []time.Duration
}

func newTakeOvers(s *site, workers []*worker, store state.Store) (*takeOvers, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(s.kafka.address()))
	if err != nil {
		return nil, err
	}
	return &takeOvers{site: s, workers: workers, store: store, client: client, admin: kadm.NewClient(client)}, nil
}

func (t *takeOvers) close() { t.client.Close() }

// owned returns the partitions of a process.
func (t *takeOvers) owned(ctx context.Context, w *worker) ([]int32, error) {
	groups, err := t.admin.DescribeGroups(ctx, group)
	if err != nil {
		return nil, fmt.Errorf("describe group %q: %w", group, err)
	}
	var out []int32
	for _, m := range groups[group].Members {
		if m.ClientID != w.name {
			continue
		}
		if a, ok := m.Assigned.AsConsumer(); ok {
			for _, t := range a.Topics {
				out = append(out, t.Partitions...)
			}
		}
	}
	return out, nil
}

// settled waits until the group is stable, each process in it and each
// partition assigned.
func (t *takeOvers) settled(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, takeOverPatience)
	defer cancel()
	for {
		all, alone := 0, false
		var failed error // as while the broker has just been started
		for _, w := range t.workers {
			owned, err := t.owned(ctx, w)
			failed = errors.Join(failed, err)
			all += len(owned)
			alone = alone || len(owned) == 0
		}
		if failed == nil && all == partitions && !alone {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("group %q has %d of %d partitions assigned, one process none %t: %w", group, all, partitions, alone, errors.Join(ctx.Err(), failed))
		case <-time.After(10 * pollEvery):
		}
	}
}

// measure kills a process and waits until each of its partitions has a new
// version; then it starts the process again.
func (t *takeOvers) measure(ctx context.Context, w *worker) error {
	if err := t.settled(ctx); err != nil {
		return err
	}
	owned, err := t.owned(ctx, w)
	if err != nil {
		return err
	}
	log, err := os.Open(filepath.Join(t.site.kafka.dir, "kafka.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	if _, err := log.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	if _, err := w.end(syscall.SIGKILL); err != nil {
		return err
	}
	waiting := map[*state.Journal]uint64{}
	for _, p := range owned {
		j := journalOf(t.store, p)
		r, err := j.Load(ctx)
		if err != nil {
			return err
		}
		waiting[j] = r.Version
	}
	assigned := time.Now()
	var text bytes.Buffer
	for deadline := time.Now().Add(takeOverPatience); len(waiting) > 0; {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of %d partitions of %s have no new version after %v", len(waiting), len(owned), w.name, takeOverPatience)
		}
		text.Reset()
		if _, err := text.ReadFrom(log); err != nil {
			return err
		}
		if strings.Contains(text.String(), assignedLine) {
			assigned = time.Now()
		}
		for j, version := range waiting {
			newer, err := j.Newer(ctx, version)
			if err != nil {
				return err
			}
			if newer {
				t.took = append(t.took, time.Since(assigned))
				delete(waiting, j)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(takeOverPoll):
		}
	}
	return w.start()
}

// takeOverPoll is how often log and versions are looked at; the measured times
// are too long by up to that much.
const takeOverPoll = 5 * time.Millisecond

// collect fills in the report.
func (t *takeOvers) collect(r *report) {
	r.TakeOvers = len(t.took)
	if len(t.took) == 0 {
		return
	}
	slices.Sort(t.took)
	r.TakeOverSeconds = t.took[len(t.took)-1].Seconds()
	r.TakeOverMedian = t.took[len(t.took)/2].Seconds()
}

// generations counts those of the group in the broker's log.
func (s *site) generations() (int, error) {
	log, err := os.ReadFile(filepath.Join(s.kafka.dir, "kafka.log"))
	return bytes.Count(log, []byte(generationLine)), err
}
