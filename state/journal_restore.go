package state

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// ErrLost is wrapped when keys that were written are gone from the store, as when it
// was flushed, has evicted them or was set back to an older state.
var ErrLost = errors.New("keys are gone from the store")

// kept makes sure that the version that was loaded or written last is still there,
// unless another writer has gone on from it. The error wraps ErrLost or ErrStore.
func (j *Journal) kept(ctx context.Context, version uint64) error {
	if version == 0 {
		return nil
	}
	present, err := j.access.has(ctx, j.key(version))
	if present || err != nil {
		return err
	}
	err = j.unmoved(ctx, version)
	if errors.Is(err, errMoved) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: %q does not exist any more", ErrLost, j.key(version))
}

// follows makes sure that the version before a new one is still there and still the one
// that this journal knows: after keys have gone, somebody may have begun the record anew
// and have come to the same number. What is there then is displaced. The error wraps
// ErrLost or ErrStore.
func (j *Journal) follows(ctx context.Context, version uint64) error {
	if version == 0 {
		return nil
	}
	value, err := j.access.get(ctx, j.key(version))
	if errors.Is(err, ErrNotFound) {
		return j.kept(ctx, version)
	}
	if err != nil {
		return err
	}
	c, err := j.parse(version, value)
	if err != nil || c.superseded || c.nonce == j.nonce {
		return nil
	}
	if payload, err := j.assemble(ctx, c); err == nil {
		j.displaced = Record{Version: version, Payload: payload}
	} else if errors.Is(err, ErrStore) {
		return err
	}
	return fmt.Errorf("%w: version %d of %q is another one that was written under the same number", ErrLost, version, j.base)
}

// Kept makes sure that the version that this journal knows is there and that a
// reader who knows nothing finds it or a later one, with all its pieces. The error
// wraps ErrLost, ErrStore or what Load returns.
func (j *Journal) Kept(ctx context.Context) error {
	if err := j.kept(ctx, j.version); err != nil || j.version == 0 {
		return err
	}
	// A reader begins at the hint or, when that is of no use any more, at the marks.
	hint, err := j.Again().hint(ctx)
	if err != nil {
		return err
	}
	found, err := j.seen(ctx, 0)
	if err == nil && found.Version >= j.version && hint > 0 {
		found, err = j.seen(ctx, hint)
	}
	if err == nil && found.Version == j.version && wire.Checksum(found.Payload) != j.sum {
		return fmt.Errorf("%w: version %d of %q is another one that was restored under the same number", ErrLost, j.version, j.base)
	}
	if errors.Is(err, ErrStore) || err == nil && found.Version >= j.version {
		return err
	}
	if newer, failed := j.Newer(ctx, j.version); newer || failed != nil {
		return failed // another writer has gone on, and looks itself
	}
	if err == nil {
		err = fmt.Errorf("a reader finds version %d of %q and not version %d", found.Version, j.base, j.version)
	}
	return fmt.Errorf("%w: %w", ErrLost, err)
}

// seen returns what a reader finds who begins at a version, or at the marks.
func (j *Journal) seen(ctx context.Context, start uint64) (found Record, err error) {
	reader := j.Again()
	for range keptTries {
		if found, err = reader.loadFrom(ctx, start); err == nil || errors.Is(err, ErrStore) {
			return found, err
		}
	}
	if start > 0 && errors.Is(err, errMoved) {
		return reader.loadFrom(ctx, 0)
	}
	return found, err
}

// mostRemains bounds how many versions remains looks at.
const mostRemains = 64

// remains returns the newest version that can be read of a record of which keys are
// gone, such as one that a process has begun anew below what is left of an earlier one;
// version 0 for none. The error wraps ErrStore.
func (j *Journal) remains(ctx context.Context) (Record, error) {
	mark, err := j.newestMark(ctx) // 0 where marks are gone as well
	if err != nil && !errors.Is(err, errMoved) {
		return Record{}, err
	}
	hint, err := j.Again().hint(ctx)
	if err != nil {
		return Record{}, err
	}
	// Whoever has begun the record anew may have written a hint, and what is below it may
	// have been cleared up by now.
	for _, start := range []uint64{mark, hint, 0} {
		newest, err := j.gallop(ctx, 0, start)
		if errors.Is(err, errMoved) {
			continue
		}
		if err != nil {
			return Record{}, err
		}
		if found, err := j.newestReadable(ctx, newest); err != nil || found.Version > 0 {
			return found, err
		}
	}
	return Record{}, nil
}

// newestReadable returns the newest version up to one that can be read, version 0 for
// none. The error wraps ErrStore.
func (j *Journal) newestReadable(ctx context.Context, newest uint64) (Record, error) {
	for v := newest; v > 0 && newest-v < mostRemains; v-- {
		payload, err := j.payloadOf(ctx, v)
		if errors.Is(err, ErrStore) {
			return Record{}, err
		}
		if err == nil && payload != nil {
			return Record{Version: v, Payload: payload}, nil
		}
	}
	return Record{}, nil
}

