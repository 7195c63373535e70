package stats

import (
	"fmt"
	"math"
)

// CheckScale refuses a factor that would not leave a valid statistic.
func CheckScale(f float64) error {
	if !(f > 0) || math.IsInf(f, 0) {
		return fmt.Errorf("scale factor is %v, not a positive finite number", f)
	}
	return nil
}
