package wrap

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
)

// mostPools bounds the pools of one key that stand side by side.
const mostPools = adaptive.MaxMixed

// pooled is a pool with the key of its spec and the source whose rows it has learned.
type pooled struct {
	key, origin string
	pool        *adaptive.Pool
}

// pools is a list of pools in the order of keys and sources, each pair once.
type pools []pooled

func comparePlaces(a, b pooled) int {
	return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.origin, b.origin))
}

// of returns the pool of a key and source, nil for none.
func (p pools) of(key, origin string) *adaptive.Pool {
	if at, found := slices.BinarySearchFunc(p, pooled{key: key, origin: origin}, comparePlaces); found {
		return p[at].pool
	}
	return nil
}

// with returns the list with the pool in place of that of its key and source, if any.
func (p pools) with(one pooled) pools {
	at, found := slices.BinarySearchFunc(p, one, comparePlaces)
	if found {
		p = slices.Delete(slices.Clone(p), at, at+1)
	}
	return slices.Insert(p, at, one)
}

// merged returns the pools of both lists side by side. Of two of one key and source the one
// that has learned more rows stays, as they are the same stream; of each key those that
// have learned most, up to a bound. The largest in a total order of a union of sets is the
// same however the union is made, so merging commutes and associates. Neither list changes.
func (p pools) merged(o pools) pools {
	if len(o) == 0 {
		return p
	}
	out := slices.Clone(p)
	for _, theirs := range o {
		at, found := slices.BinarySearchFunc(out, theirs, comparePlaces)
		switch {
		case !found:
			theirs.pool = theirs.pool.Clone()
			out = slices.Insert(out, at, theirs)
		case compareLearned(out[at], theirs) > 0:
			out[at].pool = theirs.pool.Clone()
		}
	}
	return out.bounded()
}

// compareLearned orders pools by what they have learned, most first.
func compareLearned(a, b pooled) int {
	if by := cmp.Compare(b.pool.Weight(), a.pool.Weight()); by != 0 || a.pool == b.pool {
		return by
	}
	if by := strings.Compare(a.origin, b.origin); by != 0 {
		return by
	}
	return bytes.Compare(encodedPool(a.pool), encodedPool(b.pool))
}

// bounded returns the list with at most mostPools of each key.
func (p pools) bounded() pools {
	var out pools
	for from := 0; from < len(p); {
		to := from + 1
		for to < len(p) && p[to].key == p[from].key {
			to++
		}
		of := p[from:to]
		if len(of) > mostPools {
			of = slices.Clone(of)
			slices.SortFunc(of, compareLearned)
			of = of[:mostPools]
			slices.SortFunc(of, comparePlaces)
		}
		out = append(out, of...)
		from = to
	}
	return out
}

// clone returns a deep copy.
func (p pools) clone() pools {
	out := slices.Clone(p)
	for i := range out {
		out[i].pool = out[i].pool.Clone()
	}
	return out
}

// under returns the pools of a source with its name before that of each source of theirs.
func (p pools) under(name string) pools {
	out := slices.Clone(p)
	for i := range out {
		out[i].origin = name + "/" + out[i].origin
	}
	return out
}

// encode appends the number of pools, and of each key, source and bytes.
func (p pools) encode(w *wire.Writer) {
	w.Uvarint(uint64(len(p)))
	for i := range p {
		w.String(p[i].key)
		w.String(p[i].origin)
		w.Blob(encodedPool(p[i].pool))
	}
}

func encodedPool(p *adaptive.Pool) []byte {
	w := wire.NewWriter(nil)
	p.Encode(w)
	return w.Bytes()
}

// decodePools reads what encode wrote: in ascending order, and at least one.
func decodePools(r *wire.Reader) (pools, error) {
	n := r.Count(3)
	if n == 0 && r.Err() == nil {
		r.Fail("no pool behind the mark of some")
	}
	var out pools
	for range n {
		one := pooled{key: r.String(), origin: r.String()}
		own := wire.NewReader(r.Blob())
		if err := r.Err(); err != nil {
			return nil, err
		}
		if len(out) > 0 && comparePlaces(out[len(out)-1], one) >= 0 {
			r.Fail("pool %.40q of %.40q out of order", one.key, one.origin)
			return nil, r.Err()
		}
		var err error
		if one.pool, err = adaptive.Decode(own); err == nil {
			err = own.Close()
		}
		if err != nil {
			return nil, fmt.Errorf("pool %.40q of source %.80q: %w", one.key, one.origin, err)
		}
		out = append(out, one)
	}
	return out, r.Err()
}
