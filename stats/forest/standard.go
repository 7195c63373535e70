package forest

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/nig"
)

// standard turns sums about the origins into those of values with mean 0 and variance 1 over all
// rows, by which priors are the same for all attributes. What does not vary is 0.
type standard struct {
	mean, size []float64 // of 1, y, x1, x2, ...; the size of what does not vary is 0
}

// leastVariance is the share of the square of a mean below which a variance is rounding.
const leastVariance = 1e-14

// standardOf returns the standard of rows with such sums.
func standardOf(s nig.Sums, d int) *standard {
	out := &standard{mean: make([]float64, d+2), size: make([]float64, d+2)}
	if len(s) == 0 || s[0] <= 0 {
		return out
	}
	n := s[0]
	for i := 1; i < d+2 && nig.Place(i, i) < len(s); i++ {
		mean := s[nig.Place(i, 0)] / n
		variance := s[nig.Place(i, i)]/n - mean*mean
		out.mean[i] = mean
		if variance > leastVariance*mean*mean {
			out.size[i] = math.Sqrt(variance)
		}
	}
	return out
}

// apply writes the sums of standard values to out; the sums may lack the last inputs.
func (t *standard) apply(s, out nig.Sums) {
	clear(out)
	if len(s) == 0 {
		return
	}
	n := s[0]
	out[0] = n
	for i := 1; i < len(t.mean); i++ {
		row := i * (i + 1) / 2
		if t.size[i] == 0 || row >= len(s) {
			continue
		}
		of := s[row:min(row+i+1, len(s))]
		out[row] = (of[0] - t.mean[i]*n) / t.size[i]
		for j := 1; j < len(of); j++ {
			if t.size[j] != 0 {
				out[row+j] = (of[j] - t.mean[i]*s[j*(j+1)/2] - t.mean[j]*of[0] + t.mean[i]*t.mean[j]*n) / t.size[i] / t.size[j]
			}
		}
	}
}

// inputs turns inputs in units into standard ones, in place.
func (t *standard) inputs(x []float64) {
	for k := range x {
		if size := t.size[k+2]; size != 0 {
			x[k] = (x[k] - t.mean[k+2]) / size
		} else {
			x[k] = 0
		}
	}
}

// target turns a target in units into a standard one.
func (t *standard) target(y float64) float64 {
	if t.size[1] == 0 {
		return 0
	}
	return (y - t.mean[1]) / t.size[1]
}
