package keyed

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// mark begins the bytes of a Keyed that has keys. No other statistic begins
// with it.
const mark = 0xff

const keyedVersion = 1

// Encode writes the statistics of all rows alone while there are no keys. Else
// mark, format version (1), these statistics, the keys that are in no run in
// alphabetical order, runs, table with the number of keys in pages, and values
// that are to be removed.
func (k *Keyed) Encode(w *wire.Writer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	garbage := k.garbage.Refs()
	if k.entries.Len() == 0 && len(k.runs) == 0 && !k.table.Named() && len(garbage) == 0 {
		k.inner.Encode(w)
		return
	}
	w.Byte(mark)
	w.Byte(keyedVersion)
	k.inner.Encode(w)
	k.encodePending(w)
	valueLayout.EncodeRefs(w, k.runs)
	w.Uint64(k.table.Nonce)
	w.Uvarint(k.table.Parts)
	w.Uvarint(k.inPages)
	valueLayout.EncodeRefs(w, garbage)
}

// encodePending writes the keys that are in no run, as a run has them.
func (k *Keyed) encodePending(w *wire.Writer) {
	paged.EncodeBlobs(w, k.pendingBlobs())
}

// pendingBlobs returns the keys that are in no run with the bytes of their
// statistics. They changed last, so they are mostly the newest ones.
func (k *Keyed) pendingBlobs() map[string][]byte {
	blobs := make(map[string][]byte, k.pending)
	for e := range k.entries.NewestFirst() {
		if len(blobs) == k.pending {
			break
		}
		if e.Value.state == inRecord {
			blobs[e.Key] = encoded(e.Value.statistic)
		}
	}
	return blobs
}

// Decode reads what Keyed.Encode wrote, or the statistics of all rows alone.
// The error wraps wire.ErrCorrupt or wire.ErrUnknownVersion, or is that of one
// of the makers.
func (m Maker) Decode(r *wire.Reader) (stats.Additive, error) {
	marked := r.Remaining() > 0 && r.PeekByte() == mark
	if marked {
		r.Byte()
		if version := r.Byte(); r.Err() == nil && version != keyedVersion {
			return nil, fmt.Errorf("%w: %d, this build reads %d", wire.ErrUnknownVersion, version, keyedVersion)
		}
	}
	inner, err := m.Inner.Decode(r)
	if err != nil {
		return nil, err
	}
	k := m.over(inner)
	if !marked {
		return k, nil
	}
	blobs := paged.DecodeBlobs(r)
	for _, key := range slices.Sorted(maps.Keys(blobs)) {
		if err := k.insert(key, blobs[key], inRecord); err != nil {
			return nil, err
		}
	}
	k.runs = valueLayout.DecodeRefs(r, 0)
	k.table = paged.Ref{Nonce: r.Uint64(), Parts: r.Uvarint()}
	k.inPages = r.Uvarint()
	k.garbage.Add(valueLayout.DecodeRefs(r, 0)...)
	return k, r.Err()
}

// insert puts an encoded key into memory.
func (k *Keyed) insert(key string, blob []byte, state place) error {
	r := wire.NewReader(blob)
	statistic, err := k.maker.Each.Decode(r)
	if err == nil {
		err = r.Close()
	}
	if err != nil {
		return fmt.Errorf("key %.100q: %w", key, err)
	}
	if s, ok := statistic.(*stats.Slim); ok && k.entries.Len() > 0 {
		if last, ok := k.entries.Newest().Value.statistic.(*stats.Slim); ok {
			s.Share(last.Layout())
		}
	}
	k.entries.Add(key, entry{statistic: statistic, state: state})
	if state != inPage {
		k.unfolded++
	}
	if state == inRecord {
		k.pending++
	}
	return nil
}

// encoded returns the bytes of a statistic.
func encoded(a stats.Additive) []byte {
	var w wire.Writer
	a.Encode(&w)
	return w.Bytes()
}
