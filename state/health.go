package state

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Health is the state of one record of a project.
type Health struct {
	// Record is "schema", "models", "directory" or "shard"; Shard is the id.
	Record, Shard string
	// Key is the base key, Version the newest good version.
	Key     string
	Version uint64
	Bytes   int // of the payload
	// CutShort says that a later version is half written: it was never
	// acknowledged, and the next writer passes it over.
	CutShort bool
	// Unseen is how many offsets between the lowest and the highest that a shard
	// contains it does not contain: those of markers of transactions and of what a
	// topic has compacted, and rows that were passed over or lost.
	Unseen uint64
	// Missing is what the positions of a shard say of messages that are not in it.
	Missing Missing
	// Err is what is wrong: it wraps wire.ErrCorrupt or wire.ErrUnknownVersion and
	// names key and checksum, or is an error of the codec.
	Err error
}

// InspectShards reads the directory of the shards under a base and every shard,
// and says how each is. It writes nothing. The error wraps ErrStore; damage is in
// the results.
func InspectShards[T Content](ctx context.Context, store Store, base string, codec Codec[T]) ([]Health, error) {
	var out []Health
	entries, err := NewDirectory(store, base).List(ctx)
	if errors.Is(err, ErrStore) {
		return nil, err
	}
	out = append(out, Health{Record: "directory", Key: directoryBase(base), Version: uint64(len(entries)), Err: err})
	for _, e := range entries {
		key, err := existingShardBase(ctx, store, base, e.ID)
		if err != nil {
			return nil, err
		}
		unseen, missing := uint64(0), Missing{}
		h, err := InspectRecord(ctx, store, key, wire.KindShard, func(b []byte) error {
			p, _, err := decodeShard(b, codec)
			if err == nil {
				unseen, missing = p.Unseen(), p.Missing()
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		h.Record, h.Shard, h.Unseen, h.Missing = "shard", e.ID, unseen, missing
		out = append(out, h)
	}
	return out, nil
}

// InspectRecord reads the newest version of the record under a base key and says
// how it is: decode returns what is wrong with a payload. It writes nothing. The
// error wraps ErrStore; damage is in the result.
func InspectRecord(ctx context.Context, store Store, base string, kind wire.Kind, decode func([]byte) error) (Health, error) {
	h := Health{Key: base}
	j := NewJournal(store, base, JournalOptions{Kind: kind})
	r, err := j.Load(ctx)
	if errors.Is(err, ErrStore) {
		return h, err
	}
	h.Version, h.Bytes, h.CutShort, h.Err = r.Version, len(r.Payload), len(j.torn) > 0, err
	if err == nil {
		if err = j.noneAfter(ctx, r.Version); errors.Is(err, ErrStore) {
			return h, err
		}
		h.Err = err
	}
	if err == nil && r.Payload != nil {
		if err := decode(r.Payload); err != nil {
			h.Err = fmt.Errorf("version %d of %q: %w", r.Version, base, err)
		}
	}
	return h, nil
}

// noneAfter makes sure that nothing tells of a later version than the one that was
// found: the hint is written once a version counts. The error wraps ErrLost or
// ErrStore.
func (j *Journal) noneAfter(ctx context.Context, version uint64) error {
	value, err := j.access.get(ctx, j.headKey())
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if hinted, _ := parseHead(value); hinted > version {
		return gone("version %d of %q was written, and the newest that is there is %d", hinted, j.base, version)
	}
	return nil
}

// Remedy is what RepairShard does, or would do.
type Remedy struct {
	// Damaged are the versions that are given up.
	Damaged []uint64
	// Restored is the version whose content counts again; 0 when none is left:
	// the shard then begins empty, and its source is to be read again.
	Restored uint64
	// Written is the version that was written, 0 when nothing was.
	Written uint64
}

// RepairShard gives up the damaged newest versions of a shard and writes the
// content of the last good one that is left as the next. Superseded versions
// keep no content, so mostly none is left, and the shard begins empty: without
// positions, so that a source that is read again is learned again. A shard
// that is well is left alone. Unless do is set nothing is written. The error
// wraps ErrStore, or ErrFenced when another writer was first.
func RepairShard[T Content](ctx context.Context, store Store, base, id string, codec Codec[T], do bool) (Remedy, error) {
	key, err := existingShardBase(ctx, store, base, id)
	if err != nil {
		return Remedy{}, err
	}
	j := NewJournal(store, key, JournalOptions{Kind: wire.KindShard})
	start, err := j.newestMark(ctx)
	if err != nil {
		return Remedy{}, err
	}
	newest, err := j.gallop(ctx, 0, start)
	if errors.Is(err, errMoved) {
		return Remedy{}, fmt.Errorf("%w: shard %q: keys are missing, as when they expire: no repair is known", wire.ErrCorrupt, id)
	}
	if err != nil {
		return Remedy{}, err
	}
	var out Remedy
	var payload []byte
	below := newest
	for ; below > 0 && payload == nil; below-- {
		good, err := j.payloadOf(ctx, below)
		if err == nil && good != nil {
			_, _, err = decodeShard(good, codec)
		}
		if errors.Is(err, ErrStore) {
			return out, err
		}
		if err == nil {
			if payload = good; payload != nil {
				out.Restored = below
			}
			break
		}
		out.Damaged = append([]uint64{below}, out.Damaged...)
	}
	if len(out.Damaged) == 0 {
		return Remedy{}, nil
	}
	if payload == nil {
		empty, err := codec.New()
		if err != nil {
			return out, err
		}
		payload = encodeShard(&Positions{}, empty)
	}
	if !do {
		return out, nil
	}
	return out, j.replace(ctx, below, out.Damaged, payload, &out.Written)
}

// payloadOf returns the payload of a version, nil for a tombstone.
func (j *Journal) payloadOf(ctx context.Context, version uint64) ([]byte, error) {
	value, err := j.access.get(ctx, j.key(version))
	if err != nil {
		return nil, err
	}
	c, err := j.parse(version, value)
	if err != nil || c.superseded {
		return nil, err
	}
	return j.assemble(ctx, c)
}

// nonceOf returns the nonce of a version's writer, zero where it cannot be read or is a
// tombstone. The error wraps ErrStore.
func (j *Journal) nonceOf(ctx context.Context, version uint64) (uint64, error) {
	value, err := j.access.get(ctx, j.key(version))
	if errors.Is(err, ErrStore) {
		return 0, err
	}
	c, bad := j.parse(version, value)
	if err != nil || bad != nil {
		return 0, nil // damage is why it is given up
	}
	return c.nonce, nil
}

// replace writes the version after the damaged ones, which it seals first: a
// reader that finds them cut short goes the same way.
func (j *Journal) replace(ctx context.Context, below uint64, damaged []uint64, payload []byte, written *uint64) error {
	for _, v := range damaged {
		if err := j.access.ensure(ctx, j.sealKey(v), mark(markSeal)); err != nil {
			return err
		}
	}
	j.take(damaged[len(damaged)-1], chain{}, nil)
	for _, v := range append(damaged, below) {
		nonce, err := j.nonceOf(ctx, v)
		if err != nil {
			return err
		}
		if v == j.version {
			j.nonce = nonce
		} else if v > 0 {
			j.stale = append(j.stale, stale{v, nonce})
		}
	}
	var err error
	*written, err = j.Write(ctx, damaged[len(damaged)-1], payload)
	return err
}
