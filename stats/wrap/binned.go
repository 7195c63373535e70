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
// begins with a zero. A second one says that likelihoods follow, after counts that may be
// empty.
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
	fitted := marked && r.Remaining() > 0 && r.PeekByte() == binnedMark
	counted := marked
	if fitted {
		r.Byte()
		counted = r.Bool()
	}
	inner, err := m.Inner.Decode(r)
	if err != nil {
		return nil, err
	}
	f := &Binned{inner: inner, set: m.Binnings}
	if counted {
		if f.detectors, err = stats.DecodeDetectors(r); err != nil {
			return nil, err
		}
	}
	if fitted {
		if f.likelihoods, err = stats.DecodeLikelihoods(r); err != nil {
			return nil, err
		}
	}
	return f, r.Err()
}

// Binned is a statistic with the counts of detectors of the same rows beside
// it: those learned since a binning was fixed. Forgetting a row that is older
// than a binning takes it off the counts as far as there are any. The likelihoods that
// models are fitted by are kept in the same way.
type Binned struct {
	inner       stats.Additive
	detectors   *stats.Detectors   // nil as long as nothing is counted
	likelihoods *stats.Likelihoods // nil as long as none is kept
	set         *BinningSet        // may be nil
	seen        *binningList       // of set, when it was followed last
}

var (
	_ stats.Additive  = (*Binned)(nil)
	_ stats.Accepter  = (*Binned)(nil)
	_ stats.Collapser = (*Binned)(nil)
	_ stats.Detecting = (*Binned)(nil)
	_ stats.Fitting   = (*Binned)(nil)
)

// Inner returns the statistic beside the counts. It must not be changed.
func (f *Binned) Inner() stats.Additive { return f.inner }

// Detectors returns the counts, nil when there are none. They must not be
// changed.
func (f *Binned) Detectors() *stats.Detectors { return f.detectors }

// Likelihoods returns the likelihoods, nil when there are none. They must not be
// changed.
func (f *Binned) Likelihoods() *stats.Likelihoods { return f.likelihoods }

// Collapse returns the inner statistic.
func (f *Binned) Collapse() (stats.Additive, error) { return f.inner, nil }

// followed are the counts and likelihoods with what is fixed now, the receiver's own
// where that changes nothing.
type followed struct {
	detectors   *stats.Detectors
	likelihoods *stats.Likelihoods
	seen        *binningList
}

// follow returns what is learned into now.
func (f *Binned) follow() (followed, error) {
	out := followed{f.detectors, f.likelihoods, f.seen}
	if f.set == nil {
		return out, nil
	}
	now := f.set.current.Load()
	if now == f.seen || now == nil {
		return out, nil
	}
	out.seen = now
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
			return out, err
		}
	}
	if out.detectors = next; f.detectors == nil && len(next.Binnings()) == 0 {
		out.detectors = nil
	}
	if f.likelihoods != nil || len(now.likelihoods) > 0 {
		out.likelihoods = f.likelihoods.Following(now.likelihoods, now.gone)
	}
	return out, nil
}

// Learn adds the rows to all.
func (f *Binned) Learn(layout *stats.Layout, rows *stats.Rows) error {
	next, err := f.follow()
	if err != nil {
		return err
	}
	if err := f.inner.Learn(layout, rows); err != nil {
		return err
	}
	f.detectors, f.likelihoods, f.seen = next.detectors, next.likelihoods, next.seen
	if f.likelihoods != nil {
		f.likelihoods.Learn(layout, rows)
	}
	if f.detectors == nil {
		return nil
	}
	return f.detectors.Learn(layout, rows) // refuses nothing that the inner one takes
}

// Accepts refuses what the inner statistic does, and more binnings than fit.
func (f *Binned) Accepts(layout *stats.Layout, rows *stats.Rows) error {
	if _, err := f.follow(); err != nil {
		return err
	}
	return stats.Accepts(f.inner, layout, rows)
}

// Forget takes the rows from all.
// The counts of the rows are made first: that may fail, and taking them off may not.
func (f *Binned) Forget(layout *stats.Layout, rows *stats.Rows) error {
	var part *stats.Detectors
	if f.detectors != nil {
		part = f.detectors.Empty()
		if err := part.Learn(layout, rows); err != nil {
			return err
		}
	}
	if err := f.inner.Forget(layout, rows); err != nil {
		return err
	}
	if part != nil {
		f.detectors.Reduce(part)
	}
	if f.likelihoods != nil {
		gone := f.likelihoods.Empty()
		gone.Learn(layout, rows)
		f.likelihoods.Reduce(gone)
	}
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
	if f.likelihoods != nil && o.likelihoods != nil {
		if err := f.likelihoods.CanMerge(o.likelihoods); err != nil {
			return err
		}
	}
	if err := f.inner.Merge(o.inner); err != nil {
		return err
	}
	if o.likelihoods != nil {
		if f.likelihoods == nil {
			f.likelihoods = &stats.Likelihoods{}
		}
		f.likelihoods.Merge(o.likelihoods)
	}
	if o.detectors == nil {
		return nil
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
	if f.likelihoods != nil && o.likelihoods != nil {
		f.likelihoods.Reduce(o.likelihoods)
	}
	return nil
}

// Scale multiplies every weight by x.
func (f *Binned) Scale(x float64) error {
	if f.likelihoods != nil {
		if err := f.likelihoods.CanScale(x); err != nil {
			return err
		}
	}
	var detectors *stats.Detectors
	if f.detectors != nil {
		detectors = f.detectors.Copy()
		if err := detectors.Scale(x); err != nil {
			return err
		}
	}
	if err := f.inner.Scale(x); err != nil {
		return err
	}
	f.detectors = detectors
	if f.likelihoods != nil {
		f.likelihoods.Scale(x)
	}
	return nil
}

// Clone returns a deep copy, which follows the same set of binnings.
func (f *Binned) Clone() stats.Additive {
	out := &Binned{inner: f.inner.Clone(), likelihoods: f.likelihoods.Copy(), set: f.set, seen: f.seen}
	if f.detectors != nil {
		out.detectors = f.detectors.Copy()
	}
	return out
}

// Weight returns the weight of the inner statistic.
func (f *Binned) Weight() float64 { return f.inner.Weight() }

// Encode appends the inner statistic; with counts, a zero before and the counts after it;
// with likelihoods, two zeros and whether there are counts before it, and counts and
// likelihoods after it.
func (f *Binned) Encode(w *wire.Writer) {
	fitted := f.likelihoods != nil && !f.likelihoods.IsEmpty()
	if fitted {
		w.Byte(binnedMark)
		w.Byte(binnedMark)
		w.Bool(f.detectors != nil)
	} else if f.detectors != nil {
		w.Byte(binnedMark)
	}
	f.inner.Encode(w)
	if f.detectors != nil {
		f.detectors.Encode(w)
	}
	if fitted {
		f.likelihoods.Encode(w)
	}
}
