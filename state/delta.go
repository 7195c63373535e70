package state

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// A delta is what makes a payload of the one before it. Payloads are sums of rows: between two of
// them some bytes of many numbers change in place, numbers of variable length move what
// follows by a byte, and what is new stands between what stays. So a delta is a list of steps
// over the former payload: how far to move, how many bytes are the same, and how many differ,
// of which the differences follow (Percival, Naive differences of executable code, 2003).
// Most of these are small, so steps and differences are compressed.

const (
	// leastSame is how many equal bytes end a run of differences: a step costs about 3 bytes.
	leastSame = 16
	// anchor is how many bytes are looked up in the former payload.
	anchor = 16
	// sight is how many bytes say whether two places correspond.
	sight = 32
	// wellAligned is how many of these are equal at places that certainly do, and
	// misaligned fewer than at any that do.
	wellAligned, misaligned = 20, 10
	// leastWait and mostWait are how many bytes are taken between two looks.
	leastWait, mostWait = 8, 128
	// patience is after how many bytes that correspond to none nearby anchors are looked up:
	// a piece of floats that all have changed is not to be looked for.
	patience = 512
	// around is how far from where it would be they are looked up first in a payload of more than vast
	// bytes, and farPatience after how many bytes everywhere: to read all of it takes longer than all else.
	vast        = 1 << 20
	around      = 64 << 10
	farPatience = 64 << 10
	// nearby bounds the shifts that are tried first: numbers that have become longer.
	nearby = 12
)

// delta returns what makes fresh of former, nil where that is more than most bytes.
func delta(former, fresh []byte, most int) []byte {
	d := differ{former: former, fresh: fresh, most: most}
	if !d.run() {
		return nil
	}
	var out bytes.Buffer
	z, err := flate.NewWriter(&out, flate.HuffmanOnly) // repetitions are what steps skip
	if err != nil {
		return nil // the level is one that there is
	}
	var head wire.Writer
	head.Uvarint(uint64(len(d.steps.Bytes())))
	for _, b := range [][]byte{append(head.Bytes(), d.steps.Bytes()...), d.differences} {
		_, _ = z.Write(b) // a buffer refuses nothing
		_ = z.Flush()     // the same: differences have a code of their own
	}
	if z.Close() != nil || out.Len() > most {
		return nil
	}
	return out.Bytes()
}

// differ is the work of delta.
type differ struct {
	former, fresh []byte
	most          int
	steps         wire.Writer
	differences   []byte
	changed       int     // differences that are not 0
	anchors       []int32 // of the former payload, by hash; nil before the first look
	from, to      int     // where in it they are of use
	all           bool    // everywhere
}

// run goes through the fresh payload once. It reports false when it has found more
// changes than are worth it.
func (d *differ) run() bool {
	i, o, last := 0, 0, 0 // places in fresh and former, and where the last step ended in former
	for i < len(d.fresh) {
		jump := o - last
		same := d.same(i, o)
		i, o = i+same, o+same
		from := len(d.differences)
		next := d.differing(&i, &o)
		if same == 0 && len(d.differences) == from {
			o = next // at another place the next bytes correspond
			continue
		}
		d.steps.Varint(int64(jump))
		d.steps.Uvarint(uint64(same))
		d.steps.Uvarint(uint64(len(d.differences) - from))
		last, o = o, next
		if d.changed > 2*d.most {
			return false
		}
	}
	return true
}

// differing takes the bytes from i on that are not long the same as those from o on, and
// returns where in the former payload to go on.
func (d *differ) differing(i, o *int) (next int) {
	wait, pause, lost := 0, leastWait, 0 // bytes until the next look, between two looks, since nothing corresponds
	for ; *i < len(d.fresh); *i, *o = *i+1, *o+1 {
		was := d.at(*o)
		switch now := d.fresh[*i]; {
		case now == was:
			if d.same(*i, *o) >= leastSame {
				return *o
			}
		case wait <= 0:
			found, here := d.look(*i, *o)
			if found != *o {
				return found
			}
			if here >= misaligned {
				lost = 0
			}
			if wait = pause; here < wellAligned { // the longer nothing corresponds the less often
				pause = min(2*pause, mostWait)
			} else {
				pause = leastWait
			}
			d.changed++
		default:
			d.changed++
		}
		if lost++; lost > patience {
			if found := d.find(*i, *o, lost); found >= 0 {
				return found
			}
		}
		wait--
		d.differences = append(d.differences, d.fresh[*i]-was)
	}
	return *o
}

// at returns a byte of the former payload, 0 outside of it.
func (d *differ) at(o int) byte {
	if o < 0 || o >= len(d.former) {
		return 0
	}
	return d.former[o]
}

// same returns how many bytes are equal from two places on.
func (d *differ) same(i, o int) int {
	if o < 0 || o >= len(d.former) {
		return 0
	}
	a, b := d.fresh[i:], d.former[o:]
	n := min(len(a), len(b))
	k := 0
	for ; k+8 <= n; k += 8 {
		if x := binary.LittleEndian.Uint64(a[k:]) ^ binary.LittleEndian.Uint64(b[k:]); x != 0 {
			return k + bits.TrailingZeros64(x)/8
		}
	}
	for k < n && a[k] == b[k] {
		k++
	}
	return k
}

