package linalg

// Dot returns the scalar product; y is at least as long as x.
// The order of the sum is that of the elements, so equal inputs give equal bits.
func Dot(x, y []float64) float64 {
	y = y[:len(x)]
	sum := 0.0
	for i, v := range x {
		sum += v * y[i]
	}
	return sum
}

// DotInFour is Dot that sums in four parts, which do not wait for each other.
// Its sum can differ from that of Dot in the last digits, as the order differs.
func DotInFour(x, y []float64) float64 {
	y = y[:len(x)]
	var a, b, c, d float64
	for len(x) >= 4 {
		a += x[0] * y[0]
		b += x[1] * y[1]
		c += x[2] * y[2]
		d += x[3] * y[3]
		x, y = x[4:], y[4:]
	}
	for i, v := range x {
		a += v * y[i]
	}
	return a + b + (c + d)
}
