package explore

import (
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// compared says which one or two sets of numbers a test is about:
//
//   - Attribute alone, against a stated value;
//   - Attribute and Versus, two numeric attributes as independent samples;
//   - Attribute where the category (or binary) Given has one and the other of
//     two Values; without Values there must be just two with rows;
//   - Attribute where the binary Given is 1 and where the binary AndGiven is 1.
type compared struct {
	Attribute       string
	Versus          string
	Given, AndGiven string
	Values          []string
}

// two returns the samples that are compared. Asking for two ways at once is an
// error, because either would answer another question than the one meant.
func (c compared) two(s *stats.Summary) (a, b sample, err error) {
	i, err := findNumeric(s, c.Attribute)
	if err != nil {
		return a, b, err
	}
	switch {
	case c.Versus != "" && (c.Given != "" || c.AndGiven != ""):
		return a, b, fmt.Errorf("versus is %q and given %q, want one of them", c.Versus, c.Given+c.AndGiven)
	case c.Versus != "":
		j, err := findNumeric(s, c.Versus)
		if err != nil {
			return a, b, err
		}
		return all(s, i), all(s, j), nil
	case c.AndGiven != "":
		return c.ones(s, i)
	case c.Given != "":
		by, err := given(s, c.Given)
		if err != nil {
			return a, b, err
		}
		return pick(groups(s, i, by), c.Given, c.Values)
	}
	return a, b, errors.New("versus and given are empty, want a second attribute or one to group by")
}

// ones returns the samples where either of two binary attributes is 1, such as
// two columns of a one-hot encoding. Rows in which both are 1 count in both.
func (c compared) ones(s *stats.Summary, number int) (a, b sample, err error) {
	var out [2]sample
	for k, name := range []string{c.Given, c.AndGiven} {
		by, err := find(s, name)
		if err != nil {
			return a, b, err
		}
		if by.numeric < 0 || !s.Layout().Numeric[by.numeric].Binary {
			return a, b, fmt.Errorf("attribute %q is not binary", name)
		}
		out[k] = groups(s, number, by)[1].sample
	}
	return out[0], out[1], nil
}

// pick finds the two groups by value. A value of the dictionary that has no rows
// is found too, so that a test of it is undefined and not an error: the answer
// must not depend on how the stream has gone so far.
func pick(all []group, by string, values []string) (a, b sample, err error) {
	if len(values) == 0 {
		var present []string
		for _, g := range all {
			if !g.n.IsZero() {
				present = append(present, g.value)
			}
		}
		if len(present) != 2 {
			return a, b, fmt.Errorf("attribute %q has %d values with rows, want two of them in values", by, len(present))
		}
		values = present
	}
	if len(values) != 2 {
		return a, b, fmt.Errorf("values has %d entries, want 2", len(values))
	}
	var out [2]sample
	for k, value := range values {
		found := false
		for _, g := range all {
			if g.value == value {
				out[k], found = g.sample, true
			}
		}
		if !found {
			return a, b, fmt.Errorf("attribute %q has no value %q", by, value)
		}
	}
	return out[0], out[1], nil
}
