//go:build linux

package main

import (
	"context"
	"fmt"
	"maps"
	"time"
)

// account says what became of the rows that a process was given, by its
// metrics alone (docs/operations.md).
type account struct {
	delivered, learned, waiting float64
	leftOut                     map[string]float64 // by reason
}

// balance returns an error unless every row that was delivered is learned, is
// left out for a reason, or waits.
func (a account) balance() error {
	sum := a.learned + a.waiting
	for _, n := range a.leftOut {
		sum += n
	}
	if sum != a.delivered {
		return fmt.Errorf("%v rows were delivered, but %v are learned, %v left out and %v wait", a.delivered, a.learned, a.leftOut, a.waiting)
	}
	return nil
}

// accountPatience bounds the wait for a process to have nothing to do.
const accountPatience = 20 * time.Second

// account reads the account of the process that runs, once no row waits in it,
// and keeps it. The topic has nothing more to give.
func (w *worker) account(ctx context.Context) error {
	for deadline := time.Now().Add(accountPatience); ; {
		c, _ := w.running()
		if c == nil {
			return nil
		}
		if w.scrape(time.Second) {
			a := w.present()
			err := a.balance()
			if err == nil && a.waiting == 0 {
				w.mu.Lock()
				w.accounts[c.Process.Pid] = a
				w.mu.Unlock()
				return nil
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("the account of %s: %w, %v wait", w.name, err, a.waiting)
			}
		}
		if time.Now().After(deadline.Add(accountPatience)) {
			return fmt.Errorf("%s does not tell its account", w.name)
		}
		if err := wait(ctx, 10*pollEvery); err != nil {
			return err
		}
	}
}

// present returns the account by the counters that were read last.
func (w *worker) present() account {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := account{
		delivered: w.current["sml_rows_delivered_total"], learned: w.current["sml_rows_learned_total"], waiting: w.current["sml_rows_waiting"],
		leftOut: map[string]float64{},
	}
	maps.Copy(a.leftOut, reasons(w.current, "sml_rows_left_out_total"))
	return a
}

// collectAccounts adds up the last accounts of all processes.
func (r *report) collectAccounts(workers []*worker) {
	r.LeftOut = map[string]int64{}
	for _, w := range workers {
		for _, a := range w.accounts {
			r.Accounts++
			r.Delivered += int64(a.delivered)
			r.DeliveredLearned += int64(a.learned)
			for reason, n := range a.leftOut {
				r.LeftOut[reason] += int64(n)
			}
		}
	}
}
