package live

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/glob"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// settler settles what is computed of the attributes: it keeps the first values until
// there are enough of them. They are no part of the state. A process that starts before
// something is settled begins to count anew, and the process that settles it first
// decides for all, as of the schema.
//
// The batch that brings enough values is learned with the columns already; rows of
// earlier batches have been learned without.
type settler struct {
	targets func() []string // of the models that are defined

	mu       sync.Mutex
	settings *Expand              // nil for none
	values   map[string][]float64 // of splines and bins, by attribute
	joint    [][]float64          // of Fourier features
	of       []string             // attributes of joint
	seen     int                  // rows
}

// rowsSeen returns how many rows were looked at.
func (s *settler) rowsSeen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

// declare takes the settings of a learner, nil for none.
func (s *settler) declare(x *Expand) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x != nil && x.IsZero() {
		x = nil
	}
	s.settings, s.values, s.joint, s.of = x, map[string][]float64{}, nil, nil
	s.seen = 0
}

// settle returns what can be settled now by the rows of a batch, which were encoded under
// the schema, and those of before. With keep the rows count for later batches.
func (s *settler) settle(current *schema.Schema, rows *stats.Rows, keep bool) (g schema.Growth) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settings == nil || rows.N == 0 {
		return g
	}
	if keep {
		s.seen += rows.N
	}
	b := &settling{settler: s, schema: current, rows: rows, keep: keep, growth: &g, columns: map[string]int{}}
	attributes := current.Attributes()
	for column, i := range current.Numeric() {
		if a := &attributes[i]; a.Kind == schema.Continuous && !a.Computed && !model.IsPowerColumn(a.Name) {
			b.names = append(b.names, a.Name)
			b.columns[a.Name] = column
		}
	}
	b.products()
	for _, name := range b.names {
		if matches(s.settings.Splines, name) {
			b.one("spline", name, func(values []float64) (*expansion.Expansion, error) {
				return expansion.DrawSpline(s.settings.kind(), name, values, s.settings.Knots)
			})
		}
		if matches(s.settings.Bins, name) {
			b.one("bin", name, func(values []float64) (*expansion.Expansion, error) {
				return expansion.DrawBins(name, values, s.settings.Count)
			})
		}
	}
	b.fourier()
	b.copies()
	return g
}

// settling is what one batch settles.
type settling struct {
	*settler
	schema  *schema.Schema
	rows    *stats.Rows
	keep    bool
	growth  *schema.Growth
	names   []string // continuous attributes
	columns map[string]int
}

// one settles what is computed of one attribute, once there are values enough. Where
// these do not vary, half of them make room for later ones.
func (b *settling) one(what, name string, draw func([]float64) (*expansion.Expansion, error)) {
	if b.schema.Computes(what + "(" + name + ")") {
		delete(b.values, what+name)
		return
	}
	values, column := b.values[what+name], b.columns[name]
	values = values[:len(values):len(values)]
	for i := range b.rows.N {
		x := b.rows.Row(i)[column]
		if math.IsNaN(x) {
			continue
		}
		if values = append(values, x); len(values) < b.settings.Rows {
			continue
		}
		e, err := draw(values)
		if err == nil {
			b.growth.Add(e)
			return
		}
		if !errors.Is(err, expansion.ErrConstant) {
			return // values that no attribute has
		}
		values = slices.Clone(values[len(values)-len(values)/2:])
	}
	if b.keep {
		b.values[what+name] = values
	}
}

// copies adds a copy of every attribute of which columns are settled now: models of these
// columns use it, so that all that they use is of the same rows.
func (b *settling) copies() {
	added := map[string]bool{}
	for _, e := range slices.Clone(b.growth.Expansions) {
		if e.Kind == expansion.Product {
			continue
		}
		for _, source := range e.Sources {
			c, err := expansion.New(expansion.Expansion{Kind: expansion.Copy, Sources: []string{source}})
			if err != nil || added[source] || b.schema.Computes(c.ID()) {
				continue
			}
			added[source] = true
			b.growth.Add(c)
		}
	}
}

// products settles products, which nothing is needed for but the attributes.
func (b *settling) products() {
	add := func(x, y string) bool {
		e, err := expansion.New(expansion.Expansion{Kind: expansion.Product, Sources: []string{x, y}})
		if err != nil || b.schema.Computes(e.ID()) {
			return false
		}
		b.growth.Add(e)
		return true
	}
	pairs := make([][2]string, len(b.settings.Pairs))
	for i, text := range b.settings.Pairs {
		pair := pairIn(text)
		if pairs[i] = pair; slices.Contains(b.names, pair[0]) && slices.Contains(b.names, pair[1]) {
			add(pair[0], pair[1])
		}
	}
	var listed []string
	for _, name := range b.names {
		if matches(b.settings.Products, name) {
			listed = append(listed, name)
		}
	}
	count := 0
	for i, y := range listed {
		for _, x := range listed[:i] {
			if slices.Contains(pairs, [2]string{x, y}) || slices.Contains(pairs, [2]string{y, x}) {
				continue
			}
			if count++; count > b.settings.MostProducts {
				return
			}
			add(x, y)
		}
	}
}

