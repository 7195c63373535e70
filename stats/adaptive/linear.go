package adaptive

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
)

// linear is a member: a discriminant analysis or ridge regression of the features. What it
// learns are sums over rows of products; they fade by giving later rows more weight.
type linear struct {
	linearSettings
	columns int
	growth  float64     // by what the weight of the next row is more than that of this one
	next    float64     // weight of the next row
	squares []float64   // lower triangle of the products of columns, row by row
	sums    [][]float64 // by class: sums of the columns; of a number: of their products with it
	rows    int         // that were learned
	fitted  int         // rows when it was fitted last

	calibration calibration
	weights     [][]float64 // by class, or of the number: what a row is predicted by
}

// linearSettings say which features a linear member has, and how it forgets.
type linearSettings struct {
	expanded bool
	halfLife float64
	every    int // rows after which it is fitted again
}

// linearSettingsOf are those of the linear members of a pool.
func linearSettingsOf(s *Spec) []linearSettings {
	if !s.Linear {
		return nil
	}
	return []linearSettings{
		{every: 200},
		{halfLife: 1000, every: 50},
		{halfLife: 200, every: 10},
		{expanded: true, every: 500},
		{expanded: true, halfLife: 1000, every: 250},
	}
}

// mostGrowth is how much more than the first row a later one weighs before all are scaled down.
const mostGrowth = 1e6

// ridgeOfClasses and ridgeOfNumber are the shares of the variance of a column that are added
// to it, and ridgeRows by how many columns more for one row.
const (
	ridgeOfClasses = .01
	ridgeOfNumber  = 1e-4
	ridgeRows      = .01
)

func newLinear(s linearSettings) *linear {
	l := &linear{linearSettings: s, growth: 1, next: 1, calibration: newCalibration()}
	if s.halfLife > 0 {
		l.growth = math.Exp2(1 / s.halfLife)
	}
	return l
}

// reset forgets everything.
func (l *linear) reset(f *features) {
	fresh := newLinear(l.linearSettings)
	fresh.columns, fresh.calibration = l.columnsOf(f), l.calibration
	fresh.squares = make([]float64, fresh.columns*(fresh.columns+1)/2)
	*l = *fresh
}

// columnsOf returns how many of the columns it has.
func (l *linear) columnsOf(f *features) int {
	if l.expanded {
		return f.columns
	}
	return f.linear
}

// learn adds a row with its class, or with a number as of class 0.
func (l *linear) learn(x []float64, class int, number, weight float64) {
	x = x[:l.columns]
	w := weight * l.next
	at := 0
	for i, v := range x {
		if v != 0 {
			floats.AddScaled(l.squares[at:at+i+1], w*v, x[:i+1])
		}
		at += i + 1
	}
	for len(l.sums) <= class {
		l.sums = append(l.sums, make([]float64, l.columns))
	}
	floats.AddScaled(l.sums[class], w*number, x)
	l.rows++
	if l.next *= l.growth; l.next > mostGrowth {
		l.scale(1 / l.next)
	}
}

func (l *linear) scale(by float64) {
	floats.Scale(by, l.squares)
	for _, s := range l.sums {
		floats.Scale(by, s)
	}
	l.next *= by
}

// isDue says that it is to be fitted again: the rarer, the more rows it has.
func (l *linear) isDue() bool {
	return l.rows >= 10 && l.rows-l.fitted >= min(max(l.rows/10, 5), l.every)
}

// correlation is the matrix of which a fit takes the inverse.
type correlation struct {
	mean, scale []float64
	weight      float64
	factor      *linalg.Cholesky
}

// correlate returns the factor of the matrix of the correlations of all columns but the first
// within classes, and the ridge; nil when there is none.
func (l *linear) correlate(classes bool, ridge float64) *correlation {
	n := l.columns - 1
	c := &correlation{mean: make([]float64, n), scale: make([]float64, n), weight: l.squares[0]}
	a := make([]float64, n*n)
	largest := 0.0
	row := func(i int) []float64 { return l.squares[i*(i+1)/2 : i*(i+1)/2+i+1] }
	for i := range n {
		r := row(i + 1)
		c.mean[i] = r[0] / c.weight
		c.scale[i] = r[i+1]/c.weight - c.mean[i]*c.mean[i]
		largest = max(largest, c.scale[i])
	}
	for i, v := range c.scale {
		c.scale[i] = 1 / math.Sqrt(max(v, 1e-9+1e-6*largest))
	}
	for i := range n {
		for j, v := range row(i + 1)[1:] {
			a[j*n+i] = v
		}
	}
	l.center(a, c, classes)
	for j := range n {
		for i := j; i < n; i++ {
			a[j*n+i] *= c.scale[i] * c.scale[j] / c.weight
		}
		a[j*n+j] = max(a[j*n+j], 0) + ridge + ridgeRows*float64(n)/c.weight*l.next
	}
	factor, err := linalg.Factor(a, n, 1e-12)
	if err != nil || factor.Rank() < n {
		return nil // the model before goes on
	}
	c.factor = factor
	return c
}

// center takes the means out of the sums of products, of each class or of all.
func (l *linear) center(a []float64, c *correlation, classes bool) {
	n := l.columns - 1
	take := func(mean []float64, weight float64) {
		for j := range n {
			floats.AddScaled(a[j*n+j:(j+1)*n], -weight*mean[j], mean[j:])
		}
	}
	if !classes {
		take(c.mean, c.weight)
		return
	}
	mean := make([]float64, n)
	for _, s := range l.sums {
		if s[0] > 0 {
			for i, v := range s[1:] {
				mean[i] = v / s[0]
			}
			take(mean, s[0])
		}
	}
}

