package adaptive

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/logs"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// losses are what the predictions of each member have cost, faded at several
// speeds. Classes are predicted by all these ways to weigh the members, mixed by what each has cost
// itself.
type losses struct {
	sums [rates][]float64
	ways [rates]float64
	// squares are the squared errors of the pool itself for a number, faded.
	squares, weight float64
	shares          [rates][]float64 // room
}

// rates is the number of speeds at which losses fade.
const rates = 3

// By what losses fade with each row: half-lives of 50, 500 and 5000 rows for the members, of 1000 rows for
// these ways to weigh them, and of 200 rows for squared errors.
var (
	lossFades  = [rates]float64{math.Exp2(-1. / 50), math.Exp2(-1. / 500), math.Exp2(-1. / 5000)}
	wayFade    = math.Exp2(-1. / 1000)
	squareFade = math.Exp2(-1. / 200)
)

// leastProbability bounds what a row costs.
const leastProbability = 1e-3

// lossOf is the log loss of probabilities.
func lossOf(p []float64, class int) float64 { return -logs.Ln(max(p[class], leastProbability)) }

// freeze works out the weights by which the next rows are predicted, until the next call.
func (l *losses) freeze(members int) {
	for r := range l.sums {
		for len(l.sums[r]) < members {
			l.sums[r] = append(l.sums[r], 0)
		}
		l.shares[r] = resized(l.shares[r], members)
		softmax(l.sums[r], l.shares[r])
	}
}

// add fades the losses and adds those of a row; of a number they are absolute errors. What the ways
// to weigh cost is by the weights that were frozen before the row.
func (l *losses) add(of []float64, squared float64, kind targetKind) {
	l.squares, l.weight = l.squares*squareFade+squared, l.weight*squareFade+1
	for r := range l.sums {
		if kind == class {
			p := 0.0
			for j, v := range of {
				p += l.shares[r][j] * logs.Exp(-v)
			}
			l.ways[r] = l.ways[r]*wayFade - logs.Ln(p)
		}
		for j, v := range of {
			l.sums[r][j] = l.sums[r][j]*lossFades[r] + v
		}
	}
}

// softmax writes the exponentials of less loss to out, which add up to 1.
func softmax(losses, out []float64) {
	least, sum := slices.Min(losses), 0.0
	for j := range out {
		out[j] = logs.Exp(least - losses[j])
		sum += out[j]
	}
	for j := range out {
		out[j] /= sum
	}
}

// ofClasses writes the weights of the members to out, which add up to 1. Room is as long.
func (l *losses) ofClasses(out, room []float64) {
	if len(l.sums[0]) == 0 {
		for j := range out {
			out[j] = 1 / float64(len(out))
		}
		return
	}
	var way [rates]float64
	softmax(l.ways[:], way[:])
	clear(out)
	for r := range l.sums {
		softmax(l.sums[r], room)
		for j, v := range room {
			out[j] += way[r] * v
		}
	}
}

// ofNumbers writes the weights of the members of a number to out: the less, the larger
// the error is by that of the best.
func (l *losses) ofNumbers(out []float64) {
	least, sum := math.Inf(1), 0.0
	for j := range out {
		if out[j] = 0; j < len(l.sums[0]) {
			out[j] = l.sums[0][j]
		}
		least = min(least, out[j])
	}
	for j, v := range out {
		switch {
		case v == least:
			out[j] = 1
		case least > 0:
			out[j] = math.Exp(-numberRate * (v/least - 1))
		default:
			out[j] = 0
		}
		sum += out[j]
	}
	for j := range out {
		out[j] /= sum
	}
}

// numberRate is how much a member with a larger error counts less.
const numberRate = 20

func (l *losses) clone() losses {
	out := *l
	for r := range l.sums {
		out.sums[r], out.shares[r] = slices.Clone(l.sums[r]), nil
	}
	return out
}

func (l *losses) encode(w *wire.Writer) {
	w.Uvarint(uint64(len(l.sums[0])))
	for r := range l.sums {
		w.Float64s(l.sums[r])
	}
	w.Float64s(l.ways[:])
	w.Float64s([]float64{l.squares, l.weight})
}

// decode reads what encode wrote.
func (l *losses) decode(r *wire.Reader) {
	if n := r.Count(8 * rates); n > 0 {
		for i := range l.sums {
			l.sums[i] = make([]float64, n)
			finite(r, l.sums[i])
		}
	}
	finite(r, l.ways[:])
	l.squares, l.weight = r.Finite(), r.Finite()
}
