package state

import (
	"cmp"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/hash"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Print is a fingerprint of a message: 16 bits of the time that the source
// gave it and 16 of what it says, each 0 where it is not known. The zero value
// knows nothing and contradicts nothing.
type Print uint32

// NewPrint returns the fingerprint of a message. The stamp is the time that the
// source itself keeps with the message, 0 for none: unlike the content it does not
// depend on what a pipeline makes of the message. The content is a hash of the
// values, 0 for none.
func NewPrint(stamp int64, content uint64) Print {
	var p Print
	if stamp != 0 {
		p = Print(half(uint64(stamp))) << halfBits
	}
	if content != 0 {
		p |= Print(half(content))
	}
	return p
}

// halfBits is the width of half a Print.
const halfBits = 16

// half returns a number from 1 to 65,535 that depends on all bits of x.
func half(x uint64) uint16 { return uint16(1 + hash.Mix(x)%math.MaxUint16) }

// verdict is what two fingerprints at one position say.
type verdict int

const (
	unknown verdict = iota
	same
	// altered is the same stamp and another content: the same message, of which
	// the pipeline has made something else than before.
	altered
	contradicted
)

// compare judges a message by the fingerprint that was kept of its position.
// Where both have a stamp, that decides.
func (p Print) compare(kept Print) verdict {
	stamps := p>>halfBits != 0 && kept>>halfBits != 0
	contents := uint16(p) != 0 && uint16(kept) != 0
	switch {
	case stamps && p>>halfBits != kept>>halfBits:
		return contradicted
	case contents && uint16(p) != uint16(kept):
		if stamps {
			return altered
		}
		return contradicted
	case stamps || contents:
		return same
	}
	return unknown
}

// Of how many positions fingerprints are kept: of the lowest ones, where a source
// that begins anew begins; of the highest ones, where messages are delivered again
// after a crash; and of a uniform sample of those between.
const (
	lowestPrints  = 64
	highestPrints = 512
	sampledPrints = 192
	mostPrints    = lowestPrints + highestPrints + sampledPrints
	// roomForPrints is how many there are before all but mostPrints are dropped.
	roomForPrints = mostPrints + mostPrints/2
)

// printAt is the fingerprint of the message at a position.
type printAt struct {
	offset int64
	print  Print
}

func byOffset(a printAt, offset int64) int { return cmp.Compare(a.offset, offset) }

// prints are fingerprints in ascending order of their positions. The zero value
// has none.
type prints struct{ all []printAt }

// at returns the fingerprint of a position, the zero value for none.
func (p *prints) at(offset int64) Print {
	if i, ok := slices.BinarySearchFunc(p.all, offset, byOffset); ok {
		return p.all[i].print
	}
	return 0
}

// add keeps the fingerprint of a position, which had none.
func (p *prints) add(offset int64, print Print) {
	if print == 0 {
		return
	}
	if n := len(p.all); n == 0 || p.all[n-1].offset < offset {
		p.all = append(p.all, printAt{offset, print})
	} else if i, taken := slices.BinarySearchFunc(p.all, offset, byOffset); !taken {
		p.all = slices.Insert(p.all, i, printAt{offset, print})
	}
	if len(p.all) > roomForPrints {
		p.thin()
	}
}

// thin drops all but mostPrints. Those between the lowest and the highest stay by
// a hash of their positions, so that they remain a uniform sample of all positions
// that there ever were (bottom-k sampling; Cohen and Kaplan 2007).
func (p *prints) thin() {
	middle := p.all[lowestPrints : len(p.all)-highestPrints]
	if len(middle) <= sampledPrints {
		return
	}
	ranks := make([]uint64, len(middle))
	for i, m := range middle {
		ranks[i] = hash.Mix(uint64(m.offset))
	}
	slices.Sort(ranks)
	bound := ranks[sampledPrints-1]
	kept := slices.DeleteFunc(slices.Clone(middle), func(m printAt) bool { return hash.Mix(uint64(m.offset)) > bound })
	p.all = slices.Replace(p.all, lowestPrints, len(p.all)-highestPrints, kept...)
}

// encode writes the number of fingerprints, the first position (zig-zag), each
// step to the next less one, and after each position four bytes.
func (p *prints) encode(w *wire.Writer) {
	w.Uvarint(uint64(len(p.all)))
	for i, a := range p.all {
		if i == 0 {
			w.Varint(a.offset)
		} else {
			w.Uvarint(uint64(a.offset) - uint64(p.all[i-1].offset) - 1)
		}
		w.Uint32(uint32(a.print))
	}
}

// decodePrints reads what encode wrote.
func decodePrints(r *wire.Reader) (p prints) {
	n := r.Count(5)
	if n > roomForPrints {
		r.Fail("%d fingerprints, at most %d are written", n, roomForPrints)
	}
	if n == 0 || r.Err() != nil {
		return p
	}
	p.all = make([]printAt, 0, n)
	var offset int64
	for i := range n {
		if i == 0 {
			offset = r.Varint()
		} else {
			offset = forward(r, offset, r.Uvarint(), 1)
		}
		print := Print(r.Uint32())
		if r.Err() == nil && print == 0 {
			r.Fail("the fingerprint of position %d is empty", offset)
		}
		if r.Err() != nil {
			return prints{}
		}
		p.all = append(p.all, printAt{offset, print})
	}
	return p
}