// fitClasses fits a linear discriminant analysis.
func (l *linear) fitClasses() {
	l.fitted = l.rows
	seen := 0
	for _, s := range l.sums {
		if s[0] > leastClass*l.next {
			seen++
		}
	}
	if seen < 2 {
		return
	}
	c := l.correlate(true, ridgeOfClasses)
	if c == nil {
		return
	}
	n := l.columns - 1
	weights := make([][]float64, len(l.sums))
	from := make([]float64, n)
	for k, s := range l.sums {
		if !(s[0] > leastClass*l.next) {
			continue
		}
		for i, v := range s[1:] {
			from[i] = (v/s[0] - c.mean[i]) * c.scale[i]
		}
		to := c.factor.Solve(from)
		w := make([]float64, n+1)
		w[0] = math.Log((s[0]+.5*l.next)/(c.weight+.5*l.next*float64(len(l.sums)))) - linalg.Dot(from, to)/2
		for i, v := range to {
			w[i+1] = v * c.scale[i]
			w[0] -= w[i+1] * c.mean[i]
		}
		weights[k] = w
	}
	l.weights = weights
}

// fitNumber fits a ridge regression.
func (l *linear) fitNumber() {
	l.fitted = l.rows
	c := l.correlate(false, ridgeOfNumber)
	if c == nil {
		return
	}
	n := l.columns - 1
	from, mean := make([]float64, n), l.sums[0][0]/c.weight
	for i, v := range l.sums[0][1:] {
		from[i] = (v/c.weight - c.mean[i]*mean) * c.scale[i]
	}
	w := make([]float64, n+1)
	w[0] = mean
	for i, v := range c.factor.Solve(from) {
		w[i+1] = v * c.scale[i]
		w[0] -= w[i+1] * c.mean[i]
	}
	l.weights = [][]float64{w}
}

// leastClass is how many rows a class has at least, faded, to be predicted.
const leastClass = .005

// predictClasses writes the probabilities of the classes to p; equal ones before it was fitted.
func (l *linear) predictClasses(x, p []float64) {
	l.score(x, p)
	l.calibration.apply(p)
}

// score writes the scores of the classes, less the largest, to p.
func (l *linear) score(x, p []float64) {
	top := math.Inf(-1)
	for k := range p {
		p[k] = math.Inf(-1)
		if k < len(l.weights) && l.weights[k] != nil {
			p[k] = linalg.DotInFour(x[:l.columns], l.weights[k])
		}
		top = max(top, p[k])
	}
	for k := range p {
		if math.IsInf(top, -1) {
			p[k] = 0
		} else {
			p[k] -= top
		}
	}
}

// calibrate learns from a row how far to believe the scores.
func (l *linear) calibrate(x []float64, class int, room []float64) {
	if len(l.weights) > 0 {
		l.score(x, room)
		l.calibration.learn(room, class)
	}
}

// renewFeatures makes the features of the linear members where it is time: early by a few
// rows, then by more, and again when there are more inputs. They then learn the last rows anew.
func (p *Pool) renewFeatures() {
	n := p.ring.next
	more := n%featureRows == 0 && p.features != nil && (p.features.known != len(p.inputs) || p.isFar())
	if len(p.linears)+len(p.groves) == 0 || len(p.inputs) == 0 || n != earlyRows && n != featureRows && !more && (p.features != nil || n < earlyRows) {
		return
	}
	p.features = newFeatures(p)
	p.relearn()
}

// isFar says that the number that is predicted has left the range that it had.
func (p *Pool) isFar() bool {
	return p.target == number && math.Abs(p.level[1].mean-p.features.middle) > farSpreads*p.features.spread
}

const farSpreads = 1e3

// relearn lets the linear members learn the last rows.
func (p *Pool) relearn() {
	for _, l := range p.linears {
		l.reset(p.features)
	}
	x, room := make([]float64, p.features.columns), make([]float64, len(p.inputs))
	from := max(p.ring.oldest(), p.ring.next-leastRing)
	p.relearnNumbers(from)
	for row := from; row < p.ring.next; row++ {
		slot := p.ring.slot(row)
		p.features.of(p.ring.row(row), x, room)
		for _, l := range p.linears {
			if p.target == number {
				l.learn(x, 0, p.features.scaledTarget(p.ring.targets[slot]), p.ring.weights[slot])
			} else {
				l.learn(x, int(p.ring.targets[slot]), 1, p.ring.weights[slot])
			}
		}
	}
	p.gatherNear()
	for _, l := range p.linears {
		if p.target == number {
			l.fitNumber()
		} else {
			l.fitClasses()
		}
	}
}

func (l *linear) clone() *linear {
	out := *l
	out.squares = slices.Clone(l.squares)
	out.sums, out.weights = make([][]float64, len(l.sums)), make([][]float64, len(l.weights))
	for k, s := range l.sums {
		out.sums[k] = slices.Clone(s)
	}
	for k, w := range l.weights {
		out.weights[k] = slices.Clone(w)
	}
	return &out
}

// predictNumber returns the prediction of a row, in spreads from the middle.
func (l *linear) predictNumber(x []float64) float64 {
	return linalg.DotInFour(x[:l.columns], l.weights[0])
}
