package stats

import "errors"

// ErrIncompatible is wrapped when two statistics, or rows and a statistic, do
// not have the same shape or settings. Neither operand has been changed.
var ErrIncompatible = errors.New("incompatible statistics")

// ErrTooFew is wrapped when a read-out needs more observations than there are.
var ErrTooFew = errors.New("too few observations")

// ErrNotLearned is wrapped when observations are to be subtracted that the
// statistic does not contain. It has not been changed.
var ErrNotLearned = errors.New("observations were never learned")
