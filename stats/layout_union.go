package stats

import "fmt"

// layoutMap says where the columns and codes of one layout are in another.
// A nil map is the identity: the target has the source as a prefix.
type layoutMap struct {
	numeric     []int32
	continuous  []int32 // numeric columns that are not binary, counted among themselves
	categorical []int32
	codes       [][]int32 // per categorical column of the source
}

// union returns a layout that has the columns and values of both, those of l
// first and in their places, and where o's columns and codes are in it. It is l or
// o itself where one has the other as a prefix. The same name with another type is
// an error that wraps ErrIncompatible.
func (l *Layout) union(o *Layout) (*Layout, *layoutMap, error) {
	if l == o || l.Extends(o) {
		return l, nil, nil
	}
	if o.Extends(l) {
		return o, nil, nil
	}
	out := &Layout{
		Numeric:     append([]NumericColumn(nil), l.Numeric...),
		Categorical: append([]CategoricalColumn(nil), l.Categorical...),
	}
	m := &layoutMap{}
	for _, c := range o.Numeric {
		at := out.NumericIndex(c.Name)
		switch {
		case at < 0 && out.CategoricalIndex(c.Name) >= 0:
			return nil, nil, fmt.Errorf("%w: attribute %q is categorical on one side and numeric on the other", ErrIncompatible, c.Name)
		case at < 0:
			at = len(out.Numeric)
			out.Numeric = append(out.Numeric, c)
		case out.Numeric[at].Binary != c.Binary:
			return nil, nil, fmt.Errorf("%w: attribute %q is binary on one side only", ErrIncompatible, c.Name)
		}
		m.numeric = append(m.numeric, int32(at))
	}
	m.continuous = continuousMap(o, out, m.numeric)
	for i := range o.Categorical {
		at, codes, err := out.adopt(&o.Categorical[i])
		if err != nil {
			return nil, nil, err
		}
		m.categorical = append(m.categorical, int32(at))
		m.codes = append(m.codes, codes)
	}
	return out, m, nil
}

// continuousMap maps the continuous columns of o, counted among themselves, to
// those of its union with another layout.
func continuousMap(o, union *Layout, numeric []int32) []int32 {
	rank := make([]int32, len(union.Numeric)) // continuous columns before each
	for i := 1; i < len(rank); i++ {
		rank[i] = rank[i-1]
		if !union.Numeric[i-1].Binary {
			rank[i]++
		}
	}
	out := make([]int32, 0, len(numeric))
	for i, at := range numeric {
		if !o.Numeric[i].Binary {
			out = append(out, rank[at])
		}
	}
	return out
}

// adopt finds or appends column c, whose values are appended where missing,
// and returns its index and the new code of each of its codes.
func (l *Layout) adopt(c *CategoricalColumn) (at int, codes []int32, err error) {
	if l.NumericIndex(c.Name) >= 0 {
		return 0, nil, fmt.Errorf("%w: attribute %q is numeric on one side and categorical on the other", ErrIncompatible, c.Name)
	}
	at = l.CategoricalIndex(c.Name)
	if at < 0 {
		at = len(l.Categorical)
		l.Categorical = append(l.Categorical, CategoricalColumn{Name: c.Name, List: c.List})
	}
	column := &l.Categorical[at]
	if column.List != c.List {
		return 0, nil, fmt.Errorf("%w: attribute %q is a list on one side only", ErrIncompatible, c.Name)
	}
	known := make(map[string]int32, len(column.Values))
	for i, v := range column.Values {
		known[v] = int32(i + 1)
	}
	column.Values = column.Values[:len(column.Values):len(column.Values)]
	codes = append(codes, Other)
	for _, v := range c.Values {
		code, ok := known[v]
		if !ok {
			column.Values = append(column.Values, v)
			code = int32(len(column.Values))
		}
		codes = append(codes, code)
	}
	return at, codes, nil
}

// column returns where numeric column i of the source is.
func (m *layoutMap) column(i int32) int32 {
	if m == nil {
		return i
	}
	return m.numeric[i]
}
