package features

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/detect"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Plan is a compiled list of features. It is immutable.
type Plan struct {
	specs  []Spec
	kinds  []*kind
	fields []string // distinct, in order of first use
	// A column is a field, by its index, or a feature, by minus its index less
	// one.
	columns [][]int // what each feature is about; none for those of time alone
	tracks  []track // histories
	history []int   // of each feature in tracks; -1 for none
	mark    uint64  // of the specs; a record of another plan is not read
}

// track is the history of one column.
type track struct {
	column int
	keep   extent
}

// extent says how far back a history must reach: so many rows, and those of
// the last span nanoseconds.
type extent struct {
	rows int
	span int64
}

// NewPlan compiles the features. The error wraps errSpec and names the feature
// by its index.
func NewPlan(specs []Spec) (*Plan, error) {
	if len(specs) == 0 || len(specs) > MaxFeatures {
		return nil, fmt.Errorf("%w: there are %d features, want 1 to %d", errSpec, len(specs), MaxFeatures)
	}
	p := &Plan{}
	names := map[string]int{}
	for i, s := range specs {
		s, k, err := s.complete()
		if err != nil {
			return nil, fmt.Errorf("%d: %w", i, err)
		}
		if before, taken := names[s.Name]; taken {
			return nil, fmt.Errorf("%d: %w: name: %q is that of feature %d", i, errSpec, s.Name, before)
		}
		names[s.Name] = i
		p.specs, p.kinds = append(p.specs, s), append(p.kinds, k)
		var columns []int
		for _, of := range append([]string{s.Of}, s.Parts...) {
			if of != "" {
				columns = append(columns, p.columnOf(of, i))
			}
		}
		if k.reads != nil && !p.isDetector(columns[0]) {
			return nil, fmt.Errorf("%d: %w: of: %q is no earlier feature that is a detector", i, errSpec, s.Of)
		}
		p.columns = append(p.columns, columns)
		p.history = append(p.history, p.trackOf(columns, s, k))
	}
	p.mark = p.fingerprint()
	return p, nil
}

// columnOf returns the column of that name for feature number i: that of an
// earlier feature, else a field, which is added at first use.
func (p *Plan) columnOf(name string, i int) int {
	for j := range i {
		if p.specs[j].Name == name {
			return -j - 1
		}
	}
	for c, field := range p.fields {
		if field == name {
			return c
		}
	}
	p.fields = append(p.fields, name)
	return len(p.fields) - 1
}

// isDetector reports whether a column is a feature with a detector.
func (p *Plan) isDetector(column int) bool {
	return column < 0 && slices.Contains(detect.Names(), p.specs[-column-1].Type)
}

// trackOf returns the history that the feature reads, which it makes reach far
// enough, or -1 when it reads none.
func (p *Plan) trackOf(columns []int, s Spec, k *kind) int {
	if k.history == nil {
		return -1
	}
	at := slices.IndexFunc(p.tracks, func(t track) bool { return t.column == columns[0] })
	if at < 0 {
		at = len(p.tracks)
		p.tracks = append(p.tracks, track{column: columns[0]})
	}
	keep, need := &p.tracks[at].keep, k.history(s)
	keep.rows, keep.span = max(keep.rows, need.rows), max(keep.span, need.span)
	return at
}

// Specs returns the features with their defaults filled in.
func (p *Plan) Specs() []Spec { return slices.Clone(p.specs) }

// Names returns the features' names, in the order of the values.
func (p *Plan) Names() []string {
	out := make([]string, len(p.specs))
	for i := range p.specs {
		out[i] = p.specs[i].Name
	}
	return out
}

// Fields returns the fields whose values a row must carry, in their order.
func (p *Plan) Fields() []string { return append([]string(nil), p.fields...) }

// fingerprint is a checksum of all that decides what state is kept.
func (p *Plan) fingerprint() uint64 {
	var w wire.Writer
	for _, s := range p.specs {
		w.String(s.Name)
		w.String(s.Type)
		w.String(s.Of)
		w.Uvarint(uint64(len(s.Parts)))
		for _, part := range s.Parts {
			w.String(part)
		}
		w.Uvarint(uint64(s.Rows))
		w.Uvarint(uint64(s.Over / time.Nanosecond))
		w.String(s.Season)
		w.Uvarint(uint64(s.Short))
		for _, name := range slices.Sorted(maps.Keys(s.Options)) { // none in plans from before there were any
			w.String(name)
			w.String(fmt.Sprint(s.Options[name]))
		}
	}
	half := wire.Checksum(w.Bytes())
	w.Byte(1)
	return uint64(half)<<32 | uint64(wire.Checksum(w.Bytes()))
}
