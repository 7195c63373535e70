package stats

import (
	"errors"
	"fmt"
)

// ErrIncompatible is wrapped when two statistics, or rows and a statistic, do
// not have the same shape or settings. Neither operand has been changed.
var ErrIncompatible = errors.New("incompatible statistics")

// ErrLayout is wrapped when the columns of rows, or their values, do not continue those that a
// statistic has learned. It wraps ErrIncompatible.
var ErrLayout = fmt.Errorf("%w: the layout of the rows does not extend that of the statistic", ErrIncompatible)

// ErrTooFew is wrapped when a read-out needs more observations than there are.
var ErrTooFew = errors.New("too few observations")

// ErrNotLearned is wrapped when observations are to be subtracted that the
// statistic does not contain. It has not been changed.
var ErrNotLearned = errors.New("observations were never learned")
