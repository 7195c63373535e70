package stats

// Columns are those of a project at the time when a statistic is read. An attribute
// that has another type there than in the statistic has been retyped since.
type Columns interface {
	// Known returns the layout as it was read last.
	Known() *Layout
	// Newest reads the layout anew: it is asked before anything is dropped, as the
	// statistic may be the newer of the two. The error is that of the store.
	Newest() (*Layout, error)
}

// leftOut is the place of a column that a layout map drops.
const leftOut = -1

// retyped returns the layout without the columns that have another type in current
// since they were retyped, and where the others are in it; nil, nil where there is no
// such column.
func (l *Layout) retyped(current *Layout) (*Layout, *layoutMap) {
	if len(current.Retyped) == 0 || l == current || current.Extends(l) || l.Extends(current) {
		return nil, nil
	}
	numeric, categorical := map[string]bool{}, map[string]bool{}
	for _, c := range current.Numeric {
		if current.Retyped[c.Name] {
			numeric[c.Name] = c.Binary
		}
	}
	for i := range current.Categorical {
		if c := &current.Categorical[i]; current.Retyped[c.Name] {
			categorical[c.Name] = c.List
		}
	}
	out, m := &Layout{}, &layoutMap{}
	for _, c := range l.Numeric {
		binary, stays := numeric[c.Name]
		_, other := categorical[c.Name]
		if other || stays && binary != c.Binary {
			m.numeric = append(m.numeric, leftOut)
			continue
		}
		m.numeric = append(m.numeric, int32(len(out.Numeric)))
		out.Numeric = append(out.Numeric, c)
	}
	for i := range l.Categorical {
		c := &l.Categorical[i]
		list, stays := categorical[c.Name]
		_, other := numeric[c.Name]
		to := int32(leftOut)
		if !other && (!stays || list == c.List) {
			to = int32(len(out.Categorical))
			out.Categorical = append(out.Categorical, *c)
		}
		m.categorical, m.codes = append(m.categorical, to), append(m.codes, nil)
	}
	if len(out.Numeric) == len(l.Numeric) && len(out.Categorical) == len(l.Categorical) {
		return nil, nil
	}
	m.continuous = keptContinuous(l, m.numeric)
	return out, m
}

// keptContinuous maps the continuous columns of l, counted among themselves, to
// those that are kept.
func keptContinuous(l *Layout, numeric []int32) (out []int32) {
	next := int32(0)
	for i, to := range numeric {
		switch {
		case l.Numeric[i].Binary:
		case to == leftOut:
			out = append(out, leftOut)
		default:
			out = append(out, next)
			next++
		}
	}
	return out
}

// keeps reports whether a unit of the source has a place.
func (m *layoutMap) keeps(kind unitKind, unit int) bool {
	switch kind {
	case perNumeric:
		return m.numeric[unit] != leftOut
	case perCategorical:
		return m.categorical[unit] != leftOut
	case perPair:
		a, b := pairOfUnit(unit)
		return m.categorical[a] != leftOut && m.categorical[b] != leftOut
	default:
		return true
	}
}

// retypedUnder returns the layout without the columns that the project has with
// another type, and where the others are in it; nil, nil where there is none.
func (l *Layout) retypedUnder(columns Columns) (*Layout, *layoutMap, error) {
	if columns == nil {
		return nil, nil, nil
	}
	if out, _ := l.retyped(columns.Known()); out == nil {
		return nil, nil, nil
	}
	newest, err := columns.Newest()
	if err != nil {
		return nil, nil, err
	}
	out, m := l.retyped(newest)
	return out, m, nil
}
