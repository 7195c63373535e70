package stats

import (
	"math"
	"math/bits"
)

// page is four neighbouring bins: that of key k is weight k%4 of page k/4. A
// bin of weight 0 is empty; a page has at least one that is not.
type page struct {
	key     uint64
	weights [4]float64
}

// pageBits is the number of low bits of a bin's key that its page does not have.
const pageBits = 2

// sum returns the weight of the page.
func (p *page) sum() float64 {
	return (p.weights[0] + p.weights[1]) + (p.weights[2] + p.weights[3])
}

// used returns the number of non-empty bins, without a branch: the bits of a
// positive float64 less one have no top bit, those of 0 do.
func (p *page) used() int {
	empty := (math.Float64bits(p.weights[0])-1)>>63 + (math.Float64bits(p.weights[1])-1)>>63 +
		(math.Float64bits(p.weights[2])-1)>>63 + (math.Float64bits(p.weights[3])-1)>>63
	return len(p.weights) - int(empty)
}

// add adds o, whose bins are finer by a shift of by.
func (p *page) add(o *page, by uint) {
	switch by {
	case 0:
		p.addSame(o)
	case 1:
		p.addHalf(o)
	default:
		p.weights[o.key<<pageBits>>by&3] += o.sum()
	}
}

// addSame adds o, whose bins are as wide.
func (p *page) addSame(o *page) {
	p.weights[0] += o.weights[0]
	p.weights[1] += o.weights[1]
	p.weights[2] += o.weights[2]
	p.weights[3] += o.weights[3]
}

// addHalf adds o, whose bins are half as wide.
func (p *page) addHalf(o *page) {
	half := o.key & 1 << 1
	p.weights[half] += o.weights[0] + o.weights[1]
	p.weights[half|1] += o.weights[2] + o.weights[3]
}

// countUsed returns the number of non-empty bins.
func countUsed(pages []page) int {
	n := 0
	for i := range pages {
		n += pages[i].used()
	}
	return n
}

// foldPages makes the bins of ascending pages coarser by a shift, in place, and
// returns the pages that are left.
func foldPages(pages []page, by uint) []page {
	at := -1
	for _, p := range pages {
		if key := p.key >> by; at < 0 || pages[at].key != key {
			at++
			pages[at] = page{key: key}
		}
		pages[at].add(&p, by)
	}
	return pages[:at+1]
}

func comparePages(a, b page) int {
	if a.key < b.key {
		return -1
	}
	return 1
}

// insertPages puts ascending pages, none of which into has, where they belong.
func insertPages(into, pages []page) []page {
	i, j := len(into)-1, len(pages)-1
	into = append(into, pages...)
	for at := len(into) - 1; j >= 0; at-- {
		if i >= 0 && into[i].key > pages[j].key {
			into[at] = into[i]
			i--
		} else {
			into[at] = pages[j]
			j--
		}
	}
	return into
}

// pageIndex finds pages by key: open addressing with linear probing, at most
// half full. It holds their places counted from 1; 0 is an empty slot.
type pageIndex struct {
	slots []uint32
	shift uint // of the hash, 64 - log2(len(slots))
}

// put enters the page of that key at place, counted from 0.
func (x *pageIndex) put(key uint64, place int) {
	mask := uint64(len(x.slots) - 1)
	for i := key * fibonacci >> x.shift; ; i++ {
		if s := &x.slots[i&mask]; *s == 0 {
			*s = uint32(place + 1)
			return
		}
	}
}

// build enters all pages, with room for one more.
func (x *pageIndex) build(pages []page) {
	if need := 2 * (len(pages) + 1); need > len(x.slots) || 4*need <= len(x.slots) && len(x.slots) > minSlots {
		size := max(minSlots, 1<<bits.Len(uint(need-1)))
		x.slots = make([]uint32, size)
		x.shift = uint(64 - bits.TrailingZeros(uint(size)))
	} else {
		clear(x.slots)
	}
	for i := range pages {
		x.put(pages[i].key, i)
	}
}