// fourier settles Fourier features, once there are enough rows that have all of their
// attributes. A pattern leaves out the targets of models, as columns that are computed
// of a target cannot be inputs of its model.
func (b *settling) fourier() {
	list := b.settings.Fourier
	if len(list) == 0 || b.schema.Computes("fourier") {
		b.joint = nil
		return
	}
	targets := b.targets()
	var of []string
	for _, name := range b.names {
		if slices.Contains(list, name) || matches(list, name) && !slices.Contains(targets, name) {
			of = append(of, name)
		}
	}
	for _, name := range list {
		if _, known := b.columns[name]; !known && !glob.Is(name) {
			return // it has not been seen yet
		}
	}
	joint := b.joint[:len(b.joint):len(b.joint)]
	if !slices.Equal(of, b.of) {
		joint = nil
	}
	for i := range b.rows.N {
		row, out := b.rows.Row(i), make([]float64, len(of))
		complete := len(of) > 0
		for k, name := range of {
			out[k] = row[b.columns[name]]
			complete = complete && !math.IsNaN(out[k])
		}
		if !complete {
			continue
		}
		if joint = append(joint, out); len(joint) < b.settings.Rows {
			continue
		}
		e, err := expansion.DrawFourier(of, joint, b.settings.Columns, b.settings.Bandwidth, uint64(b.settings.Seed))
		if err == nil {
			b.growth.Add(e)
			return
		}
		joint = slices.Clone(joint[len(joint)-len(joint)/2:])
	}
	if b.keep {
		b.joint, b.of = joint, of
	}
}

// settle settles what is computed of the attributes by the rows that were read, and reads
// them again where the schema has grown by it.
func (l *learner) settle(ctx context.Context, b *batchReader, read *schema.Schema, layout *stats.Layout, messages []Message) (*schema.Schema, *stats.Layout, error) {
	growth := l.settler.settle(read, &b.rows, true)
	if growth.Empty() {
		return read, layout, nil
	}
	grown, err := l.schemas.grow(ctx, growth)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range growth.Expansions {
		if !grown.schema.Computes(e.ID()) {
			l.limits.noteExpansion(e)
		}
	}
	if grown.schema == read {
		return read, layout, nil
	}
	b.read(grown.schema, messages)
	return grown.schema, grown.layout, nil
}

// settleAhead is settle without storing anything.
func (s *settler) settleAhead(b *batchReader, read *schema.Schema, limits schema.Limits, messages []Message) *schema.Schema {
	growth := s.settle(read, &b.rows, false)
	if growth.Empty() {
		return read
	}
	grown, added := read.Grow(growth, limits)
	if added > 0 {
		b.read(grown, messages)
	}
	return grown
}

// checkExpand warns of what is computed otherwise than the settings say.
func (l *learner) checkExpand(s *schema.Schema) {
	settings := l.settings.Load()
	if settings == nil || settings.Expand.IsZero() {
		return
	}
	l.checkExpandNames(&settings.Expand, s)
	for _, e := range s.Expansions() {
		if why := settings.Expand.differs(e); why != "" && l.limits.first("expand "+e.ID()) {
			l.home.warn("%s is computed as it was settled by the first rows, with %s: the settings of `expand` hold for what is not settled yet", e.ID(), why)
		}
	}
}

// checkExpandNames warns of attributes that `expand` names and of which nothing can be
// computed: of another type at once, and of those that no row has once as many rows were
// seen as settle the others.
func (l *learner) checkExpandNames(x *Expand, s *schema.Schema) {
	var known []string
	kinds := map[string]schema.Kind{}
	for _, a := range s.Attributes() {
		if a.Computed || model.IsPowerColumn(a.Name) {
			continue
		}
		known = append(known, a.Name)
		kinds[a.Name] = a.Kind
	}
	seen := l.settler.rowsSeen()
	_ = x.EachName(func(place, name string) error { // visit returns no error
		kind, there := kinds[name]
		switch {
		case there && kind != schema.Continuous:
			if l.limits.first("expand type of " + name) {
				l.home.warn("expand.%s: attribute %q is %s, and columns are computed of continuous ones: none is computed of it", place, name, kind)
			}
		case !there && seen >= x.Rows:
			if l.limits.first("expand without " + name) {
				l.home.warn("expand.%s: none of %d rows has an attribute %q, and its columns wait for %d values%s", place, seen, name, x.Rows, param.DidYouMean(name, known))
			}
		}
		return nil
	})
}

// differs says how an expansion was settled otherwise than the settings say, nothing
// where it was not.
func (x *Expand) differs(e *expansion.Expansion) string {
	switch e.Kind {
	case expansion.Hats, expansion.Natural:
		if !matches(x.Splines, e.Sources[0]) {
			return ""
		}
		if e.Kind != x.kind() {
			return map[expansion.Kind]string{expansion.Hats: "basis hats", expansion.Natural: "basis natural"}[e.Kind]
		}
		if len(e.Knots) > x.Knots {
			return fmt.Sprintf("%d knots", len(e.Knots))
		}
	case expansion.Bins:
		if matches(x.Bins, e.Sources[0]) && len(e.Knots) >= x.Count {
			return fmt.Sprintf("%d bins", len(e.Knots)+1)
		}
	case expansion.Fourier:
		if len(x.Fourier) == 0 {
			return ""
		}
		if e.Columns() != x.Columns || e.Frame.Seed != uint64(x.Seed) {
			return fmt.Sprintf("%d columns and seed %d", e.Columns(), e.Frame.Seed)
		}
	}
	return ""
}
