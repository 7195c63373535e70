package stats

import (
	"fmt"
	"math"
)

// maxSum bounds the sums that scaling and merging may reach. Learning adds far
// less at a time (see maxFourth), so that it has nothing to refuse.
const maxSum = 1e300

// inRange reports whether x is a number and no larger than maxSum.
func inRange(x float64) bool { return math.Abs(x) <= maxSum }

// leastWeight is the weight below which scaling drops what it scales, in place
// of keeping numbers of which the products lose their low word: 2^-500 is 1e-150
// of a row. Under decay an attribute that is not seen any more comes here after
// 500 half-lives.
const leastWeight = 0x1p-500

// CheckScale refuses a factor that would not leave a valid statistic.
func CheckScale(f float64) error {
	if !(f > 0) || math.IsInf(f, 0) {
		return fmt.Errorf("scale factor is %v, not a positive finite number", f)
	}
	return nil
}

// checkScaled refuses a factor that would take a weight of what out of range.
func checkScaled(f, weight float64, what string) error {
	if !inRange(weight * f) {
		return fmt.Errorf("scale factor %v takes %s of weight %v out of range", f, what, weight)
	}
	return nil
}
