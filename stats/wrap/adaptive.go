package wrap

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
)

// AdaptiveMaker makes a statistic with pools of models beside it that learn its rows one by
// one, in the order in which they come. As long as there are none it costs nothing and is
// stored as the inner statistic alone.
type AdaptiveMaker struct {
	Inner stats.Maker
	// Pools are those that learning trains; nil means none, and those that are there stay.
	Pools *PoolSet
	// Origin is the name of the one source whose rows the statistic learns. Without one
	// nothing is trained: the rows are of several sources, or are to be taken away.
	Origin string
}

var _ stats.Maker = AdaptiveMaker{}

// New returns the empty statistic.
func (m AdaptiveMaker) New() (stats.Additive, error) {
	inner, err := m.Inner.New()
	if err != nil {
		return nil, err
	}
	return &Adaptive{inner: inner, set: m.Pools, origin: m.Origin}, nil
}

// Adaptive is a statistic with pools of models that follow a stream beside it. What a pool
// has learned depends on the order of the rows. So pools are not added up: those of several
// sources stand side by side, each under the name of its source, and rows that are forgotten
// or decay leave them as they are.
type Adaptive struct {
	inner  stats.Additive
	pools  pools
	set    *PoolSet // may be nil
	origin string

	unneeded map[string]uint64 // by key: the turn of set at which its pools were found
	tested   Tested            // during LearnTested, else nil
	// testedKey is that of the pools that tested is told of.
	testedKey string
}

// Tested is told of each row of a block before a pool learns it: its index in the block, and
// the pool as it is then, nil before its first row. It must neither change nor keep the pool.
type Tested func(row int, pool *adaptive.Pool)

var (
	_ stats.Additive  = (*Adaptive)(nil)
	_ stats.Accepter  = (*Adaptive)(nil)
	_ stats.Collapser = (*Adaptive)(nil)
	_ stats.Later     = (*Adaptive)(nil)
)

// Inner returns the statistic beside the pools. It must not be changed.
func (a *Adaptive) Inner() stats.Additive { return a.inner }

// Collapse returns the inner statistic.
func (a *Adaptive) Collapse() (stats.Additive, error) { return a.inner, nil }

// Late is Late of the inner statistic.
func (a *Adaptive) Late(times []int64) []bool { return stats.LateRows(a.inner, times) }

// Pools returns the pools, in the order of their keys and sources. They must not be changed.
func (a *Adaptive) Pools() []*adaptive.Pool {
	out := make([]*adaptive.Pool, len(a.pools))
	for i := range a.pools {
		out[i] = a.pools[i].pool
	}
	return out
}

// PoolSources returns the sources of Pools, parallel to these.
func (a *Adaptive) PoolSources() []string {
	out := make([]string, len(a.pools))
	for i := range a.pools {
		out[i] = a.pools[i].origin
	}
	return out
}

// NamePools puts a name before the sources of the pools of a statistic, which its caller
// owns: they are not those of the sources that have these names elsewhere.
func NamePools(a stats.Additive, name string) {
	if k, ok := a.(interface{ Inner() stats.Additive }); ok {
		if w, ok := a.(*Adaptive); ok {
			w.pools = w.pools.under(name)
			return
		}
		NamePools(k.Inner(), name)
	}
}

// Learned returns the pool of a key that learns the rows of this statistic, nil for none. It
// must not be changed.
func (a *Adaptive) Learned(key string) *adaptive.Pool { return a.pools.of(key, a.origin) }

// Learn adds the rows to the inner statistic, and then lets the pools learn them one by one,
// but those that the inner statistic leaves out as they come too late.
func (a *Adaptive) Learn(layout *stats.Layout, rows *stats.Rows) error {
	now := a.set.list()
	if now == nil || rows.N == 0 || len(now.active)+len(a.pools) == 0 {
		return a.inner.Learn(layout, rows)
	}
	var late []bool
	if !rows.Forgotten {
		late = stats.LateRows(a.inner, rows.Times)
	}
	if err := a.inner.Learn(layout, rows); err != nil {
		return err
	}
	if a.origin != "" && !rows.Forgotten {
		a.train(now, layout, rows, late)
	}
	return nil
}

// LearnTested calls learn, which lets the receiver Learn a block, and tells tested of each
// row that the pool of the key is about to learn. So a row is predicted by what was learned
// of those before it.
func (a *Adaptive) LearnTested(key string, tested Tested, learn func() error) error {
	a.tested, a.testedKey = tested, key
	defer func() { a.tested, a.testedKey = nil, "" }()
	return learn()
}

