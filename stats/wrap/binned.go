package wrap

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// BinnedMaker makes a statistic with the counts of detectors beside it. As long
// as no binning is fixed it costs nothing and is stored as the inner statistic
// alone, so a project can begin to count at any time.
type BinnedMaker struct {
	Inner stats.Maker
	// Binnings are those that learning counts in; nil means only those that the
	// statistic has already.
	Binnings *BinningSet
}

var _ stats.Maker = BinnedMaker{}

// binnedMark begins the bytes of a Binned that has counts. No other statistic
// begins with a zero.
const binnedMark = 0

// New returns the empty statistic.
func (m BinnedMaker) New() (stats.Additive, error) {
	inner, err := m.Inner.New()
	if err != nil {
		return nil, err
	}
	return &Binned{inner: inner, set: m.Binnings}, nil
}

// Decode reads what Binned.Encode wrote, or the inner statistic alone.
func (m BinnedMaker) Decode(r *wire.Reader) (stats.Additive, error) {
	marked := r.Remaining() > 0 && r.PeekByte() == binnedMark
	if marked {
		r.Byte()
	}
	inner, err := m.Inner.Decode(r)
	if err != nil {
		return nil, err
	}
	f := &Binned{inner: inner, set: m.Binnings}
	if marked {
		if f.detectors, err = stats.DecodeDetectors(r); err != nil {
			return nil, err
		}
	}
	return f, r.Err()
}

// Binned is a statistic with the counts of detectors of the same rows beside
// it: those learned since a binning was fixed. Forgetting a row that is older
// than a binning takes it off the counts as far as there are any.
type Binned struct {
	inner     stats.Additive
	detectors *stats.Detectors // nil as long as nothing is counted
	set       *BinningSet      // may be nil
	seen      *binningList     // of set, when it was followed last
}

var (
	_ stats.Additive  = (*Binned)(nil)
	_ stats.Accepter  = (*Binned)(nil)
	_ stats.Collapser = (*Binned)(nil)
	_ stats.Detecting = (*Binned)(nil)
)

// Inner returns the statistic beside the counts. It must not be changed.
func (f *Binned) Inner() stats.Additive { return f.inner }

// Detectors returns the counts, nil when there are none. They must not be
// changed.
func (f *Binned) Detectors() *stats.Detectors { return f.detectors }

// Collapse returns the inner statistic.
func (f *Binned) Collapse() (stats.Additive, error) { return f.inner, nil }

// follow returns the counts with the binnings that are fixed now, the receiver's
// own where that changes nothing.
func (f *Binned) follow() (*stats.Detectors, *binningList, error) {
	if f.set == nil {
		return f.detectors, nil, nil
	}
	now := f.set.current.Load()
	if now == f.seen || now == nil {
		return f.detectors, now, nil
	}
	next := &stats.Detectors{}
	if f.detectors != nil {
		next = f.detectors.Shallow()
	}
	next.Retain(func(id string) bool {
		active, known := now.known[id]
		return active || !known
	})
	for _, binning := range now.active {
		if err := next.Install(binning); err != nil {
			return nil, nil, err
		}
	}
	if f.detectors == nil && len(next.Binnings()) == 0 {
		next = nil
	}
	return next, now, nil
}

// Learn adds the rows to both.
func (f *Binned) Learn(layout *stats.Layout, rows *stats.Rows) error {
	detectors, seen, err := f.follow()
	if err != nil {
		return err
	}
	if err := f.inner.Learn(layout, rows); err != nil {
		return err
	}
	f.detectors, f.seen = detectors, seen
	if detectors == nil {
		return nil
	}
	return detectors.Learn(layout, rows) // refuses nothing that the inner one takes
}

// Accepts refuses what the inner statistic does, and more binnings than fit.
func (f *Binned) Accepts(layout *stats.Layout, rows *stats.Rows) error {
	if _, _, err := f.follow(); err != nil {
		return err
	}
	return stats.Accepts(f.inner, layout, rows)
}

// Forget takes the rows from both.
// The counts of the rows are made first: that may fail, and taking them off may not.
func (f *Binned) Forget(layout *stats.Layout, rows *stats.Rows) error {
	if f.detectors == nil {
		return f.inner.Forget(layout, rows)
	}
	part := f.detectors.Empty()
	if err := part.Learn(layout, rows); err != nil {
		return err
	}
	if err := f.inner.Forget(layout, rows); err != nil {
		return err
	}
	f.detectors.Reduce(part)
	return nil
}

// InWords names the kind of statistic, for errors.
func (*Binned) InWords() string { return "statistics with counts of detectors" }

func (f *Binned) operand(other stats.Additive) (*Binned, error) {
	o, ok := other.(*Binned)
	if !ok {
		return nil, fmt.Errorf("%w: %s and %s", stats.ErrIncompatible, f.InWords(), stats.InWords(other))
	}
	return o, nil
}

// Merge adds the other's statistic and counts.
func (f *Binned) Merge(other stats.Additive) error {
	o, err := f.operand(other)
	if err != nil {
		return err
	}
	if f.detectors != nil && o.detectors != nil {
		if err := f.detectors.CanMerge(o.detectors); err != nil {
			return err
		}
	}
	if err := f.inner.Merge(o.inner); err != nil || o.detectors == nil {
		return err
	}
	if f.detectors == nil {
		f.detectors = o.detectors.Copy()
		return nil
	}
	return f.detectors.Merge(o.detectors)
}

// Subtract takes the other's statistic and counts away.
func (f *Binned) Subtract(other stats.Additive) error {
	o, err := f.operand(other)
	if err != nil {
		return err
	}
	if err := f.inner.Subtract(o.inner); err != nil {
		return err
	}
	if f.detectors != nil && o.detectors != nil {
		f.detectors.Reduce(o.detectors)
	}
	return nil
}

// Scale multiplies every weight by x.
func (f *Binned) Scale(x float64) error {
	if f.detectors == nil {
		return f.inner.Scale(x)
	}
	detectors := f.detectors.Copy()
	if err := detectors.Scale(x); err != nil {
		return err
	}
	if err := f.inner.Scale(x); err != nil {
		return err
	}
	f.detectors = detectors
	return nil
}

// Clone returns a deep copy, which follows the same set of binnings.
func (f *Binned) Clone() stats.Additive {
	out := &Binned{inner: f.inner.Clone(), set: f.set, seen: f.seen}
	if f.detectors != nil {
		out.detectors = f.detectors.Copy()
	}
	return out
}

// Weight returns the weight of the inner statistic.
func (f *Binned) Weight() float64 { return f.inner.Weight() }

// Encode appends the inner statistic, and with counts a zero before and the
// counts after it.
func (f *Binned) Encode(w *wire.Writer) {
	if f.detectors == nil {
		f.inner.Encode(w)
		return
	}
	w.Byte(binnedMark)
	f.inner.Encode(w)
	f.detectors.Encode(w)
}
