package expansion

// Roughness returns the penalty on the curvature of a spline as a matrix of its columns,
// row by row: b'Pb for coefficients b. Of natural cubics it is the integral of the squared
// second derivative (S = D'B^-1 D of S. Wood, Generalized Additive Models, 2nd ed., 2017,
// section 5.3.1); of hats its analogue, the squared changes of slope, each divided by the
// distance over which it takes place. It is nil of other kinds.
func (e *Expansion) Roughness() []float64 {
	if e.Kind != Hats && e.Kind != Natural {
		return nil
	}
	t := e.Knots
	k := len(t)
	out := make([]float64, (k-1)*(k-1))
	for i := 1; i < k-1; i++ {
		h, next := t[i]-t[i-1], t[i+1]-t[i]
		change := [3]float64{1 / h, -1/h - 1/next, 1 / next} // at knots i-1, i and i+1
		for at, x := range change {
			a := i - 1 + at
			if a == 0 {
				continue // the first knot has no column
			}
			if e.Kind == Hats {
				for to, y := range change {
					if b := i - 1 + to; b > 0 {
						out[(a-1)*(k-1)+b-1] += x * y * 2 / (h + next)
					}
				}
				continue
			}
			for b := 1; b < k; b++ {
				out[(a-1)*(k-1)+b-1] += x * e.curve[i*k+b]
			}
		}
	}
	return out
}
