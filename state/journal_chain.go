package state

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// A large payload is written as a whole from time to time, and in between as what has changed since
// the version before. Both are pieces that are never changed: a version names the pieces of the
// whole payload and the deltas up to its own, most of which earlier versions have written. A
// piece counts from the moment that a version names it, and is deleted once a version is
// stored that does not: no later one names it again, as each names only pieces of the
// version before it and its own.

// chainVersion is the format version of a version with deltas: nonce (8), checksum of the
// payload (8), version and nonce (8) of the writer of the whole payload, its pieces as in
// format 1, number of deltas and of each its version, nonce (8), size of the payload that it
// makes, and its pieces.
const chainVersion = 2

// deltaOptions say when deltas are written. The zero value means the defaults.
type deltaOptions struct {
	from int  // bytes of a payload
	most int  // deltas behind a whole payload
	any  bool // however large a delta is
}

const (
	// defaultDeltaFrom is the size of a payload from which it has pieces of its own and
	// deltas: below it a write of one key is worth more than the bytes.
	defaultDeltaFrom = 32 << 10
	// defaultMostDeltas bounds the keys that a reader reads, and sets the share of the whole
	// payload that is written with each version.
	defaultMostDeltas = 64
	// leastGain is how many times smaller than its payload a delta is: where most numbers change
	// comparing them costs more time than writing them.
	leastGain = 4
	// mostWritten bounds the bytes of all deltas, as a multiple of the whole payload.
	mostWritten = 3
	// mostRest bounds how many versions are written as a whole before a delta is tried again,
	// where deltas have turned out to be as large as the payload.
	mostRest = 64
)

// link is a delta of a chain.
type link struct {
	version, nonce uint64 // of its writer
	length         uint64 // bytes of the payload that it makes
	pieces         []part
}

// chain is a payload as it is stored. Its slices are never changed.
type chain struct {
	version, nonce uint64 // of the writer of the whole payload
	whole          []part
	deltas         []link
	payload        []byte // what all of it makes; nil where no delta is to be tried
	rest, rested   int    // versions without a delta: how many in all, and until now
}

// keys returns the keys of all pieces.
func (c *chain) keys() []string {
	var keys []string
	for _, p := range c.whole {
		keys = append(keys, p.key)
	}
	for i := range c.deltas {
		for _, p := range c.deltas[i].pieces {
			keys = append(keys, p.key)
		}
	}
	return keys
}

// known returns how many deltas of o the payload in memory contains, and that payload; nil
// when it is of no use for o.
func (c *chain) known(o *chain) (deltas int, payload []byte) {
	if c.payload == nil || c.version != o.version || c.nonce != o.nonce || len(c.deltas) > len(o.deltas) {
		return 0, nil
	}
	for i := range c.deltas {
		if c.deltas[i].version != o.deltas[i].version || c.deltas[i].nonce != o.deltas[i].nonce {
			return 0, nil
		}
	}
	return len(c.deltas), c.payload
}

// written returns the bytes of all deltas and of the whole payload.
func (c *chain) written() (deltas, whole uint64) {
	for i := range c.deltas {
		deltas += sizeOf(c.deltas[i].pieces)
	}
	return deltas, sizeOf(c.whole)
}

func sizeOf(pieces []part) (bytes uint64) {
	for _, p := range pieces {
		bytes += p.size
	}
	return bytes
}

// staged is a version before it is written.
type staged struct {
	value  []byte  // of its key
	pieces []piece // its own
	chain  chain
}

// piece is a key of a version, and its value.
type piece struct {
	key   string
	value []byte
}

// fresh returns the keys of the version's own pieces.
func (s *staged) fresh() []string {
	var keys []string
	for i := range s.pieces {
		keys = append(keys, s.pieces[i].key)
	}
	return keys
}

// stage writes the pieces of a version. The version key, whose value is in what it returns, is
// the one commit point. A version that is staged again, after a failure of the store, is what
// it was, whatever this journal has read in between: what was written late then changes nothing.
func (j *Journal) stage(ctx context.Context, version uint64, payload []byte, whole bool) (staged, error) {
	a := &j.attempt
	if a.version != version || a.after != j.nonce || a.whole != whole || !bytes.Equal(a.payload, payload) {
		*a = attempt{version: version, after: j.nonce, whole: whole, nonce: j.options.Nonce(), payload: payload}
		a.staged = j.plan(version, a.nonce, payload, whole)
	}
	for _, p := range a.staged.pieces {
		if err := j.access.set(ctx, p.key, p.value); err != nil {
			return staged{}, err
		}
	}
	return a.staged, nil
}

// plan makes a version: of a delta of the version before, unless whole is set, or of the payload,
// in pieces where it is large.
func (j *Journal) plan(version, nonce uint64, payload []byte, whole bool) staged {
	rest, rested := 0, 0
	if c := &j.chain; !whole && len(c.whole) > 0 && len(payload) >= j.options.deltas.from {
		most, ok := j.mostDelta(payload)
		if ok {
			if by := delta(c.payload, payload, most); by != nil {
				return j.planDelta(version, nonce, payload, by)
			}
			if len(c.deltas) == 0 { // where there have been some, one payload is another one, and not all are
				rest = min(max(1, 2*c.rest), mostRest)
			}
		} else if c.payload == nil && c.rested < c.rest {
			rest, rested = c.rest, c.rested+1
		}
	}
	w := wire.NewWriter(make([]byte, 0, min(len(payload), j.options.MaxValue)+16))
	w.Uint64(nonce)
	if len(payload) <= j.options.MaxValue && len(payload) < j.options.deltas.from {
		w.Uvarint(0)
		w.Raw(payload)
		return staged{value: wire.Seal(j.options.Kind, journalVersion, w.Bytes())}
	}
	out := staged{chain: chain{version: version, nonce: nonce, rest: rest, rested: rested}}
	if len(payload) >= j.options.deltas.from && rested >= rest {
		out.chain.payload = payload
	}
	out.chain.whole, out.pieces = j.cut(version, nonce, payload)
	encodePieces(w, out.chain.whole)
	out.value = wire.Seal(j.options.Kind, journalVersion, w.Bytes())
	return out
}

