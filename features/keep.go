package features

import (
	"context"
	"errors"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
)

// keepEvery is after how many batches of a shard it is looked whether the store has
// all of it. Its newest version is looked at with every batch.
const keepEvery = 200

// keep makes sure that the store has the shard, every now and then, and at once when
// something was gone. It returns how many pages are gone for good.
func (s *shard) keep(ctx context.Context) (lost int, err error) {
	alarm := s.restored.Swap(false)
	if s.batches.Add(1)%keepEvery != 0 && !alarm {
		return 0, nil
	}
	if err := s.record.Keep(ctx); err != nil {
		return 0, err
	}
	if s.restored.Swap(false) {
		alarm = true
	}
	if !alarm {
		return 0, nil
	}
	if err := state.NewDirectory(s.store, s.base).Register(ctx, s.record.ID()); err != nil {
		return 0, err
	}
	return s.keepPages(ctx)
}

// keepPages gives up the pages that are gone: their keys begin anew. Keys in memory
// are in the record. It returns how many pages these are.
func (s *shard) keepPages(ctx context.Context) (lost int, err error) {
	err = s.record.Change(ctx, func(k *keyed) error {
		lost, err = k.giveUp(ctx, s.pages)
		return err
	})
	return lost, err
}

// giveUp forgets the pages that are damaged or gone.
func (k *keyed) giveUp(ctx context.Context, pages *paged.Values) (lost int, err error) {
	for i, ref := range k.pages.Refs {
		if !ref.Named() {
			continue
		}
		_, err := pages.Read(ctx, ref)
		switch {
		case errors.Is(err, state.ErrNotFound) || errors.Is(err, wire.ErrCorrupt):
			k.garbage.Add(ref)
			k.pages.Refs[i] = paged.Ref{}
			lost++
		case err != nil:
			return lost, err
		}
	}
	return lost, nil
}
