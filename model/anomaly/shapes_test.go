package anomaly_test

import (
	"math"
	"math/rand/v2"
)

// shape is a generated distribution of usual rows and of anomalies among them.
type shape struct {
	name           string
	usual, anomaly func(r *rand.Rand) []float64
}

// shapes are drawn with their settings: centres, directions and noises differ
// with the seed. No detector was made for one of them.
func shapes(r *rand.Rand) []shape {
	return []shape{clusters(r, 4, 4), clusters(r, 20, 5), ring(r), linear(r, 6), curve(r), density(r), seasonal(r), oneAttribute(r), global(r, 8)}
}

// uniform is from low to high.
func uniform(r *rand.Rand, low, high float64) float64 { return low + (high-low)*r.Float64() }

// clusters are k normal ones in d dimensions; anomalies lie between them.
func clusters(r *rand.Rand, d, k int) shape {
	centres := make([][]float64, k)
	for i := range centres {
		for range d {
			centres[i] = append(centres[i], uniform(r, -10, 10))
		}
	}
	spread := uniform(r, 0.5, 1)
	name := "clusters"
	if d > 10 {
		name = "local in many dimensions"
	}
	return shape{name: name,
		usual: func(r *rand.Rand) []float64 {
			centre, out := centres[r.IntN(k)], make([]float64, d)
			for i := range out {
				out[i] = centre[i] + spread*r.NormFloat64()
			}
			return out
		},
		anomaly: func(r *rand.Rand) []float64 {
			a, b := r.IntN(k), r.IntN(k-1)
			if b >= a {
				b++
			}
			at, out := uniform(r, 0.35, 0.65), make([]float64, d)
			for i := range out {
				out[i] = centres[a][i] + at*(centres[b][i]-centres[a][i]) + spread*r.NormFloat64()
			}
			return out
		}}
}

// ring is a noisy circle; anomalies lie within.
func ring(r *rand.Rand) shape {
	noise := uniform(r, 0.03, 0.1)
	at := func(r *rand.Rand, radius float64) []float64 {
		angle := uniform(r, 0, 2*math.Pi)
		return []float64{radius * math.Cos(angle), radius * math.Sin(angle)}
	}
	return shape{name: "ring",
		usual:   func(r *rand.Rand) []float64 { return at(r, 1+noise*r.NormFloat64()) },
		anomaly: func(r *rand.Rand) []float64 { return at(r, 0.6*math.Sqrt(r.Float64())) }}
}

// linear is d attributes of two factors with noise; of an anomaly one attribute
// is that of another row.
func linear(r *rand.Rand, d int) shape {
	loadings := make([][2]float64, d)
	for i := range loadings {
		loadings[i] = [2]float64{r.NormFloat64(), r.NormFloat64()}
	}
	noise := uniform(r, 0.1, 0.3)
	usual := func(r *rand.Rand) []float64 {
		f, out := [2]float64{r.NormFloat64(), r.NormFloat64()}, make([]float64, d)
		for i, l := range loadings {
			out[i] = l[0]*f[0] + l[1]*f[1] + noise*r.NormFloat64()
		}
		return out
	}
	return shape{name: "linear dependence", usual: usual, anomaly: func(r *rand.Rand) []float64 {
		out, other, i := usual(r), usual(r), r.IntN(d)
		out[i] = other[i]
		j := (i + 1 + r.IntN(d-1)) % d
		out[j] = other[j]
		return out
	}}
}

// curve is an attribute that is the square of another; of an anomaly it is that
// of another row.
func curve(r *rand.Rand) shape {
	noise := uniform(r, 0.1, 0.3)
	usual := func(r *rand.Rand) []float64 {
		x := uniform(r, -2, 2)
		return []float64{x, x*x + noise*r.NormFloat64(), r.NormFloat64()}
	}
	return shape{name: "non-linear dependence", usual: usual, anomaly: func(r *rand.Rand) []float64 {
		out := usual(r)
		for {
			if y := usual(r)[1]; math.Abs(y-out[0]*out[0]) > 1 {
				out[1] = y
				return out
			}
		}
	}}
}

// density is a narrow and a wide cluster; anomalies lie around the narrow one, as
// near to it as rows of the wide one to each other.
func density(r *rand.Rand) shape {
	narrow, wide := uniform(r, 0.05, 0.2), uniform(r, 1.5, 2.5)
	return shape{name: "local density",
		usual: func(r *rand.Rand) []float64 {
			if r.IntN(2) == 0 {
				return []float64{-4 + narrow*r.NormFloat64(), narrow * r.NormFloat64()}
			}
			return []float64{6 + wide*r.NormFloat64(), wide * r.NormFloat64()}
		},
		anomaly: func(r *rand.Rand) []float64 {
			angle, radius := uniform(r, 0, 2*math.Pi), uniform(r, 6*narrow, 1.8)
			return []float64{-4 + radius*math.Cos(angle), radius * math.Sin(angle)}
		}}
}

// seasonal is a value that follows the hour of the day; of an anomaly it is that
// of another hour.
func seasonal(r *rand.Rand) shape {
	noise, phase := uniform(r, 0.1, 0.3), uniform(r, 0, 2*math.Pi)
	value := func(hour float64) float64 { return 2 * math.Sin(2*math.Pi*hour/24+phase) }
	return shape{name: "seasonal",
		usual: func(r *rand.Rand) []float64 {
			hour := uniform(r, 0, 24)
			return []float64{hour, value(hour) + noise*r.NormFloat64()}
		},
		anomaly: func(r *rand.Rand) []float64 {
			for {
				hour, other := uniform(r, 0, 24), uniform(r, 0, 24)
				if math.Abs(value(hour)-value(other)) > 1.5 {
					return []float64{hour, value(other) + noise*r.NormFloat64()}
				}
			}
		}}
}

// oneAttribute has two modes; anomalies lie between and beyond them.
func oneAttribute(r *rand.Rand) shape {
	apart := uniform(r, 6, 12)
	return shape{name: "one attribute",
		usual: func(r *rand.Rand) []float64 { return []float64{apart*float64(r.IntN(2)) + r.NormFloat64()} },
		anomaly: func(r *rand.Rand) []float64 {
			switch r.IntN(3) {
			case 0:
				return []float64{-uniform(r, 4, 8)}
			case 1:
				return []float64{apart + uniform(r, 4, 8)}
			default:
				return []float64{apart/2 + uniform(r, -0.5, 0.5)}
			}
		}}
}

// global is a skewed distribution of independent attributes; anomalies lie
// farther out in some.
func global(r *rand.Rand, d int) shape {
	scale := uniform(r, 0.3, 0.7)
	usual := func(r *rand.Rand) []float64 {
		out := make([]float64, d)
		for i := range out {
			out[i] = math.Exp(scale * r.NormFloat64())
		}
		return out
	}
	return shape{name: "far out", usual: usual, anomaly: func(r *rand.Rand) []float64 {
		out := usual(r)
		for range 3 {
			out[r.IntN(d)] = math.Exp(scale * uniform(r, 2, 4))
		}
		return out
	}}
}
