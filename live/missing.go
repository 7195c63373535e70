package live

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// inputColumns are where the inputs of a model lie in a layout. Inputs that are no
// attribute of their own, such as products, have no column.
type inputColumns struct {
	names       []string
	numeric     []int // per name its column, -1 for none
	categorical []int
}

func columnsOf(inputs []string, layout *stats.Layout) *inputColumns {
	c := &inputColumns{}
	for _, name := range inputs {
		numeric, categorical := layout.NumericIndex(name), layout.CategoricalIndex(name)
		if numeric >= 0 || categorical >= 0 {
			c.names, c.numeric, c.categorical = append(c.names, name), append(c.numeric, numeric), append(c.categorical, categorical)
		}
	}
	return c
}

// missing returns the names of the inputs that a row lacks, appended to into.
func (c *inputColumns) missing(into []string, values []float64, codes []int32) []string {
	for i, name := range c.names {
		if n := c.numeric[i]; n >= 0 && math.IsNaN(values[n]) || n < 0 && codes[c.categorical[i]] == stats.Missing {
			into = append(into, name)
		}
	}
	return into
}

// nothing reports whether a row that lacks so many inputs has none.
func (c *inputColumns) nothing(missing []string) bool {
	return len(missing) > 0 && len(missing) == len(c.names)
}

// appendMissing adds the inputs that the document lacks to the last result.
func (r *Results) appendMissing(missing []string) {
	if len(missing) == 0 {
		return
	}
	b := append(r.buf[:len(r.buf)-1], `,"missing_inputs":[`...)
	for i, name := range missing {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, name)
	}
	r.buf = append(b, ']', '}')
	r.ends[len(r.ends)-1] = len(r.buf)
}

// appendNoInput appends the result of a document that has none of the inputs: it has
// no score, no prediction and no class.
func (r *Results) appendNoInput(role model.Role) {
	switch role {
	case model.RoleAnomaly:
		r.buf = append(r.buf, `{"score":null,"is_anomaly":null}`...)
	case model.RoleRegression:
		r.buf = append(r.buf, `{"prediction":null}`...)
	default:
		r.buf = append(r.buf, `{"class":null}`...)
	}
	r.skip()
}
