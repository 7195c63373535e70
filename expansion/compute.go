package expansion

import "math"

// clip bounds the scaled attributes of Fourier features: one far value would otherwise
// turn all of them into noise.
const clip = 8

// Compute sets the columns of one row from the values of the sources, in their order.
// A missing value, which is NaN, leaves all of them missing, and so does a product or a
// spline beyond largest. The memory of values and out must not overlap.
func (e *Expansion) Compute(values, out []float64, largest float64) {
	for _, x := range values {
		if math.IsNaN(x) {
			for i := range out {
				out[i] = x
			}
			return
		}
	}
	switch e.Kind {
	case Hats:
		clear(out)
		e.hats(values[0], out)
	case Natural:
		e.natural(values[0], out)
		for _, z := range out { // far beyond the outer knots
			if !(math.Abs(z) <= largest) {
				for i := range out {
					out[i] = math.NaN()
				}
				return
			}
		}
	case Bins:
		clear(out)
		e.bin(values[0], out)
	case Copy:
		out[0] = values[0]
	case Product:
		if out[0] = values[0] * values[1]; !(math.Abs(out[0]) <= largest) {
			out[0] = math.NaN()
		}
	default:
		e.Frame.compute(values, out)
	}
}

// hats sets the two hats that x is under; beyond the outer knots the outer one is 1.
func (e *Expansion) hats(x float64, out []float64) {
	t := e.Knots
	last := len(t) - 1
	switch {
	case x <= t[0]:
		return
	case x >= t[last]:
		out[last-1] = 1
		return
	}
	j := interval(t, x)
	right := (x - t[j]) / (t[j+1] - t[j])
	if j > 0 {
		out[j-1] = 1 - right
	}
	out[j] = right
}

// bin sets the indicator of the bin of x. A bound belongs to the bin above it.
func (e *Expansion) bin(x float64, out []float64) {
	low, high := 0, len(e.Knots)
	for low < high {
		if mid := (low + high) / 2; x < e.Knots[mid] {
			high = mid
		} else {
			low = mid + 1
		}
	}
	if low > 0 {
		out[low-1] = 1
	}
}

// compute sets cosine and sine of each projection: A. Rahimi and B. Recht, Random
// Features for Large-Scale Kernel Machines, NIPS 2007.
func (f *FourierFrame) compute(values, out []float64) {
	n := len(out) / 2
	angles := out[n:] // of the later half: each is read before it is overwritten
	clear(angles)
	i := 0
	for ; i+3 <= len(values); i += 3 { // three at a time, which reads and writes angles less often
		x, y, z := f.scaled(i, values[i]), f.scaled(i+1, values[i+1]), f.scaled(i+2, values[i+2])
		w := f.Frequencies[i*n:]
		u, v := w[n:2*n], w[2*n:3*n]
		w = w[:n]
		for k := range angles {
			angles[k] += w[k]*x + u[k]*y + v[k]*z
		}
	}
	for ; i < len(values); i++ {
		z := f.scaled(i, values[i])
		for k, w := range f.Frequencies[i*n : (i+1)*n] {
			angles[k] += w * z
		}
	}
	for k, angle := range angles {
		out[2*k+1], out[2*k] = sincos(angle)
	}
}

// farAngle is the largest angle that is reduced in three steps: the product of the number
// of its full turns and the first part of one is exact below it.
const farAngle = 1 << 20

// A full turn in three parts (W. Cody and W. Waite, Software Manual for the Elementary
// Functions, 1980), of which the first two have 33 digits.
const (
	turn1 = 4 * 1.57079632673412561417e+00
	turn2 = 4 * 6.07710050630396597660e-11
	turn3 = 4 * 2.02226624879595063154e-21
)

// rounder added to a small number and taken away again rounds it to an integer.
const rounder = 0x1.8p52

// sincos returns sine and cosine of an angle with an error of a few 1e-16. It takes the
// fourth part of the angle within a full turn, whose polynomials are those of S. Moshier's
// Cephes library, and doubles it twice: without a branch, as the quadrant of a random angle
// cannot be predicted by a processor.
func sincos(angle float64) (sin, cos float64) {
	if !(angle < farAngle && angle > -farAngle) {
		return math.Sincos(angle)
	}
	turns := angle*(1/(2*math.Pi)) + rounder - rounder
	z := (((angle - turns*turn1) - turns*turn2) - turns*turn3) * 0.25
	zz := z * z
	s := z + z*zz*((((((1.58962301576546568060e-10*zz)+-2.50507477628578072866e-8)*zz+2.75573136213857245213e-6)*zz+-1.98412698295895385996e-4)*zz+8.33333333332211858878e-3)*zz+-1.66666666666666307295e-1)
	c := 1 - 0.5*zz + zz*zz*((((((-1.13585365213876817300e-11*zz)+2.08757008419747316778e-9)*zz+-2.75573141792967388112e-7)*zz+2.48015872888517045348e-5)*zz+-1.38888888888730564116e-3)*zz+4.16666666666665929218e-2)
	s, c = 2*s*c, (c-s)*(c+s)
	return 2 * s * c, (c - s) * (c + s)
}