// train lets the pools that are needed learn the rows, and drops the others.
func (a *Adaptive) train(now *poolList, layout *stats.Layout, rows *stats.Rows, late []bool) {
	a.prune(now)
	for i := range now.active {
		use := &now.active[i]
		p := a.pools.of(use.Spec.Key, a.origin)
		if p == nil || !suits(p, layout) {
			fresh, err := adaptive.New(use.Spec)
			if err != nil {
				continue // a spec is checked with the definition that needs it
			}
			p = fresh
			a.pools = a.pools.with(pooled{key: use.Spec.Key, origin: a.origin, pool: p})
		}
		var tested Tested
		if a.testedKey == use.Spec.Key {
			tested = a.tested
		}
		if late == nil && tested == nil && rows.N > 1 {
			p.Learn(layout, rows, use.Selects)
			continue
		}
		for row := range rows.N {
			if tested != nil {
				tested(row, p)
			}
			if late == nil || !late[row] {
				p.TestThenTrain(layout, rows.Row(row), rows.RowCodes(row), rows.Weight(row), use.Selects, nil)
			}
		}
	}
}

// suits reports whether the target is what the pool took it for: an attribute may have got
// another type since.
func suits(p *adaptive.Pool, layout *stats.Layout) bool {
	if p.Weight() == 0 {
		return true
	}
	target := p.Spec().Target
	at := layout.NumericIndex(target)
	isNumber := at >= 0 && !layout.Numeric[at].Binary
	return isNumber == (len(p.Classes()) == 0) || at < 0 && layout.CategoricalIndex(target) < 0
}

// prune drops the pools that nothing needs any more.
func (a *Adaptive) prune(now *poolList) {
	var kept pools
	var unneeded map[string]uint64
	for _, p := range a.pools {
		if !now.needs(p.key) {
			since, known := a.unneeded[p.key]
			if !known {
				since = now.turn
			}
			if now.drops(p.key, since) {
				continue
			}
			if unneeded == nil {
				unneeded = map[string]uint64{}
			}
			unneeded[p.key] = since
		}
		kept = append(kept, p)
	}
	a.pools, a.unneeded = kept, unneeded
}

// Accepts asks the inner statistic: pools refuse no row.
func (a *Adaptive) Accepts(layout *stats.Layout, rows *stats.Rows) error {
	return stats.Accepts(a.inner, layout, rows)
}

// Forget takes the rows from the inner statistic. Pools stay as they are.
func (a *Adaptive) Forget(layout *stats.Layout, rows *stats.Rows) error {
	return a.inner.Forget(layout, rows)
}

// InWords names the kind of statistic, for errors.
func (*Adaptive) InWords() string { return "statistics with pools of models" }

func (a *Adaptive) operand(other stats.Additive) (*Adaptive, error) {
	o, ok := other.(*Adaptive)
	if !ok {
		return nil, fmt.Errorf("%w: %s and %s", stats.ErrIncompatible, a.InWords(), stats.InWords(other))
	}
	return o, nil
}

// Merge adds the other's statistic, and puts its pools beside the receiver's: see
// pools.merged.
func (a *Adaptive) Merge(other stats.Additive) error {
	o, err := a.operand(other)
	if err != nil {
		return err
	}
	if err := a.inner.Merge(o.inner); err != nil {
		return err
	}
	a.pools = a.pools.merged(o.pools)
	return nil
}

// Subtract takes the other's statistic away. Pools stay as they are.
func (a *Adaptive) Subtract(other stats.Additive) error {
	o, err := a.operand(other)
	if err != nil {
		return err
	}
	return a.inner.Subtract(o.inner)
}

// Scale multiplies the weights of the inner statistic by f. Pools stay as they are.
func (a *Adaptive) Scale(f float64) error { return a.inner.Scale(f) }

// Clone returns a deep copy, which follows the same set of pools.
func (a *Adaptive) Clone() stats.Additive {
	return &Adaptive{inner: a.inner.Clone(), pools: a.pools.clone(), set: a.set, origin: a.origin}
}

// Weight returns the weight of the inner statistic.
func (a *Adaptive) Weight() float64 { return a.inner.Weight() }

// Encode appends the inner statistic, and with pools a mark before and these after it.
func (a *Adaptive) Encode(w *wire.Writer) {
	if len(a.pools) == 0 {
		a.inner.Encode(w)
		return
	}
	for range adaptiveMarks {
		w.Byte(binnedMark)
	}
	a.inner.Encode(w)
	a.pools.encode(w)
}

// adaptiveMarks is how many zeros the bytes of an Adaptive that has pools begin with: one
// more than any other statistic may.
const adaptiveMarks = 3

// Decode reads what Adaptive.Encode wrote, or the inner statistic alone.
func (m AdaptiveMaker) Decode(r *wire.Reader) (stats.Additive, error) {
	out := &Adaptive{set: m.Pools, origin: m.Origin}
	marked := r.Begins(binnedMark, adaptiveMarks)
	var err error
	if out.inner, err = m.Inner.Decode(r); err != nil || !marked {
		return out, err
	}
	if out.pools, err = decodePools(r); err != nil {
		return nil, err
	}
	return out, nil
}
