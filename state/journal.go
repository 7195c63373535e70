package state

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// ErrFenced is wrapped when another writer has written the version that was to
// be written. Load tells what it wrote.
var ErrFenced = errors.New("another writer was first")

// errMarkInterval is wrapped when a journal was written with another
// JournalOptions.MarkInterval than the one that is asked for.
var errMarkInterval = errors.New("interval of marks differs")

// Defaults of JournalOptions.
const (
	DefaultMaxValue     = 900_000
	defaultMarkInterval = 1000
)

// JournalOptions say what a journal holds and what its store can do.
type JournalOptions struct {
	// Kind is the kind of the records.
	Kind wire.Kind
	// Atomic says that a value of the store is seen whole or not at all. When
	// false, every version is read back before it counts, and a newest version
	// that is cut short is passed over as never acknowledged. A store that is a
	// Guarantor says so itself.
	Atomic bool
	// MaxValue bounds the bytes of a payload under one key; zero means
	// DefaultMaxValue.
	MaxValue int
	// MarkInterval is the number of versions from one mark to the next, at
	// least 2; zero means defaultMarkInterval. It must never change for a store.
	MarkInterval uint64
	// Nonce returns numbers that no two writers share; nil means crypto/rand.
	Nonce func() uint64

	deltas deltaOptions
}

func (o JournalOptions) withDefaults() JournalOptions {
	if o.MaxValue <= 0 {
		o.MaxValue = DefaultMaxValue
	}
	if o.MarkInterval < 2 {
		o.MarkInterval = defaultMarkInterval
	}
	if o.Nonce == nil {
		o.Nonce = randomNonce
	}
	if o.deltas.from == 0 {
		o.deltas.from = defaultDeltaFrom
	}
	if o.deltas.most == 0 {
		o.deltas.most = defaultMostDeltas
	}
	return o
}

func randomNonce() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, as crypto/rand documents
	return binary.LittleEndian.Uint64(b[:])
}

// Record is the newest version of a journal.
type Record struct {
	// Version is 0 when nothing has been written; Payload is then nil.
	Version uint64
	Payload []byte
	// Disputed says that another writer has given the version up as cut short
	// before it was complete. It counts only when a later version repeats it:
	// see Journal.Settle.
	Disputed bool
}

// Journal is a record under one base key of which only the newest version
// counts. It is for one goroutine at a time; any number of journals in any
// number of processes may share a base key.
type Journal struct {
	access  access
	base    string
	options JournalOptions

	version uint64   // as of the last Load or Write
	sum     uint32   // checksum of its payload
	nonce   uint64   // of its writer
	chain   chain    // pieces of that version
	torn    []uint64 // versions above it that are cut short
	orphan  bool     // the version before it is gone: nobody else finds it
	attempt attempt
	stale   []stale  // versions that are to become tombstones
	garbage []string // pieces that no version needs
	// doubtful are pieces of attempts that another writer was before, as far as can be told: where
	// it was after them, and has superseded what they made, its deltas need them. The next version that is
	// read tells.
	doubtful []string
	hinted   uint64 // version of the hint that was written last
	sweeps   sweeps
	remnant  uint64 // a version that was written of a record of which nothing is found
	walked   uint64 // where walk goes on
	// displaced is what was found under the number of the version before a new one, in
	// place of what this journal knows, or of which the record was begun anew.
	displaced Record
}

// attempt is a write whose outcome may be unknown. The same write again has
// the same nonce, by which its own success is recognised, and writes the same bytes.
type attempt struct {
	version uint64
	nonce   uint64
	after   uint64 // nonce of the version before it
	whole   bool
	payload []byte
	staged  staged
}

// NewJournal returns the journal under a base key. It reads nothing.
func NewJournal(store Store, base string, options JournalOptions) *Journal {
	options.Atomic = options.Atomic || isAtomic(store)
	return &Journal{access: access{store}, base: base, options: options.withDefaults()}
}

// Version returns the version that was loaded or written last.
func (j *Journal) Version() uint64 { return j.version }

// Resolve is Load for a writer: a disputed version is written again, so that
// what it returns can only be superseded by a version built on it.
func (j *Journal) Resolve(ctx context.Context) (Record, error) {
	for {
		r, err := j.Load(ctx)
		if err != nil || !r.Disputed {
			return r, err
		}
		r.Version, err = j.Write(ctx, r.Version, r.Payload)
		if err == nil {
			r.Disputed = false
			return r, nil
		}
		if !errors.Is(err, ErrFenced) {
			return Record{}, err
		}
	}
}

