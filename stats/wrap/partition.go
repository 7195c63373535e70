package wrap

import (
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// PartitionMaker makes one part per value of a categorical or binary
// attribute: what quadratic discriminants and per-class covariances need.
type PartitionMaker struct {
	Inner     stats.Maker
	Attribute string
}

// New returns an empty partition; the attribute must have a name.
func (m PartitionMaker) New() (stats.Additive, error) {
	p, err := m.empty()
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (m PartitionMaker) empty() (*Partition, error) {
	if m.Attribute == "" {
		return nil, fmt.Errorf("partition attribute is empty")
	}
	return &Partition{attribute: m.Attribute, keyed: newKeyed[string](m.Inner)}, nil
}

// Decode reads what Partition.Encode wrote.
func (m PartitionMaker) Decode(r *wire.Reader) (stats.Additive, error) {
	p, err := m.empty()
	if err != nil {
		return nil, err
	}
	if name := r.String(); r.Err() == nil && name != p.attribute {
		return nil, fmt.Errorf("%w: stored project is partitioned by %q, the settings say %q", stats.ErrIncompatible, name, p.attribute)
	}
	return p, p.decode(r, r.String)
}

// Partition holds one Additive per value of an attribute. Rows without the
// attribute, and those whose value is beyond the capacity of the dictionary, have parts
// of their own.
type Partition struct {
	attribute string
	keyed[string]
}

var (
	_ stats.Additive    = (*Partition)(nil)
	_ stats.Accepter    = (*Partition)(nil)
	_ stats.Collapser   = (*Partition)(nil)
	_ stats.Partitioned = (*Partition)(nil)
)

// Keys of rows that have no value of their own; a value's key is "=" and the value.
const (
	partMissing = "-"
	partOther   = "?"
)

// part returns the part of a value ("0" or "1" of a binary attribute), or nil.
// It must not be changed.
func (p *Partition) part(value string) stats.Additive { return p.parts["="+value] }

// values returns the values that have rows, in order.
func (p *Partition) values() []string {
	var out []string
	for _, key := range p.keys() {
		if key[0] == '=' {
			out = append(out, key[1:])
		}
	}
	return out
}

// PartitionStatistics returns the attribute, the values that have rows in order,
// and parallel to them their statistics, which must not be changed.
func (p *Partition) PartitionStatistics() (attribute string, values []string, parts []stats.Additive) {
	values = p.values()
	for _, value := range values {
		parts = append(parts, p.part(value))
	}
	return p.attribute, values, parts
}

// Learn adds each row to the part of its value.
func (p *Partition) Learn(layout *stats.Layout, rows *stats.Rows) error {
	parts, err := p.byValue(layout, rows)
	if err != nil {
		return err
	}
	if err := p.keyed.Accepts(layout, rows); err != nil {
		return err
	}
	return p.learn(layout, parts)
}

// Accepts refuses an attribute that has no values to partition by, and asks all
// parts.
func (p *Partition) Accepts(layout *stats.Layout, rows *stats.Rows) error {
	if _, err := p.keyOf(layout, rows); err != nil {
		return err
	}
	return p.keyed.Accepts(layout, rows)
}

// Forget takes each row from the part of its value.
func (p *Partition) Forget(layout *stats.Layout, rows *stats.Rows) error {
	parts, err := p.byValue(layout, rows)
	if err != nil {
		return err
	}
	return p.forget(layout, parts)
}

func (p *Partition) byValue(layout *stats.Layout, rows *stats.Rows) (map[string]*stats.Rows, error) {
	if err := rows.Validate(layout); err != nil {
		return nil, err
	}
	keyOf, err := p.keyOf(layout, rows)
	if err != nil {
		return nil, err
	}
	return p.split(rows, keyOf), nil
}

// keyOf returns the function from a row to its key. Keys are values and not codes,
// as codes differ between shards. An attribute that is not known yet is missing.
func (p *Partition) keyOf(layout *stats.Layout, rows *stats.Rows) (func(i int) (string, bool), error) {
	if j := layout.NumericIndex(p.attribute); j >= 0 {
		if !layout.Numeric[j].Binary {
			for i := range rows.N {
				if x := rows.Row(i)[j]; !math.IsNaN(x) {
					return nil, fmt.Errorf("%w: partition attribute %q is continuous (a row has %v), want categorical or binary", stats.ErrIncompatible, p.attribute, x)
				}
			}
			return func(int) (string, bool) { return partMissing, true }, nil
		}
		return func(i int) (string, bool) {
			switch rows.Row(i)[j] {
			case 0:
				return "=0", true
			case 1:
				return "=1", true
			}
			return partMissing, true
		}, nil
	}
	j := layout.CategoricalIndex(p.attribute)
	if j < 0 {
		return func(int) (string, bool) { return partMissing, true }, nil
	}
	if layout.Categorical[j].List {
		if !slices.ContainsFunc(rowNumbers(rows.N), func(i int) bool { return rows.RowCodes(i)[j] != stats.Missing }) {
			return func(int) (string, bool) { return partMissing, true }, nil
		}
		return nil, fmt.Errorf("%w: partition attribute %q is a list, want categorical or binary", stats.ErrIncompatible, p.attribute)
	}
	return func(i int) (string, bool) {
		switch code := rows.RowCodes(i)[j]; code {
		case stats.Missing:
			return partMissing, true
		case stats.Other:
			return partOther, true
		default:
			return "=" + layout.Categorical[j].Label(code), true
		}
	}, nil
}

// rowNumbers returns 0 to n-1.
func rowNumbers(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// InWords names the kind of statistic, for errors.
func (*Partition) InWords() string { return "a partition" }

func (p *Partition) operand(other stats.Additive) (*Partition, error) {
	o, ok := other.(*Partition)
	if !ok {
		return nil, fmt.Errorf("%w: %s and %s", stats.ErrIncompatible, p.InWords(), stats.InWords(other))
	}
	if o.attribute != p.attribute {
		return nil, fmt.Errorf("%w: partitions by %q and %q", stats.ErrIncompatible, p.attribute, o.attribute)
	}
	return o, nil
}

// Merge adds the other's parts, value by value.
func (p *Partition) Merge(other stats.Additive) error {
	o, err := p.operand(other)
	if err != nil {
		return err
	}
	return p.merge(&o.keyed)
}

// Subtract takes the other's parts away, value by value.
func (p *Partition) Subtract(other stats.Additive) error {
	o, err := p.operand(other)
	if err != nil {
		return err
	}
	return p.subtract(&o.keyed)
}

// Scale multiplies every weight by f.
func (p *Partition) Scale(f float64) error { return p.scale(f) }

// Clone returns a deep copy.
func (p *Partition) Clone() stats.Additive {
	return &Partition{attribute: p.attribute, keyed: p.clone()}
}

// Collapse returns the merge of all parts.
func (p *Partition) Collapse() (stats.Additive, error) { return p.collapse() }

// Encode appends the attribute and the parts.
func (p *Partition) Encode(w *wire.Writer) {
	w.String(p.attribute)
	p.encode(w, w.String)
}
