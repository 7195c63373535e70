package state

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// maxRestarts bounds how often a search begins anew because keys disappeared.
const maxRestarts = 50

// errMoved says that other writers have moved on while a search was under way.
var errMoved = errors.New("records moved during the search")

// Load finds the newest version and returns it. Failures of the store wrap
// ErrStore and are never taken for an empty journal. A damaged record is an
// error that wraps wire.ErrCorrupt and names the key, and so are keys that are
// missing for good.
func (j *Journal) Load(ctx context.Context) (Record, error) {
	known := j.version
	hint, err := j.hint(ctx)
	if err != nil {
		return Record{}, err
	}
	for tries := range maxRestarts {
		var r Record
		r, err = j.loadFrom(ctx, hint)
		if err == nil && r.Version < known {
			return Record{}, gone("%q went back from version %d to %d", j.base, known, r.Version)
		}
		if !errors.Is(err, errMoved) && !errors.Is(err, errPartGone) {
			return r, err
		}
		if lost := j.kept(ctx, known); lost != nil {
			// What this journal knows is gone, but others may have gone on from it.
			if r, err := j.loadFrom(ctx, 0); err == nil && r.Version > known {
				return r, nil
			}
			return Record{}, lost
		}
		if tries >= keptTries && known > 0 && errors.Is(err, errPartGone) {
			return Record{}, gone("%v", err)
		}
		hint = 0
	}
	if errors.Is(err, errPartGone) {
		return Record{}, err
	}
	return Record{}, gone("load %q: keys are missing, as when they expire: %v", j.base, err)
}

// hint returns where to begin: what this journal knows, or what the hint says.
// Zero means to begin at the marks.
func (j *Journal) hint(ctx context.Context) (uint64, error) {
	if j.version > 0 {
		return j.version, nil
	}
	value, err := j.access.get(ctx, j.headKey())
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	version, interval := parseHead(value)
	return version, j.checkInterval(j.headKey(), interval)
}

// checkInterval refuses marks of another interval than this journal's, which
// would be taken for other versions. Zero is one that is not known: marks of
// format 1 do not tell.
func (j *Journal) checkInterval(key string, interval uint64) error {
	if interval == 0 || interval == j.options.MarkInterval {
		return nil
	}
	return fmt.Errorf("%w: %q is of one mark every %d versions, asked for is one every %d", errMarkInterval, key, interval, j.options.MarkInterval)
}

// loadFrom searches from hint, or from the marks when hint is zero or gone.
func (j *Journal) loadFrom(ctx context.Context, hint uint64) (Record, error) {
	start := hint
	var newest uint64
	err := errMoved
	orphan := false
	if start > 0 {
		newest, err = j.gallop(ctx, 0, start)
		if errors.Is(err, errMoved) && start == j.version {
			if newest, err = j.gallop(ctx, 0, start+1); err == nil {
				start, orphan = start+1, true
			}
		}
	}
	if errors.Is(err, errMoved) {
		if start, err = j.newestMark(ctx); err != nil {
			return Record{}, err
		}
		newest, err = j.gallop(ctx, 0, start)
	}
	if err != nil {
		return Record{}, err
	}
	f, err := j.read(ctx, newest)
	if err != nil {
		return Record{}, err
	}
	// Only now, as a key that was read may have been one that a writer added
	// again long after it had been deleted.
	if err := j.unmoved(ctx, start); err != nil {
		return Record{}, err
	}
	j.orphan = orphan || j.orphan && f.record.Version == j.version
	j.take(f.record.Version, f.chain, f.torn)
	j.sum, j.nonce = wire.Checksum(f.record.Payload), f.nonce
	return f.record, nil
}

// found is a good version with what a writer needs to know of it.
type found struct {
	record Record
	chain  chain
	nonce  uint64
	torn   []uint64 // versions above it that are cut short
}

// newestMark returns the version of the newest mark, or 0. Marks of a level
// are contiguous from the newest mark of the level above on.
func (j *Journal) newestMark(ctx context.Context) (uint64, error) {
	var start uint64
	for level := levels; level > 0; level-- {
		newest, err := j.gallop(ctx, level, start)
		if err != nil {
			return 0, err
		}
		start = newest * j.options.MarkInterval
	}
	return start, nil
}

// gallop returns the last number of the contiguous run that begins at start;
// 0 is present by definition. The error wraps errMoved when start is absent.
func (j *Journal) gallop(ctx context.Context, level int, start uint64) (uint64, error) {
	if start > 0 {
		present, err := j.present(ctx, level, start)
		if err != nil {
			return 0, err
		}
		if !present {
			return 0, fmt.Errorf("%w: %q is gone", errMoved, j.levelKey(level, start))
		}
	}
	low, high := start, start+1 // low is present; high, in the end, is absent
	for step := uint64(1); ; step *= 2 {
		present, err := j.present(ctx, level, high)
		if err != nil {
			return 0, err
		}
		if !present {
			break
		}
		low, high = high, high+2*step
	}
	for high-low > 1 {
		middle := low + (high-low)/2
		present, err := j.present(ctx, level, middle)
		if err != nil {
			return 0, err
		}
		if present {
			low = middle
		} else {
			high = middle
		}
	}
	return low, nil
}

