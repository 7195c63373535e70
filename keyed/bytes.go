package keyed

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
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
	if len(k.entries) == 0 && len(k.runs) == 0 && k.table.parts == 0 && len(k.obsolete) == 0 {
		k.inner.Encode(w)
		return
	}
	w.Byte(mark)
	w.Byte(keyedVersion)
	k.inner.Encode(w)
	k.encodePending(w)
	encodeRefs(w, k.runs)
	w.Uint64(k.table.nonce)
	w.Uvarint(k.table.parts)
	w.Uvarint(k.paged)
	encodeRefs(w, k.obsolete)
}

// encodePending writes the keys that are in no run, as a run has them.
func (k *Keyed) encodePending(w *wire.Writer) {
	names := make([]string, 0, k.pending)
	for e := k.newest; e != nil && len(names) < k.pending; e = e.older {
		if e.state == inRecord {
			names = append(names, e.key)
		}
	}
	slices.Sort(names)
	w.Uvarint(uint64(len(names)))
	var scratch wire.Writer
	for _, key := range names {
		w.String(key)
		k.entries[key].statistic.Encode(&scratch)
		w.Blob(scratch.Bytes())
		scratch = wire.Writer{}
	}
}

func encodeRefs(w *wire.Writer, refs []ref) {
	w.Uvarint(uint64(len(refs)))
	for _, r := range refs {
		w.Uint64(r.nonce)
		w.Uvarint(r.parts)
	}
}

func decodeRefs(r *wire.Reader) (out []ref) {
	for range r.Count(9) {
		at := ref{nonce: r.Uint64(), parts: r.Uvarint()}
		if r.Err() != nil {
			return nil
		}
		out = append(out, at)
	}
	return out
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
	blobs := decodeBlobs(r)
	for _, key := range slices.Sorted(maps.Keys(blobs)) {
		if err := k.insert(key, blobs[key], inRecord); err != nil {
			return nil, err
		}
	}
	k.runs = decodeRefs(r)
	k.table = ref{nonce: r.Uint64(), parts: r.Uvarint()}
	k.paged = r.Uvarint()
	k.obsolete = decodeRefs(r)
	return k, r.Err()
}

// decodeBlobs reads keys and their encoded statistics, which alias the input.
func decodeBlobs(r *wire.Reader) map[string][]byte {
	n := r.Count(2)
	out := make(map[string][]byte, n)
	for range n {
		key := r.String()
		if _, twice := out[key]; twice {
			r.Fail("key %.100q occurs twice", key)
		}
		out[key] = r.Blob()
		if r.Err() != nil {
			return nil
		}
	}
	return out
}

// encodeBlobs is the reverse of decodeBlobs, in alphabetical order.
func encodeBlobs(blobs map[string][]byte) []byte {
	var w wire.Writer
	w.Uvarint(uint64(len(blobs)))
	for _, key := range slices.Sorted(maps.Keys(blobs)) {
		w.String(key)
		w.Blob(blobs[key])
	}
	return w.Bytes()
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
	if s, ok := statistic.(*stats.Slim); ok && k.newest != nil {
		if last, ok := k.newest.statistic.(*stats.Slim); ok {
			s.Share(last.Layout())
		}
	}
	e := &entry{key: key, statistic: statistic, state: state}
	k.entries[key] = e
	k.append(e)
	if state != inPage {
		k.unfolded++
	}
	if state == inRecord {
		k.pending++
	}
	return nil
}

func encoded(e *entry) []byte {
	var w wire.Writer
	e.statistic.Encode(&w)
	return w.Bytes()
}
