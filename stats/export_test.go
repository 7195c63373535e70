package stats

import "math"

// MaxFrames is for the tests of stats_test, as is all of this file.
const MaxFrames = maxFrames

// DecodeConditionalVersion is decodeConditional.
var DecodeConditionalVersion = decodeConditional

// ForgetExtremes takes away what version 1 of the format did not keep.
func ForgetExtremes(s *Summary) {
	forget := func(c *Conditional) {
		if c == nil {
			return
		}
		for _, row := range c.cells {
			for j := range row {
				row[j].min, row[j].max = math.NaN(), math.NaN()
			}
		}
	}
	for i := range s.attributes {
		forget(s.attributes[i].conditional)
	}
	for i := range s.categories {
		forget(s.categories[i].conditional)
	}
}