// present reports whether a version or a mark exists. The error wraps
// errMarkInterval when it is a mark of another interval.
func (j *Journal) present(ctx context.Context, level int, number uint64) (bool, error) {
	key := j.levelKey(level, number)
	value, err := j.access.get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil || level == 0 {
		return err == nil, err
	}
	return true, j.checkInterval(key, parseReached(value))
}

// unmoved makes sure that nothing from version start on has been deleted: that
// happens only after the mark beyond start was added, and that mark in turn
// is deleted only after the one beyond it a level higher.
func (j *Journal) unmoved(ctx context.Context, start uint64) error {
	number := start
	for level := 1; level <= levels; level++ {
		number = number/j.options.MarkInterval + 1
		present, err := j.present(ctx, level, number)
		if err != nil {
			return err
		}
		if present {
			return fmt.Errorf("%w: %q exists", errMoved, j.levelKey(level, number))
		}
	}
	return nil
}

// read returns the newest good version, at newest or, where that is cut short
// and the store is not atomic, below.
func (j *Journal) read(ctx context.Context, newest uint64) (found, error) {
	var f found
	var damage error
	for v := newest; v > 0; v-- {
		value, err := j.access.get(ctx, j.key(v))
		if errors.Is(err, ErrNotFound) {
			return found{}, fmt.Errorf("%w: %q is gone", errMoved, j.key(v))
		}
		if err != nil {
			return found{}, err
		}
		c, err := j.parse(v, value)
		if errors.Is(err, wire.ErrCorrupt) && !j.options.Atomic && cutShort(value) {
			f.torn, damage = append([]uint64{v}, f.torn...), err
			continue
		}
		if err != nil {
			return found{}, err
		}
		if c.superseded {
			return found{}, j.superseded(ctx, newest, damage)
		}
		if f.record.Payload, err = j.assemble(ctx, c); err != nil {
			return found{}, err
		}
		f.record.Version, f.chain, f.nonce = v, j.holding(c.chain, f.record.Payload), c.nonce
		if !j.options.Atomic {
			if f.record.Disputed, err = j.access.has(ctx, j.sealKey(v)); err != nil {
				return found{}, err
			}
		}
		break
	}
	if len(f.torn) > 0 {
		if err := j.stillTorn(ctx, newest); err != nil {
			return found{}, err
		}
	}
	return f, nil
}

// stillTorn makes sure that newest is cut short and the newest: half a value
// may also be one that is being superseded, or become whole while those below
// it are read. The error wraps errMoved.
func (j *Journal) stillTorn(ctx context.Context, newest uint64) error {
	value, err := j.access.get(ctx, j.key(newest))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if _, bad := j.parse(newest, value); err != nil || !errors.Is(bad, wire.ErrCorrupt) {
		return fmt.Errorf("%w: %q is cut short no more", errMoved, j.key(newest))
	}
	next, err := j.access.has(ctx, j.key(newest+1))
	if err != nil {
		return err
	}
	if next {
		return fmt.Errorf("%w: %q exists", errMoved, j.key(newest+1))
	}
	return j.unmoved(ctx, newest)
}

// superseded says why a version below the newest has a successor: there is one
// by now, or there was one and it is damaged.
func (j *Journal) superseded(ctx context.Context, newest uint64, damage error) error {
	if damage == nil {
		return fmt.Errorf("%w: %q is superseded", errMoved, j.key(newest))
	}
	if err := j.stillTorn(ctx, newest); err != nil {
		return err
	}
	return fmt.Errorf("%w (an earlier version is superseded)", damage)
}

func (j *Journal) take(version uint64, chain chain, torn []uint64) {
	if version != j.version {
		j.stale, j.hinted, j.sweeps = nil, 0, sweeps{}
	}
	j.version, j.chain, j.torn = version, chain, torn
	j.drop(j.doubtful)
	j.doubtful = nil
}

// Newer reports whether there is a version later than the given one: a poll of
// four small reads. It is safe for concurrent use.
func (j *Journal) Newer(ctx context.Context, than uint64) (bool, error) {
	present, err := j.access.has(ctx, j.key(than+1))
	if present || err != nil {
		return present, err
	}
	err = j.unmoved(ctx, than)
	if errors.Is(err, errMoved) {
		return true, nil
	}
	return false, err
}
