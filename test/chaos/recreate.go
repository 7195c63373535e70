//go:build linux

package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// abortTransactions has some of the next transactions aborted. Their rows come
// again in later ones.
func (d *damage) abortTransactions(rng *rand.Rand) error {
	n := 1 + rng.Int64N(4)
	d.site.log("abort %d transactions", n)
	d.producer.doomed.Add(n)
	return nil
}

// recreateTopic deletes the topic and creates it again. Rows that are not
// consumed by then would be gone for everybody, so the producer holds until
// all are.
func (d *damage) recreateTopic(_ *rand.Rand) error {
	d.broker <- struct{}{} // whoever has it ends by itself
	defer func() { <-d.broker }()
	resume, err := d.producer.hold(d.ctx)
	if err != nil {
		return err
	}
	defer resume()
	if err := d.truth.read(d.ctx, d.site.kafka.address()); err != nil {
		return err
	}
	if err := d.consumed(); err != nil {
		return err
	}
	d.account()
	client, err := kgo.NewClient(kgo.SeedBrokers(d.site.kafka.address()))
	if err != nil {
		return err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	d.count("delete the topic and create it again", func(r *report) { r.Recreations++ })
	if _, err := admin.DeleteTopic(context.WithoutCancel(d.ctx), topic); err != nil {
		return fmt.Errorf("delete topic %q: %w", topic, err)
	}
	return d.truth.createTopic(d.ctx, admin)
}

// account notes the accounts of the processes that nobody does anything to now.
func (d *damage) account() {
	for _, w := range d.workers {
		if !w.busy.TryLock() {
			continue
		}
		if err := w.account(d.ctx); err != nil {
			d.count(err.Error(), func(r *report) { r.fault("%v", err) })
		}
		w.busy.Unlock()
	}
}