// alike returns how many of the next bytes are equal at two places, -1 near an end.
func (d *differ) alike(i, o int) int {
	if o < 0 || o+sight > len(d.former) || i+sight > len(d.fresh) {
		return -1
	}
	equal := 0
	for k := 0; k < sight; k += 8 {
		x := binary.LittleEndian.Uint64(d.fresh[i+k:]) ^ binary.LittleEndian.Uint64(d.former[o+k:])
		// the highest bit of each byte of y is set where that of x is 0
		const low = 0x7f7f7f7f7f7f7f7f
		y := ^((x&low + low) | x | low)
		equal += bits.OnesCount64(y)
	}
	return equal
}

// look returns the place of the former payload nearby that corresponds best to one of the fresh
// one, and how many bytes are alike here.
func (d *differ) look(i, o int) (at, here int) {
	here = d.alike(i, o)
	if here >= wellAligned {
		return o, here
	}
	best, at := here+8, o
	for shift := 1; shift <= nearby; shift++ {
		for _, s := range [2]int{shift, -shift} {
			if n := d.alike(i, o+s); n > best && n >= wellAligned {
				best, at = n, o+s
			}
		}
	}
	return at, here
}

// find returns where the former payload has the next bytes, if they are an anchor, and -1
// for nowhere. They would be at o, and nothing has corresponded for so many bytes.
func (d *differ) find(i, o, lost int) int {
	if i+anchor > len(d.fresh) {
		return -1
	}
	h := hashOf(d.fresh[i:])
	if h>>60 != 0 {
		return -1
	}
	switch {
	case d.all:
	case lost > farPatience || len(d.former) <= vast:
		d.note(0, len(d.former))
		d.all = true
	case d.anchors == nil || o < d.from || o > d.to:
		d.note(max(o-around, 0), min(o+around, len(d.former)))
		d.from, d.to = o-around/2, o+around/2
	}
	at := int(d.anchors[h&uint64(len(d.anchors)-1)]) - 1
	if at < 0 || !bytes.Equal(d.fresh[i:i+anchor], d.former[at:at+anchor]) {
		return -1
	}
	return at
}

// note lists the anchors of a part of the former payload: of places that are alike one of sixteen,
// wherever they are.
func (d *differ) note(from, to int) {
	if size := 1 << bits.Len(uint(max(to-from, 0)/8+1)); size == len(d.anchors) {
		clear(d.anchors)
	} else {
		d.anchors = make([]int32, size)
	}
	for at := to - anchor; at >= from; at-- {
		if h := hashOf(d.former[at:]); h>>60 == 0 {
			d.anchors[h&uint64(len(d.anchors)-1)] = int32(at + 1)
		}
	}
}

// hashOf mixes the first bytes of an anchor.
func hashOf(b []byte) uint64 {
	x := binary.LittleEndian.Uint64(b) * 0x9e3779b97f4a7c15
	return x ^ x>>32
}

// patch returns the payload of size bytes that a delta makes of the former one. The error
// wraps wire.ErrCorrupt.
func patch(former, delta []byte, size int) ([]byte, error) {
	// A step takes at least one byte, of at most 30 bytes itself.
	z := io.LimitReader(flate.NewReader(bytes.NewReader(delta)), 32*int64(size)+64)
	plain, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("%w: delta: %w", wire.ErrCorrupt, err)
	}
	r := wire.NewReader(plain)
	n := r.Count(1)
	if r.Err() != nil {
		return nil, r.Err()
	}
	head := len(plain) - r.Remaining()
	steps, differences := wire.NewReader(plain[head:head+n]), plain[head+n:]
	out := make([]byte, 0, min(size, len(former)+len(plain)))
	o := int64(0)
	for len(out) < size {
		jump, same, differing := steps.Varint(), steps.Uvarint(), steps.Uvarint()
		o += jump
		rest := uint64(size - len(out))
		if steps.Err() == nil && (same > rest || differing > rest-same || differing > uint64(len(differences)) || same+differing == 0 ||
			o < -int64(size) || o > int64(len(former)+size) || same > 0 && (o < 0 || uint64(o)+same > uint64(len(former)))) {
			steps.Fail("step of %d bytes by %d, and %d", same, jump, differing)
		}
		if steps.Err() != nil {
			return nil, steps.Err()
		}
		if same > 0 {
			out = append(out, former[o:o+int64(same)]...)
			o += int64(same)
		}
		for _, by := range differences[:differing] {
			if o >= 0 && o < int64(len(former)) {
				by += former[o]
			}
			out = append(out, by)
			o++
		}
		differences = differences[differing:]
	}
	if len(differences) > 0 {
		steps.Fail("%d differences are left", len(differences))
	}
	return out, steps.Close()
}
