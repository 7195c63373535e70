package explore

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/drift"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ErrUnknownAttribute is wrapped when a summary has no attribute of that name.
var ErrUnknownAttribute = drift.ErrUnknownAttribute

// column is where an attribute is in a summary. A summary keeps numbers (continuous
// and binary attributes) and categories (lists too) apart, so one of the two
// indices is -1.
type column struct {
	name        string
	numeric     int
	categorical int
}

// find looks an attribute of any kind up; the error wraps ErrUnknownAttribute.
func find(s *stats.Summary, name string) (column, error) {
	c := column{name: name, numeric: s.Layout().NumericIndex(name), categorical: s.Layout().CategoricalIndex(name)}
	if c.numeric < 0 && c.categorical < 0 {
		return c, fmt.Errorf("%w %q", ErrUnknownAttribute, name)
	}
	return c, nil
}

// findNumeric looks up an attribute that must be a number. Binary attributes are
// numbers: their mean is a proportion, and most tests apply to them.
func findNumeric(s *stats.Summary, name string) (int, error) {
	c, err := find(s, name)
	if err == nil && c.numeric < 0 {
		err = fmt.Errorf("attribute %q is categorical, not a number", name)
	}
	return c.numeric, err
}

// Number is a float64 whose JSON form is null when it is not finite.
type Number = drift.Number