// mostDelta returns how large a delta may be that makes a payload of the one before it, and
// whether one is to be tried.
func (j *Journal) mostDelta(payload []byte) (most int, ok bool) {
	c := &j.chain
	if c.payload == nil || len(c.deltas) >= j.options.deltas.most {
		return 0, false
	}
	if j.options.deltas.any {
		return math.MaxInt32, true
	}
	deltas, whole := c.written()
	most = min(len(payload)/leastGain, int(max(mostWritten*whole, deltas)-deltas))
	return most, most > 0
}

// planDelta makes a version of a delta.
func (j *Journal) planDelta(version, nonce uint64, payload, by []byte) staged {
	own, pieces := j.cut(version, nonce, by)
	c := j.chain
	out := staged{pieces: pieces, chain: chain{version: c.version, nonce: c.nonce, whole: c.whole, payload: payload}}
	out.chain.deltas = append(append([]link(nil), c.deltas...), link{version: version, nonce: nonce, length: uint64(len(payload)), pieces: own})
	var w wire.Writer
	w.Uint64(nonce)
	w.Uint64(uint64(wire.Checksum(payload)))
	out.chain.encode(&w)
	out.value = wire.Seal(j.options.Kind, chainVersion, w.Bytes())
	return out
}

// cut cuts bytes into the pieces of a version.
func (j *Journal) cut(version, nonce uint64, b []byte) (named []part, pieces []piece) {
	for from := 0; from < len(b); from += j.options.MaxValue {
		own := b[from:min(from+j.options.MaxValue, len(b))]
		p := part{key: j.partKey(version, len(named), nonce), size: uint64(len(own)), sum: uint64(wire.Checksum(own))}
		named = append(named, p)
		pieces = append(pieces, piece{key: p.key, value: wire.Seal(wire.KindPart, journalVersion, own)})
	}
	return named, pieces
}

func encodePieces(w *wire.Writer, pieces []part) {
	w.Uvarint(uint64(len(pieces)))
	for _, p := range pieces {
		w.Uvarint(p.size)
		w.Uint64(p.sum)
	}
}

// decodePieces reads what encodePieces wrote of a version.
func (j *Journal) decodePieces(r *wire.Reader, version, nonce uint64) (pieces []part) {
	for i := range r.Count(9) {
		pieces = append(pieces, part{key: j.partKey(version, i, nonce), size: r.Uvarint(), sum: r.Uint64()})
	}
	return pieces
}

func (c *chain) encode(w *wire.Writer) {
	w.Uvarint(c.version)
	w.Uint64(c.nonce)
	encodePieces(w, c.whole)
	w.Uvarint(uint64(len(c.deltas)))
	for i := range c.deltas {
		d := &c.deltas[i]
		w.Uvarint(d.version)
		w.Uint64(d.nonce)
		w.Uvarint(d.length)
		encodePieces(w, d.pieces)
	}
}

// decodeChain reads what encode wrote in the record of a version.
func (j *Journal) decodeChain(r *wire.Reader, version uint64) (c chain) {
	c.version, c.nonce = r.Uvarint(), r.Uint64()
	c.whole = j.decodePieces(r, c.version, c.nonce)
	last := c.version
	for range r.Count(20) {
		d := link{version: r.Uvarint(), nonce: r.Uint64(), length: r.Uvarint()}
		d.pieces = j.decodePieces(r, d.version, d.nonce)
		if d.version <= last || d.length > mostPayload || len(d.pieces) == 0 {
			r.Fail("delta of version %d after version %d, %d bytes in %d pieces", d.version, last, d.length, len(d.pieces))
		}
		last = d.version
		c.deltas = append(c.deltas, d)
	}
	if r.Err() == nil && (len(c.whole) == 0 || len(c.deltas) == 0 || last != version) {
		r.Fail("%d pieces and %d deltas, the last of version %d", len(c.whole), len(c.deltas), last)
	}
	return c
}

// mostPayload bounds what a delta may make.
const mostPayload = 1 << 32

// assemble returns the payload, reading the pieces where there are any that are not known.
func (j *Journal) assemble(ctx context.Context, c *content) ([]byte, error) {
	if len(c.whole) == 0 {
		return c.payload, nil
	}
	done, whole := j.chain.known(&c.chain)
	var err error
	if whole == nil {
		if whole, err = j.pieces(ctx, c.whole); err != nil {
			return nil, err
		}
	}
	for _, d := range c.deltas[done:] {
		by, err := j.pieces(ctx, d.pieces)
		if err != nil {
			return nil, err
		}
		if whole, err = patch(whole, by, int(d.length)); err != nil {
			return nil, fmt.Errorf("%w: delta of version %d: %w", errPartGone, d.version, err)
		}
	}
	if sum := wire.Checksum(whole); len(c.deltas) > 0 && sum != c.sum {
		return nil, fmt.Errorf("%w: %w: %d deltas make a payload with checksum %08x, announced is %08x", wire.ErrCorrupt, errPartGone, len(c.deltas), sum, c.sum)
	}
	return whole, nil
}

// holding returns the chain with the payload, where there are deltas: the next version is
// likely to have one more.
func (j *Journal) holding(c chain, payload []byte) chain {
	if len(c.deltas) > 0 && len(payload) >= j.options.deltas.from {
		c.payload = payload
	}
	return c
}
