package stats

import "math"

// MaxBinnings is for the tests of stats_test, as is all of this file.
const MaxBinnings = maxBinnings

// MaxWeight is the most that a row can weigh.
const MaxWeight = maxWeight

// DecodeConditionalVersion is decodeConditional.
var DecodeConditionalVersion = decodeConditional

// ForgetExtremes takes away what version 1 of the format did not keep.
func ForgetExtremes(s *Summary) {
	for _, part := range [][]*Conditional{s.givenBinary.at, s.givenCategory.at} {
		for _, c := range part {
			for _, row := range c.cells {
				for j := range row {
					row[j].min, row[j].max = math.NaN(), math.NaN()
				}
			}
		}
	}
}
