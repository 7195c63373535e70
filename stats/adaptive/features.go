package adaptive

import (
	"math"
	"slices"
	"sort"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// features turn a row into the columns of linear models: 1, the inputs (of categories one column
// for each of the most frequent ones), and behind them piecewise linear hats on quantiles
// of each number and random Fourier features of all numbers (Rahimi and Recht, 2007). They are
// made from the first rows, and again when there are more inputs.
type features struct {
	known     int // inputs that there were
	inputs    []scaled
	linear    int // columns without the expansions
	columns   int
	waves     int
	frequency []float64 // frequency by frequency: a number for each numeric input
	bandwidth float64
	middle    float64 // of a number that is predicted
	spread    float64
}

// scaled is an input as columns: its distance from the median in units of its spread, and hats on
// knots; or indicators of categories.
type scaled struct {
	nominal       bool
	center, scale float64
	knots         []float64 // of a category: the hashes that have a column
	clip          float64   // scaled values are at most so large
}

const (
	featureRows   = 500 // features are made from
	earlyRows     = 50  // the first are made from
	hats          = 8
	wavesOfClass  = 64 // each a cosine and a sine
	wavesOfNumber = 128
	mostCategory  = 16
	mostColumns   = 400
	mostLinear    = 200
	clipOfClass   = 8
	clipOfNumber  = 50
	quartileRange = 1.349 // of a normal distribution, in standard deviations
)

// newFeatures returns the features by the rows of a ring.
func newFeatures(p *Pool) *features {
	f := &features{known: len(p.inputs)}
	from := p.ring.oldest()
	if p.ring.next-from > featureRows {
		from = p.ring.next - featureRows
	}
	f.waves = wavesOfClass
	clip := float64(clipOfClass)
	if p.target == number {
		clip, f.waves = clipOfNumber, wavesOfNumber
		f.scaleTarget(p, from)
	}
	values := make([]float64, 0, featureRows)
	for i := range p.inputs {
		values = values[:0]
		for row := from; row < p.ring.next; row++ {
			if v := p.ring.row(row)[i]; !math.IsNaN(v) {
				values = append(values, v)
			}
		}
		slices.Sort(values)
		if p.inputs[i].nominal {
			f.inputs = append(f.inputs, scaled{nominal: true, knots: frequent(values)})
		} else {
			f.inputs = append(f.inputs, scaleOf(values, clip))
		}
	}
	f.bandwidth = 1
	f.lay(p.spec.Seed)
	f.bandwidth = f.medianDistance(p, from)
	f.lay(p.spec.Seed)
	return f
}

// scaleTarget finds the middle and the spread of the number that is predicted.
func (f *features) scaleTarget(p *Pool, from int64) {
	squares := 0.0
	for row := from; row < p.ring.next; row++ {
		d := p.ring.targets[p.ring.slot(row)] - f.middle
		f.middle += d / float64(row-from+1)
		squares += d * (p.ring.targets[p.ring.slot(row)] - f.middle)
	}
	if f.spread = math.Sqrt(squares / float64(p.ring.next-from)); !(f.spread > 1e-9*math.Abs(f.middle)) {
		f.spread = max(math.Abs(f.middle), 1)
	}
}

// mostSpreads is how many spreads from the middle a number is taken as at most.
const mostSpreads = 1e6

// scaledTarget returns a number in spreads from the middle.
func (f *features) scaledTarget(y float64) float64 {
	return min(max((y-f.middle)/f.spread, -mostSpreads), mostSpreads)
}

// scaleOf returns the scale and knots of a number by its sorted values.
func scaleOf(values []float64, clip float64) scaled {
	if len(values) == 0 {
		return scaled{scale: 1, clip: clip}
	}
	at := func(q float64) float64 { return values[int(q*float64(len(values)-1)+.5)] }
	s := scaled{center: at(.5), scale: (at(.75) - at(.25)) / quartileRange, clip: clip}
	if !(s.scale > 0) {
		mean, squares := 0.0, 0.0
		for i, v := range values {
			d := v - mean
			mean += d / float64(i+1)
			squares += d * (v - mean)
		}
		s.scale = math.Sqrt(squares / float64(len(values)))
	}
	if !(s.scale > 0) || math.IsInf(s.scale, 0) {
		s.scale = 1
	}
	for i := range hats {
		v := s.scaled(at(.02 + .96*float64(i)/(hats-1)))
		if len(s.knots) == 0 || v > s.knots[len(s.knots)-1] {
			s.knots = append(s.knots, v)
		}
	}
	return s
}

// scaled returns a value in units of the spread.
func (s *scaled) scaled(v float64) float64 {
	return min(max((v-s.center)/s.scale, -s.clip), s.clip)
}

// frequent returns the values that occur most often, in ascending order.
func frequent(sorted []float64) []float64 {
	type run struct {
		value float64
		n     int
	}
	var runs []run
	for i, v := range sorted {
		if i == 0 || v != sorted[i-1] {
			runs = append(runs, run{value: v})
		}
		runs[len(runs)-1].n++
	}
	sort.SliceStable(runs, func(i, j int) bool { return runs[i].n > runs[j].n })
	var out []float64
	for _, r := range runs[:min(len(runs), mostCategory)] {
		out = append(out, r.value)
	}
	slices.Sort(out)
	return out
}

// lay counts the columns and draws the frequencies. Inputs for which there is no room have no
// columns.
func (f *features) lay(seed uint64) {
	f.linear = 1
	numbers, splines := 0, 0
	for i := range f.inputs {
		s := &f.inputs[i]
		n := 1
		if s.nominal {
			n = len(s.knots)
		}
		if f.linear+n > mostLinear {
			f.inputs = f.inputs[:i]
			break
		}
		f.linear += n
		if !s.nominal {
			numbers++
			splines += len(s.knots)
		}
	}
	f.columns = f.linear
	if f.linear+splines+2*f.waves > mostColumns || numbers == 0 {
		f.frequency = nil
		return
	}
	f.columns += splines + 2*f.waves
	f.frequency = make([]float64, f.waves*numbers)
	rng := random(seed ^ 0x5eed)
	for i := range f.frequency {
		// Box and Muller, 1958
		f.frequency[i] = math.Sqrt(-2*math.Log(1-rng.unit())) * math.Cos(2*math.Pi*rng.unit()) / f.bandwidth
	}
}

// medianDistance is that between pairs of rows, in scaled numbers.
func (f *features) medianDistance(p *Pool, from int64) float64 {
	rng := random(p.spec.Seed ^ 0xd15)
	n := int(p.ring.next - from)
	var all []float64
	for range 1000 {
		a, b := p.ring.row(from+int64(rng.below(n))), p.ring.row(from+int64(rng.below(n)))
		sum := 0.0
		for i := range f.inputs {
			if s := &f.inputs[i]; !s.nominal && !math.IsNaN(a[i]) && !math.IsNaN(b[i]) {
				d := s.scaled(a[i]) - s.scaled(b[i])
				sum += d * d
			}
		}
		all = append(all, math.Sqrt(sum))
	}
	slices.Sort(all)
	if m := all[len(all)/2]; m > 0 {
		return m
	}
	return 1
}

// of writes the columns of a row to out, which has as many. Room holds as many numbers as there are
// inputs. Values that a row lacks are like their median.
func (f *features) of(row, out, room []float64) {
	clear(out)
	out[0] = 1
	at, spline := 1, f.linear
	numbers := room[:0]
	for i := range f.inputs {
		s := &f.inputs[i]
		v := row[i]
		if s.nominal {
			for k, hash := range s.knots {
				if v == hash {
					out[at+k] = 1
				}
			}
			at += len(s.knots)
			continue
		}
		x := 0.0
		if !math.IsNaN(v) {
			x = s.scaled(v)
		}
		out[at] = x
		at++
		numbers = append(numbers, x)
		if f.frequency != nil {
			s.hats(x, out[spline:])
			spline += len(s.knots)
		}
	}
	if f.frequency == nil {
		return
	}
	for i := range f.waves {
		angle := 0.0
		for j, w := range f.frequency[i*len(numbers):][:len(numbers)] {
			angle += w * numbers[j]
		}
		out[spline+2*i+1], out[spline+2*i] = math.Sincos(angle)
	}
}

// hats writes a value as a mean of its neighbours among the knots.
func (s *scaled) hats(x float64, out []float64) {
	k := s.knots
	switch last := len(k) - 1; {
	case last < 0:
	case x <= k[0]:
		out[0] = 1
	case x >= k[last]:
		out[last] = 1
	default:
		i := 1
		for x > k[i] {
			i++
		}
		out[i] = (x - k[i-1]) / (k[i] - k[i-1])
		out[i-1] = 1 - out[i]
	}
}

func (f *features) encode(w *wire.Writer) {
	w.Uvarint(uint64(f.known))
	w.Uvarint(uint64(len(f.inputs)))
	for i := range f.inputs {
		s := &f.inputs[i]
		w.Bool(s.nominal)
		w.Float64(s.center)
		w.Float64(s.scale)
		w.Uvarint(uint64(len(s.knots)))
		w.Float64s(s.knots)
	}
	w.Float64s([]float64{f.bandwidth, f.middle, f.spread})
}

// decodeFeatures reads what encode wrote.
func decodeFeatures(r *wire.Reader, p *Pool) *features {
	f := &features{known: r.Count(0)}
	n := r.Count(18)
	if n > f.known || f.known > len(p.inputs) {
		r.Fail("features of %d inputs, there are %d", n, len(p.inputs))
		return f
	}
	clip := float64(clipOfClass)
	f.waves = wavesOfClass
	if p.target == number {
		clip, f.waves = clipOfNumber, wavesOfNumber
	}
	for i := range n {
		s := scaled{nominal: r.Bool(), center: r.Finite(), scale: r.Finite(), clip: clip}
		knots := r.Count(8)
		if s.nominal != p.inputs[i].nominal || !(s.scale > 0) && !s.nominal || knots > max(hats, mostCategory) {
			r.Fail("features of input %d", i)
			return f
		}
		s.knots = make([]float64, knots)
		finite(r, s.knots)
		for k := 1; k < knots; k++ {
			if !(s.knots[k] > s.knots[k-1]) {
				r.Fail("knots of input %d", i)
				return f
			}
		}
		f.inputs = append(f.inputs, s)
	}
	f.bandwidth, f.middle, f.spread = r.Finite(), r.Finite(), r.Finite()
	if !(f.bandwidth > 0) || p.target == number && !(f.spread > 0) {
		r.Fail("bandwidth is %v, spread %v", f.bandwidth, f.spread)
		return f
	}
	if f.lay(p.spec.Seed); len(f.inputs) != n {
		r.Fail("features of %d inputs have no room", n)
	}
	return f
}
