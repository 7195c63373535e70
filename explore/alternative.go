package explore

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
)

// hypothesis is the alternative that a test holds against the null hypothesis.
type hypothesis string

// The alternatives: that the first is different from, less than or greater
// than the second (or than the stated value).
const (
	twoSided hypothesis = "two-sided"
	less     hypothesis = "less"
	greater  hypothesis = "greater"
)

// alternatives lists them, the default first.
func alternatives() []string {
	return []string{string(twoSided), string(less), string(greater)}
}

// check returns the alternative, the default for an empty one, or an error.
func (a hypothesis) check() (hypothesis, error) {
	switch a {
	case "":
		return twoSided, nil
	case twoSided, less, greater:
		return a, nil
	}
	return a, fmt.Errorf("alternative is %q, want two-sided, less or greater", string(a))
}

// p returns the p-value of a statistic with these tails. That of both sides is twice the smaller tail, which
// for F is what R's var.test does.
func (a hypothesis) p(t special.Tails) Number {
	switch a {
	case less:
		return Number(t.Lower)
	case greater:
		return Number(t.Upper)
	}
	if math.IsNaN(t.Lower) {
		return Number(math.NaN())
	}
	return Number(min(2*min(t.Lower, t.Upper), 1))
}
