package explore

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
)

// Alternative is what a test holds against the null hypothesis.
type Alternative string

// The alternatives: that the first is different from, less than or greater
// than the second (or than the stated value).
const (
	TwoSided Alternative = "two-sided"
	Less     Alternative = "less"
	Greater  Alternative = "greater"
)

// Alternatives lists them, the default first.
func Alternatives() []string {
	return []string{string(TwoSided), string(Less), string(Greater)}
}

// check returns the alternative, the default for an empty one, or an error.
func (a Alternative) check() (Alternative, error) {
	switch a {
	case "":
		return TwoSided, nil
	case TwoSided, Less, Greater:
		return a, nil
	}
	return a, fmt.Errorf("alternative is %q, want two-sided, less or greater", string(a))
}

// p returns the p-value of a statistic with these tails. That of both sides is twice the smaller tail, which
// for F is what R's var.test does.
func (a Alternative) p(t special.Tails) Number {
	switch a {
	case Less:
		return Number(t.Lower)
	case Greater:
		return Number(t.Upper)
	}
	if math.IsNaN(t.Lower) {
		return Number(math.NaN())
	}
	return Number(min(2*min(t.Lower, t.Upper), 1))
}
