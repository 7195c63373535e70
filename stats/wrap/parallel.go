package wrap

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ParallelMaker makes several statistics of the same rows in parallel, such as
// the whole history and the last hour.
type ParallelMaker struct {
	Names []string
	Parts []stats.Maker
}

// New returns the parts, empty; names must be given and different.
func (m ParallelMaker) New() (stats.Additive, error) {
	if err := m.validate(); err != nil {
		return nil, err
	}
	b := &Parallel{names: m.Names}
	for i, maker := range m.Parts {
		part, err := maker.New()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Names[i], err)
		}
		b.parts = append(b.parts, part)
	}
	return b, nil
}

// validate refuses an empty name, which a question could not give, and two parts of
// one name, of which a question would reach only the first.
func (m ParallelMaker) validate() error {
	if len(m.Parts) == 0 || len(m.Names) != len(m.Parts) {
		return fmt.Errorf("%d names for %d statistics", len(m.Names), len(m.Parts))
	}
	seen := map[string]bool{}
	for _, name := range m.Names {
		if name == "" || seen[name] {
			return fmt.Errorf("name %q is empty or occurs twice", name)
		}
		seen[name] = true
	}
	return nil
}

// Decode reads what Parallel.Encode wrote.
func (m ParallelMaker) Decode(r *wire.Reader) (stats.Additive, error) {
	if err := m.validate(); err != nil {
		return nil, err
	}
	if n := r.Count(1); r.Err() == nil && n != len(m.Parts) {
		return nil, fmt.Errorf("%w: stored project keeps %d statistics in parallel, the settings say %d", stats.ErrIncompatible, n, len(m.Parts))
	}
	b := &Parallel{names: m.Names}
	for i, maker := range m.Parts {
		if name := r.String(); r.Err() == nil && name != m.Names[i] {
			return nil, fmt.Errorf("%w: stored project keeps %q, the settings say %q", stats.ErrIncompatible, name, m.Names[i])
		}
		part, err := maker.Decode(r)
		if err != nil {
			return nil, err
		}
		b.parts = append(b.parts, part)
	}
	return b, r.Err()
}

// Parallel holds several statistics of the same rows. The first is the main one.
type Parallel struct {
	names []string
	parts []stats.Additive
}

var (
	_ stats.Additive  = (*Parallel)(nil)
	_ stats.Accepter  = (*Parallel)(nil)
	_ stats.Collapser = (*Parallel)(nil)
	_ stats.Parallel  = (*Parallel)(nil)
)

// Names returns the names of the statistics. They must not be changed.
func (b *Parallel) Names() []string { return b.names }

// Part returns the statistic of that name, or nil. It must not be changed.
func (b *Parallel) Part(name string) stats.Additive {
	for i, n := range b.names {
		if n == name {
			return b.parts[i]
		}
	}
	return nil
}

// Collapse returns the main statistic.
func (b *Parallel) Collapse() (stats.Additive, error) { return b.parts[0], nil }

// each runs change on copies of all parts and then puts them in place.
func (b *Parallel) each(change func(i int, part stats.Additive) error) error {
	next := make([]stats.Additive, len(b.parts))
	for i, part := range b.parts {
		next[i] = part.Clone()
		if err := change(i, next[i]); err != nil {
			return fmt.Errorf("%s: %w", b.names[i], err)
		}
	}
	b.parts = next
	return nil
}

// Accepts asks all parts.
func (b *Parallel) Accepts(layout *stats.Layout, rows *stats.Rows) error {
	for i, part := range b.parts {
		if err := stats.Accepts(part, layout, rows); err != nil {
			return fmt.Errorf("%s: %w", b.names[i], err)
		}
	}
	return nil
}

// Learn adds the rows to every statistic, once all of them accept the rows.
// The main statistic learns last. Asking first saves the copies of all parts that
// each would make for every batch.
func (b *Parallel) Learn(layout *stats.Layout, rows *stats.Rows) error {
	if err := rows.Validate(layout); err != nil {
		return err
	}
	if err := b.Accepts(layout, rows); err != nil {
		return err
	}
	for i := len(b.parts) - 1; i >= 0; i-- {
		if err := b.parts[i].Learn(layout, rows); err != nil {
			return fmt.Errorf("%s: %w", b.names[i], err)
		}
	}
	return nil
}

// Forget takes the rows from every statistic.
func (b *Parallel) Forget(layout *stats.Layout, rows *stats.Rows) error {
	return b.each(func(_ int, part stats.Additive) error { return part.Forget(layout, rows) })
}

// InWords names the kind of statistic, for errors.
func (*Parallel) InWords() string { return "statistics kept in parallel" }

// operand returns the other as a Parallel of the same names in the same order.
func (b *Parallel) operand(other stats.Additive) (*Parallel, error) {
	o, ok := other.(*Parallel)
	if !ok {
		return nil, fmt.Errorf("%w: %s and %s", stats.ErrIncompatible, b.InWords(), stats.InWords(other))
	}
	if len(o.parts) != len(b.parts) {
		return nil, fmt.Errorf("%w: %d and %d statistics in parallel", stats.ErrIncompatible, len(b.parts), len(o.parts))
	}
	for i := range b.names {
		if b.names[i] != o.names[i] {
			return nil, fmt.Errorf("%w: statistics %q and %q", stats.ErrIncompatible, b.names[i], o.names[i])
		}
	}
	return o, nil
}

// Merge adds the other's statistics, one by one.
func (b *Parallel) Merge(other stats.Additive) error {
	o, err := b.operand(other)
	if err != nil {
		return err
	}
	return b.each(func(i int, part stats.Additive) error { return part.Merge(o.parts[i]) })
}

// Subtract takes the other's statistics away, one by one.
func (b *Parallel) Subtract(other stats.Additive) error {
	o, err := b.operand(other)
	if err != nil {
		return err
	}
	return b.each(func(i int, part stats.Additive) error { return part.Subtract(o.parts[i]) })
}

// Scale multiplies every weight by f.
func (b *Parallel) Scale(f float64) error {
	return b.each(func(_ int, part stats.Additive) error { return part.Scale(f) })
}

// Clone returns a deep copy.
func (b *Parallel) Clone() stats.Additive {
	out := &Parallel{names: b.names}
	for _, part := range b.parts {
		out.parts = append(out.parts, part.Clone())
	}
	return out
}

// Weight returns the weight of the main statistic.
func (b *Parallel) Weight() float64 { return b.parts[0].Weight() }

// Encode appends the number of statistics, and of each name and bytes.
func (b *Parallel) Encode(w *wire.Writer) {
	w.Uvarint(uint64(len(b.parts)))
	for i, part := range b.parts {
		w.String(b.names[i])
		part.Encode(w)
	}
}
