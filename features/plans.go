package features

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonwords"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// plansVersion is the version of the record of plans.
const plansVersion = 1

// mostPlans bounds the earlier lists of features that a record keeps: a shard that has
// not been written since as many changes cannot be read any more.
const mostPlans = 100

// plans are the lists of features that the state under a base key was kept for, the
// current one last. The record is what processes with another list notice.
type plans struct {
	Version int      `json:"version"`
	Plans   [][]Spec `json:"plans"`
}

// planLog is the record of the plans under one base key.
type planLog struct{ journal *state.Journal }

func newPlanLog(store state.Store, base string) planLog {
	return planLog{state.NewJournal(store, base+".plans", state.JournalOptions{Kind: wire.KindPlans})}
}

// load reads the plans in the order in which they were current, none where no process
// has stored any.
func (l planLog) load(ctx context.Context) ([]*Plan, error) {
	r, err := l.journal.Resolve(ctx)
	if err != nil || r.Payload == nil {
		return nil, err
	}
	var stored plans
	if err := json.Unmarshal(r.Payload, &stored); err != nil {
		return nil, fmt.Errorf("%w: lists of features: %w", wire.ErrCorrupt, jsonwords.Error(err))
	}
	if stored.Version != plansVersion {
		return nil, fmt.Errorf("%w: lists of features of version %d, this build reads %d", wire.ErrUnknownVersion, stored.Version, plansVersion)
	}
	var out []*Plan
	for _, specs := range stored.Plans {
		p, err := NewPlan(specs)
		if err != nil {
			return nil, fmt.Errorf("%w: lists of features: %w", wire.ErrCorrupt, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// put makes a plan the current one after the known ones. Another writer that was first
// is an error that wraps state.ErrFenced.
func (l planLog) put(ctx context.Context, known []*Plan, p *Plan) error {
	all := slices.DeleteFunc(slices.Clone(known), func(k *Plan) bool { return k.mark == p.mark })
	all = append(all, p)
	stored := plans{Version: plansVersion}
	for _, k := range all[max(0, len(all)-mostPlans):] {
		stored.Plans = append(stored.Plans, k.specs)
	}
	payload, err := json.Marshal(stored)
	if err != nil {
		return fmt.Errorf("encode lists of features: %w", err)
	}
	_, err = l.journal.Write(ctx, l.journal.Version(), payload)
	if errors.Is(err, state.ErrLost) {
		_, err = l.journal.Restore(ctx, payload)
	}
	return err
}

// agree makes p the plan of the state under a base key where there is none yet, and
// returns the earlier ones. Another plan is an error that wraps errChanged and says
// what to do.
func agree(ctx context.Context, store state.Store, base string, p *Plan) (earlier []*Plan, err error) {
	for {
		log := newPlanLog(store, base)
		known, err := log.load(ctx)
		if err != nil {
			return nil, err
		}
		if n := len(known); n > 0 {
			if known[n-1].mark != p.mark {
				return nil, fmt.Errorf("%w: %s. `sml alter --features NAME` with this configuration changes them and keeps the state of the others; else go back to the features of before, or give the processor another `name`, under which their state begins anew", errChanged, differ(known[n-1], p))
			}
			return known[:n-1], nil
		}
		if err := log.put(ctx, nil, p); !errors.Is(err, state.ErrFenced) {
			return nil, err
		}
	}
}

// differ names the features in which two plans differ.
func differ(before, after *Plan) string {
	text := ""
	for _, e := range before.changes(after) {
		if e.kept {
			continue
		}
		if text != "" {
			text += "; "
		}
		text += e.text
	}
	if text == "" {
		text = "they are in another order"
	}
	return text
}

// Alteration is a change of the features under one base key.
type Alteration struct {
	// Effects say what becomes of the state, one for each feature that changes.
	Effects []string
	// Kept are the names of the features whose state goes on.
	Kept []string

	known []*Plan
	to    *Plan
	log   planLog
}

// Alter says what another list of features does to the state under a base key. It
// writes nothing. A state of which no list is stored, as before one has been, is an
// error that wraps errNoPlan.
func Alter(ctx context.Context, store state.Store, base string, specs []Spec) (*Alteration, error) {
	to, err := NewPlan(specs)
	if err != nil {
		return nil, err
	}
	out := &Alteration{to: to, log: newPlanLog(store, base)}
	if out.known, err = out.log.load(ctx); err != nil {
		return nil, err
	}
	if len(out.known) == 0 {
		return nil, errNoPlan
	}
	from := out.known[len(out.known)-1]
	if from.mark == to.mark {
		return out, nil
	}
	for _, e := range from.changes(to) {
		if e.kept {
			out.Kept = append(out.Kept, e.name)
		} else {
			out.Effects = append(out.Effects, e.text)
		}
	}
	if len(out.Effects) == 0 {
		out.Effects = append(out.Effects, "the order or the names of the features change; their state goes on")
	}
	return out, nil
}

// errNoPlan says that no list of features is stored.
var errNoPlan = errors.New("no state of sml_features is stored under that name, or only by an earlier version: run sml_features once with the features of before, which stores their list")

// Store makes the new list the current one. A process that runs goes on with its own
// until it reads what another one has written with the new list: then it stops and says
// what to do. The error wraps state.ErrFenced where another process was first.
func (a *Alteration) Store(ctx context.Context) error { return a.log.put(ctx, a.known, a.to) }
