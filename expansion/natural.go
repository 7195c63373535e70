package expansion

// curvature returns the matrix that turns the values of a natural cubic spline at its k
// knots into its second derivatives there, row by row: F of S. Wood, Generalized Additive
// Models, 2nd ed., 2017, section 5.3.1 (B F = D for the inner knots, zeros at both ends).
func curvature(knots []float64) []float64 {
	k := len(knots)
	f := make([]float64, k*k)
	inner := k - 2
	if inner < 1 {
		return f // a straight line
	}
	// Row i of B is h_i/6, (h_i+h_i+1)/3, h_i+1/6 and of D 1/h_i, -1/h_i-1/h_i+1,
	// 1/h_i+1. The Thomas algorithm solves the tridiagonal system for all columns of D.
	upper := make([]float64, inner)
	for i := range inner {
		h, next := knots[i+1]-knots[i], knots[i+2]-knots[i+1]
		row := f[(i+1)*k : (i+2)*k]
		row[i], row[i+1], row[i+2] = 1/h, -1/h-1/next, 1/next
		pivot := (h + next) / 3
		if i > 0 {
			before := f[i*k : (i+1)*k]
			pivot -= h / 6 * upper[i-1]
			for j := range row {
				row[j] -= h / 6 * before[j]
			}
		}
		upper[i] = next / 6 / pivot
		for j := range row {
			row[j] /= pivot
		}
	}
	for i := inner - 2; i >= 0; i-- {
		row, after := f[(i+1)*k:(i+2)*k], f[(i+2)*k:(i+3)*k]
		for j := range row {
			row[j] -= upper[i] * after[j]
		}
	}
	return f
}

// natural sets the values of the cardinal natural cubics at x, that of the first knot
// left out. Beyond the outer knots they go on straight, as natural splines do.
func (e *Expansion) natural(x float64, out []float64) {
	t := e.Knots
	k := len(t)
	f := e.curve
	if x < t[0] || x > t[k-1] {
		// the value at the outer knot, plus the slope there times the distance
		end, at, h := 0, 0, t[1]-t[0]
		if x > t[k-1] {
			end, at, h = k-1, k-2, t[k-1]-t[k-2]
		}
		distance := x - t[end]
		for j := 1; j < k; j++ {
			slope := -h / 6 * f[(at+1)*k+j] // at the left end: the other second derivative is 0
			if end > 0 {
				slope = h / 6 * f[at*k+j]
			}
			out[j-1] = slope * distance
		}
		add := func(j int, v float64) {
			if j > 0 {
				out[j-1] += v
			}
		}
		add(end, 1)
		add(at+1, distance/h)
		add(at, -distance/h)
		return
	}
	j := interval(t, x)
	h := t[j+1] - t[j]
	left, right := (t[j+1]-x)/h, (x-t[j])/h
	// Wood 2017, table 5.1: the weights of both second derivatives.
	a, b := (left*left*left-left)*h*h/6, (right*right*right-right)*h*h/6
	lower, upper := f[j*k:(j+1)*k], f[(j+1)*k:(j+2)*k]
	for i := 1; i < k; i++ {
		out[i-1] = a*lower[i] + b*upper[i]
	}
	if j > 0 {
		out[j-1] += left
	}
	out[j] += right
}

// interval returns the j with t[j] <= x < t[j+1], of the last interval with both ends; x
// is not beyond the ends.
func interval(t []float64, x float64) int {
	low, high := 0, len(t)-1
	for high-low > 1 {
		if mid := (low + high) / 2; x < t[mid] {
			high = mid
		} else {
			low = mid
		}
	}
	return low
}