// Write writes the version that follows after, which must be the one that was
// loaded or written last, and returns its number. Nil means that every later Load
// returns this version or a later one. The error wraps ErrFenced when another
// writer was first, and ErrStore when the outcome is not known: then the same
// Write may be tried again. The payload must not be changed.
func (j *Journal) Write(ctx context.Context, after uint64, payload []byte) (uint64, error) {
	version, err := j.commit(ctx, after, payload)
	if err == nil {
		j.tidy(ctx)
	}
	return version, err
}

// commit is Write that leaves what is behind the new version for tidy, which need
// not follow every commit.
func (j *Journal) commit(ctx context.Context, after uint64, payload []byte) (uint64, error) {
	if after != j.version {
		return 0, fmt.Errorf("%w: %q is at version %d, not %d", ErrFenced, j.base, j.version, after)
	}
	for _, v := range j.torn {
		if err := j.seal(ctx, v); err != nil {
			return 0, err
		}
	}
	version := after + uint64(len(j.torn)) + 1
	next, err := j.stage(ctx, version, payload, false)
	if err != nil {
		return 0, err
	}
	lost, err := j.claim(ctx, version, next.value)
	if lost {
		j.doubtful = append(j.doubtful, next.fresh()...)
		j.attempt = attempt{}
	}
	if err != nil {
		return 0, err
	}
	// A writer that slept while others went on may have added a key that was
	// deleted in between: then there is a mark beyond the version before it.
	if err := j.unmoved(ctx, after); errors.Is(err, errMoved) {
		return 0, fmt.Errorf("%w: version %d of %q: %w", ErrFenced, version, j.base, err)
	} else if err != nil {
		return 0, err
	}
	if err := j.confirm(ctx, version); err != nil {
		return 0, err
	}
	// Without the version before it nobody finds this one.
	if err := j.follows(ctx, after); err != nil {
		return 0, err
	}
	j.advance(version, next.chain)
	j.nonce = j.attempt.nonce
	j.attempt = attempt{}
	j.sum = wire.Checksum(payload)
	return version, nil
}

// seal declares a version that is cut short dead, and then looks whether its
// writer was only slow.
func (j *Journal) seal(ctx context.Context, version uint64) error {
	if err := j.access.ensure(ctx, j.sealKey(version), mark(markSeal)); err != nil {
		return err
	}
	value, err := j.access.get(ctx, j.key(version))
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%w: version %d of %q is gone", ErrFenced, version, j.base)
	}
	if err != nil {
		return err
	}
	if _, err := j.parse(version, value); !errors.Is(err, wire.ErrCorrupt) {
		return fmt.Errorf("%w: version %d of %q is complete after all", ErrFenced, version, j.base)
	}
	return nil
}

// claim adds the version key. When that fails, whoever reads back its own
// nonce has succeeded all the same; lost says that it certainly has not.
func (j *Journal) claim(ctx context.Context, version uint64, value []byte) (lost bool, err error) {
	added := j.access.add(ctx, j.key(version), value)
	if added == nil {
		return false, nil
	}
	found, err := j.access.get(ctx, j.key(version))
	switch {
	case err == nil && bytes.Equal(found, value):
		return false, nil
	case err == nil:
		c, err := j.parse(version, found)
		if err != nil && !errors.Is(added, ErrExists) {
			return false, added // the store took a part of it, as a full disk does
		}
		lost = err == nil && (c.superseded || c.nonce != j.attempt.nonce)
		return lost, fmt.Errorf("%w: version %d of %q", ErrFenced, version, j.base)
	case !errors.Is(added, ErrExists):
		return false, added // the outcome is not known
	case errors.Is(err, ErrNotFound):
		return true, fmt.Errorf("%w: version %d of %q is gone", ErrFenced, version, j.base)
	}
	return false, err
}

// confirm makes sure, on a store that is not atomic, that the version can be
// read and that nobody has given it up.
func (j *Journal) confirm(ctx context.Context, version uint64) error {
	if j.options.Atomic {
		return nil
	}
	found, err := j.access.get(ctx, j.key(version))
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%w: %q cannot be read back", ErrStore, j.key(version))
	}
	if err != nil {
		return err
	}
	c, err := j.parse(version, found)
	if err != nil {
		return fmt.Errorf("%w: %q does not read back as written: %w", ErrStore, j.key(version), err)
	}
	if c.superseded || c.nonce != j.attempt.nonce {
		return fmt.Errorf("%w: version %d of %q", ErrFenced, version, j.base)
	}
	sealed, err := j.access.has(ctx, j.sealKey(version))
	if err != nil {
		return err
	}
	if sealed {
		return fmt.Errorf("%w: version %d of %q was given up", ErrFenced, version, j.base)
	}
	return nil
}