// keptTries is how often a reader begins anew, because others move on, before the
// record counts as lost unless it has a newer version.
const keptTries = 3

// Restore writes a payload where every reader finds it, whichever keys are gone: at
// the next version that the highest level of marks stands for, with these marks. So
// nothing that is left of earlier versions counts any more. The error wraps
// ErrFenced when another writer has restored the record first, and ErrStore when the
// outcome is not known: then the same Restore may be tried again.
func (j *Journal) Restore(ctx context.Context, payload []byte) (uint64, error) {
	span := j.span()
	version := (j.version/span + 1) * span
	for {
		err := j.restoreAt(ctx, version, span, payload)
		if !errors.Is(err, errUnreadable) {
			return version, err
		}
		version += span
	}
}

// span returns the number of versions that a mark of the highest level stands for.
func (j *Journal) span() uint64 {
	span := uint64(1)
	for range levels {
		span *= j.options.MarkInterval
	}
	return span
}

// RestoredSince reports whether the record has been restored, by anybody, between an
// earlier version and the one that this journal knows.
func (j *Journal) RestoredSince(version uint64) bool {
	return version/j.span() != j.version/j.span()
}

// Again returns a journal of the same record that knows nothing yet.
func (j *Journal) Again() *Journal { return NewJournal(j.access.store, j.base, j.options) }

// errUnreadable says that another writer has restored the record, and that this
// version is damaged by now.
var errUnreadable = errors.New("the version that was restored is damaged")

// restoreAt is Restore at one version.
func (j *Journal) restoreAt(ctx context.Context, version, span uint64, payload []byte) error {
	next, err := j.stage(ctx, version, payload, true)
	if err != nil {
		return err
	}
	if lost, err := j.claim(ctx, version, next.value); err != nil {
		if lost {
			j.doubtful = append(j.doubtful, next.fresh()...)
			j.attempt = attempt{}
		}
		if !errors.Is(err, ErrFenced) {
			return err
		}
		if readable, damage := j.readable(ctx, version); !readable {
			return fmt.Errorf("%w: %w", errUnreadable, damage)
		}
		// Whoever was first may not have reached the marks.
		if failed := j.markSpan(ctx, version, span); failed != nil {
			return failed
		}
		found, failed := j.seen(ctx, 0)
		if errors.Is(failed, ErrStore) {
			return failed
		}
		if failed != nil || found.Version < version {
			return fmt.Errorf("%w: what followed it is gone: %w", errUnreadable, errors.Join(failed, err))
		}
		return err
	}
	if err := j.confirm(ctx, version); err != nil {
		return err
	}
	if err := j.markSpan(ctx, version, span); err != nil {
		return err
	}
	old, former := j.version, j.nonce
	j.nonce = j.attempt.nonce
	j.attempt = attempt{}
	j.take(version, next.chain, nil)
	j.sum = wire.Checksum(payload)
	j.orphan = false
	j.sweepBetween(old, former, version)
	return nil
}

// readable reports whether a version has a successor or can be read as a whole. The
// error is that of a store that fails.
func (j *Journal) readable(ctx context.Context, version uint64) (bool, error) {
	value, err := j.access.get(ctx, j.key(version))
	if err != nil {
		return errors.Is(err, ErrStore), err
	}
	c, err := j.parse(version, value)
	if err == nil && !c.superseded {
		_, err = j.assemble(ctx, c)
	}
	return err == nil || errors.Is(err, ErrStore), err
}

// markSpan adds the marks that lead to a version that the highest level stands for.
// That of the highest level, by which the version counts, is added last.
func (j *Journal) markSpan(ctx context.Context, version, span uint64) error {
	number := version
	for level := 1; level < levels; level++ {
		number /= j.options.MarkInterval
		if err := j.access.ensure(ctx, j.levelKey(level, number), levelMark(j.options.MarkInterval)); err != nil {
			return err
		}
	}
	for number := uint64(1); number <= version/span; number++ {
		if err := j.access.ensure(ctx, j.levelKey(levels, number), levelMark(j.options.MarkInterval)); err != nil {
			return err
		}
	}
	return nil
}

// sweepBetween lets the keys about an old version be deleted, a few after each write,
// up to those of the version that was restored. The old version, of the nonce former, has
// no tombstone.
func (j *Journal) sweepBetween(old, former, restored uint64) {
	for level := range levels {
		from := uint64(1)
		if back := 2 * j.options.MarkInterval; old > back {
			from = old - back
		}
		j.sweeps.pending = append(j.sweeps.pending, span{level: level, from: from, to: min(old+2, restored), nonce: former})
		old, restored = old/j.options.MarkInterval, restored/j.options.MarkInterval
	}
}

// gone is the error of a search that finds less than is known to have been written.
func gone(format string, args ...any) error {
	return fmt.Errorf("%w: %w: %s", ErrLost, wire.ErrCorrupt, fmt.Sprintf(format, args...))
}
