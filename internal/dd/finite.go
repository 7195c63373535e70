package dd

// Finite reports whether x is neither NaN nor infinite: x-x is 0 for all other
// numbers and NaN for these. It is one subtraction and one comparison in the
// loops over values, where math.IsNaN and math.IsInf take three comparisons.
func Finite(x float64) bool { return x-x == 0 }
