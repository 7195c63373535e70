package wrap

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/hash"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// FoldsMaker makes K folds: each row goes to one of them by a hash of its
// content, so that cross-validation needs no second look at the rows.
type FoldsMaker struct {
	Inner stats.Maker
	K     int
}

// New returns empty folds; K must be 2 to 100.
func (m FoldsMaker) New() (stats.Additive, error) {
	f, err := m.empty()
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (m FoldsMaker) empty() (*Folds, error) {
	if m.K < 2 || m.K > 100 {
		return nil, fmt.Errorf("folds is %d, want 2 to 100", m.K)
	}
	return &Folds{k: m.K, keyed: newKeyed[int64](m.Inner)}, nil
}

// Decode reads what Folds.Encode wrote.
func (m FoldsMaker) Decode(r *wire.Reader) (stats.Additive, error) {
	f, err := m.empty()
	if err != nil {
		return nil, err
	}
	if k := int(r.Uvarint()); r.Err() == nil && k != f.k {
		return nil, fmt.Errorf("%w: stored project has %d folds, the settings %d", stats.ErrIncompatible, k, f.k)
	}
	if err := f.decode(r, r.Varint); err != nil {
		return nil, err
	}
	for fold := range f.parts {
		if fold < 0 || fold >= int64(f.k) {
			return nil, fmt.Errorf("%w: fold %d of %d", wire.ErrCorrupt, fold, f.k)
		}
	}
	return f, nil
}

// Folds holds one Additive per fold. Equal rows are in the same fold, whatever
// shard or order they came in, so a row is forgotten where it was learned.
type Folds struct {
	k int
	keyed[int64]
	names *stats.Layout // whose column hashes are in seeds
	seeds rowSeeds
}

var (
	_ stats.Additive  = (*Folds)(nil)
	_ stats.Accepter  = (*Folds)(nil)
	_ stats.Collapser = (*Folds)(nil)
	_ stats.Folding   = (*Folds)(nil)
)

// FoldStatistics returns the statistics of the folds that have rows, in order.
// They must not be changed.
func (f *Folds) FoldStatistics() []stats.Additive {
	var out []stats.Additive
	for _, fold := range f.keys() {
		out = append(out, f.parts[fold])
	}
	return out
}

// Learn adds each row to its fold.
func (f *Folds) Learn(layout *stats.Layout, rows *stats.Rows) error {
	if err := rows.Validate(layout); err != nil {
		return err
	}
	if err := f.Accepts(layout, rows); err != nil {
		return err
	}
	return f.learn(layout, f.byFold(layout, rows))
}

// Forget takes each row from its fold.
func (f *Folds) Forget(layout *stats.Layout, rows *stats.Rows) error {
	if err := rows.Validate(layout); err != nil {
		return err
	}
	return f.forget(layout, f.byFold(layout, rows))
}

// byFold deals the rows to folds. Seeds are made once for a layout; a layout that
// has grown is another one.
func (f *Folds) byFold(layout *stats.Layout, rows *stats.Rows) map[int64]*stats.Rows {
	if f.names != layout {
		f.names, f.seeds = layout, seedsOf(layout)
	}
	return f.split(rows, func(i int) (int64, bool) {
		return int64(f.seeds.hash(rows, i) % uint64(f.k)), true
	})
}

// InWords names the kind of statistic, for errors.
func (*Folds) InWords() string { return "folds" }

func (f *Folds) operand(other stats.Additive) (*Folds, error) {
	o, ok := other.(*Folds)
	if !ok {
		return nil, fmt.Errorf("%w: %s and %s", stats.ErrIncompatible, f.InWords(), stats.InWords(other))
	}
	if o.k != f.k {
		return nil, fmt.Errorf("%w: %d and %d folds", stats.ErrIncompatible, f.k, o.k)
	}
	return o, nil
}

// Merge adds the other's folds, fold by fold.
func (f *Folds) Merge(other stats.Additive) error {
	o, err := f.operand(other)
	if err != nil {
		return err
	}
	return f.merge(&o.keyed)
}

// Subtract takes the other's folds away, fold by fold.
func (f *Folds) Subtract(other stats.Additive) error {
	o, err := f.operand(other)
	if err != nil {
		return err
	}
	return f.subtract(&o.keyed)
}

// Scale multiplies every weight by x.
func (f *Folds) Scale(x float64) error { return f.scale(x) }

// Clone returns a deep copy.
func (f *Folds) Clone() stats.Additive { return &Folds{k: f.k, keyed: f.clone()} }

// Collapse returns the merge of all folds.
func (f *Folds) Collapse() (stats.Additive, error) { return f.collapse() }

// Encode appends the number of folds and the parts.
func (f *Folds) Encode(w *wire.Writer) {
	w.Uvarint(uint64(f.k))
	f.encode(w, w.Varint)
}

// rowSeeds are hashes of a layout's names and values: what makes the hash of a
// row independent of the order of columns and codes.
type rowSeeds struct {
	numeric     []uint64
	categorical [][]uint64 // by code
}

// seedsOf hashes names and not positions, as two shards may have found the same
// attributes in another order.
func seedsOf(l *stats.Layout) rowSeeds {
	var s rowSeeds
	for _, c := range l.Numeric {
		s.numeric = append(s.numeric, hash.String(hash.Offset, c.Name))
	}
	for i := range l.Categorical {
		c := &l.Categorical[i]
		name := hash.String(hash.Offset, c.Name)
		codes := []uint64{hash.Mix(name)}
		for _, v := range c.Values {
			codes = append(codes, hash.Mix(hash.String(name, "="+v)))
		}
		s.categorical = append(s.categorical, codes)
	}
	return s
}

// hash returns a hash of the values that row i has; the weight does not count.
// Values are added up, and addition does not depend on the order of columns. A
// missing value adds nothing, so a new attribute leaves older rows where they are.
// Adding 0 makes -0 and 0 the same.
func (s *rowSeeds) hash(rows *stats.Rows, i int) uint64 {
	var sum uint64
	for j, v := range rows.Row(i) {
		if !math.IsNaN(v) {
			sum += hash.Mix(s.numeric[j] ^ math.Float64bits(v+0))
		}
	}
	// Missing numbers and codes are left out, so a row has the same fold whether or
	// not the schema has grown since.
	var scratch [1]int32
	for j, code := range rows.RowCodes(i) {
		if code == stats.Missing {
			continue
		}
		for _, c := range rows.CodesOf(code, &scratch) {
			sum += s.categorical[j][c]
		}
	}
	return hash.Mix(sum)
}
