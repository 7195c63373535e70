package stats

import (
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// LikelihoodSums are the log-likelihood of rows as a polynomial of the parameters, in
// place of the rows: each is expanded at a point near the maximum by Taylor's formula.
// As polynomials add, the sums of two shards are those of all their rows; which point a
// row was expanded at changes them by terms of the next degree only.
//
// This is renewable estimation (Luo and Song, JRSS-B 82, 2020), which keeps the second
// degree, with a third where it is affordable, and with points that all shards share,
// so that sums merge, subtract and decay exactly.
type LikelihoodSums struct {
	// Frame has the origin, and the point at which rows were expanded last.
	Frame  *LikelihoodFrame
	Weight float64
	// Quadratic is the sum of the expansions to the second degree, about the origin. It
	// is concave where each of them is.
	Quadratic *Polynomial
	// Cubic is what their third degree adds to it; nil where it is not kept.
	Cubic *Polynomial
	// Products is the sum of the products of the terms, the intercept last, as
	// Polynomial.Second.
	Products []float64
	// Pearson is the sum of (y/mu-1)^2 of the gamma family; nil of others.
	Pearson *Polynomial
	// Outcomes are sums of the target, of which the largest likelihood without inputs is
	// made: of classes the weight of each; of a count y those of y, ln y!, y ln y, y times
	// the offset o and exp o; of gamma those of y, ln y, y ln y, o and y exp -o.
	Outcomes []float64

	id string
}

// targetSums is how many sums of a target that is no class are kept.
const targetSums = 5

// newLikelihoodSums returns those of no rows.
func newLikelihoodSums(f *LikelihoodFrame) *LikelihoodSums {
	n, t := f.Parameters(), f.Terms()+1
	s := &LikelihoodSums{Frame: f, Quadratic: newPolynomial(n, false), Products: make([]float64, t*(t+1)/2), Outcomes: make([]float64, max(f.Kernel.Classes, targetSums)), id: f.ID()}
	if f.hasThird() {
		s.Cubic = newPolynomial(n, true)
	}
	if f.Kernel.Family == likelihood.Gamma {
		s.Pearson = newPolynomial(n, false)
	}
	return s
}

// clone returns a deep copy; frames are shared, as none is ever changed.
func (s *LikelihoodSums) clone() *LikelihoodSums {
	out := &LikelihoodSums{Frame: s.Frame, Weight: s.Weight, Quadratic: s.Quadratic.clone(), Products: slices.Clone(s.Products), Outcomes: slices.Clone(s.Outcomes), id: s.id}
	if s.Cubic != nil {
		out.Cubic = s.Cubic.clone()
	}
	if s.Pearson != nil {
		out.Pearson = s.Pearson.clone()
	}
	return out
}

// polynomials lists those that there are.
func (s *LikelihoodSums) polynomials() []*Polynomial {
	out := []*Polynomial{s.Quadratic}
	for _, p := range []*Polynomial{s.Cubic, s.Pearson} {
		if p != nil {
			out = append(out, p)
		}
	}
	return out
}

// add adds f times the sums of an equal frame.
func (s *LikelihoodSums) add(o *LikelihoodSums, f float64) {
	for i, p := range o.polynomials() {
		s.polynomials()[i].add(p, f)
	}
	addTimes(s.Products, o.Products, f)
	addTimes(s.Outcomes, o.Outcomes, f)
}

// merge adds the sums of an equal frame and goes on at the later point.
func (s *LikelihoodSums) merge(o *LikelihoodSums) {
	s.add(o, 1)
	s.Weight += o.Weight
	s.Frame = laterFrame(s.Frame, o.Frame)
}

// laterFrame returns the one of equal frames whose point was settled later. Which of two
// of the same age it is does not depend on the order.
func laterFrame(a, b *LikelihoodFrame) *LikelihoodFrame {
	if b.Epoch > a.Epoch || b.Epoch == a.Epoch && slices.Compare(b.Point, a.Point) > 0 {
		return b
	}
	return a
}

// subtract takes sums of an equal frame away, which must not weigh more. Nothing is
// left of rounding where all rows are gone.
func (s *LikelihoodSums) subtract(o *LikelihoodSums, rest float64) {
	if rest == 0 {
		empty := newLikelihoodSums(s.Frame)
		*s = *empty
		return
	}
	s.add(o, -1)
	s.Weight = rest
}

// isFinite reports whether no sum is out of range.
func (s *LikelihoodSums) isFinite() bool {
	for _, p := range s.polynomials() {
		if !p.isFinite() {
			return false
		}
	}
	for _, part := range [][]float64{{s.Weight}, s.Products, s.Outcomes} {
		for _, x := range part {
			if !inRange(x) || math.IsNaN(x) {
				return false
			}
		}
	}
	return true
}

// scale multiplies every weight by f.
func (s *LikelihoodSums) scale(f float64) {
	s.Weight *= f
	for _, p := range s.polynomials() {
		p.scale(f)
	}
	for _, part := range [][]float64{s.Products, s.Outcomes} {
		for i := range part {
			part[i] *= f
		}
	}
}

// likelihoodBlock adds up rows about a point, before they are added to sums about the
// origin.
type likelihoodBlock struct {
	frame      *LikelihoodFrame
	sums       *LikelihoodSums // about the point
	z, eta     []float64
	at         *likelihood.Derivatives
	predictors int
}

func newLikelihoodBlock(f *LikelihoodFrame) *likelihoodBlock {
	m := f.Kernel.Predictors()
	return &likelihoodBlock{frame: f, sums: newLikelihoodSums(f), z: make([]float64, f.Terms()+1), eta: make([]float64, m), at: f.Kernel.NewDerivatives(), predictors: m}
}

// add adds a row; false where it is to be left out.
func (b *likelihoodBlock) add(target, offset LikelihoodValue, inputs []LikelihoodValue, weight float64) bool {
	f := b.frame
	y, ok := f.outcome(target)
	if !ok || !f.expand(inputs, b.z) || f.Offset != "" && offset.Kind != LikelihoodNumber || b.isFar() {
		return false
	}
	b.addRow(y, offset.Number, weight)
	return true
}

// farPredictor is by how much a logarithm of a mean may differ from that at the centre of
// the inputs for a row to be expanded: by a factor of 22,000. The terms of one row beyond
// would outweigh those of all others, far from where they are right.
const farPredictor = 10

// isFar reports whether a row, of which the terms are in z, is too far to be expanded.
func (b *likelihoodBlock) isFar() bool {
	switch b.frame.Kernel.Family {
	case likelihood.Logistic, likelihood.Quantile:
		return false
	}
	last := len(b.z) - 1
	return !(math.Abs(dot(b.z[:last], b.frame.Point)) <= farPredictor)
}

// addRow adds a row of which the terms are in z.
func (b *likelihoodBlock) addRow(y, offset, weight float64) {
	f := b.frame
	f.Predict(f.Point, b.z, b.eta)
	b.eta[0] += offset / f.Scale // 1 but of quantiles
	f.Kernel.Row(y, b.eta, b.at)
	b.sums.Weight += weight
	b.sums.Quadratic.Value += weight * b.at.Value
	if b.predictors == 1 {
		b.addSingle(weight)
	} else {
		b.addMany(weight)
	}
	addProducts(b.sums.Products, b.z, weight)
	b.addOutcome(y, offset, weight)
}

// mostOffset keeps exponentials of offsets finite.
const mostOffset = 200

// addOutcome adds what is kept of the target alone.
func (b *likelihoodBlock) addOutcome(y, offset, weight float64) {
	o := b.sums.Outcomes
	switch b.frame.Kernel.Family {
	case likelihood.Logistic:
		o[int(y)] += weight
		return
	case likelihood.Poisson, likelihood.NegativeBinomial:
		l, _ := math.Lgamma(y + 1) // the sign is + above 0
		o[1] += weight * l
		o[3] += weight * y * offset
		o[4] += weight * math.Exp(min(offset, mostOffset))
	case likelihood.Gamma:
		o[1] += weight * math.Log(y)
		o[3] += weight * offset
		o[4] += weight * y * math.Exp(min(-offset, mostOffset))
	}
	o[0] += weight * y
	if y > 0 {
		o[2] += weight * y * math.Log(y)
	}
}

// addProducts adds w times the products of all pairs of z.
func addProducts(to, z []float64, w float64) {
	at := 0
	for i, x := range z {
		f := w * x
		row := to[at : at+i+1]
		for j := range row {
			row[j] += f * z[j]
		}
		at += i + 1
	}
}

// addSingle adds the derivatives of a row with one predictor.
func (b *likelihoodBlock) addSingle(weight float64) {
	addTimes(b.sums.Quadratic.Gradient, b.z, weight*b.at.First[0])
	addProducts(b.sums.Quadratic.Second, b.z, weight*b.at.Second[0])
	if c := b.sums.Cubic; c != nil {
		at, third := 0, weight*b.at.Third
		for i, x := range b.z {
			for j := range i + 1 {
				f := third * x * b.z[j]
				row := c.Third[at : at+j+1]
				for k := range row {
					row[k] += f * b.z[k]
				}
				at += j + 1
			}
		}
	}
	if p := b.sums.Pearson; p != nil {
		r := -b.at.Second[0] // y/mu
		p.Value += weight * (r - 1) * (r - 1)
		addTimes(p.Gradient, b.z, -2*weight*(r-1)*r)
		addProducts(p.Second, b.z, 2*weight*r*(2*r-1))
	}
}

// addMany adds the derivatives of a row with several predictors.
func (b *likelihoodBlock) addMany(weight float64) {
	q, i := b.sums.Quadratic, 0
	for a := range b.predictors {
		for _, x := range b.frame.part(a, b.z) {
			q.Gradient[i] += weight * b.at.First[a] * x
			row, j := q.Second[i*(i+1)/2:], 0
			for c := 0; c <= a; c++ {
				f := weight * b.at.Second[a*b.predictors+c] * x
				for _, other := range b.frame.part(c, b.z) {
					if j > i {
						break
					}
					row[j] += f * other
					j++
				}
			}
			i++
		}
	}
}

// part returns the terms of a predictor, of all terms of a row.
func (f *LikelihoodFrame) part(predictor int, z []float64) []float64 {
	if f.Kernel.Full(predictor) {
		return z
	}
	return z[len(z)-1:]
}

// Predict fills in the predictors of a row of terms under parameters, its offset aside.
func (f *LikelihoodFrame) Predict(parameters, z, eta []float64) {
	at := 0
	for a := range eta {
		part := f.part(a, z)
		eta[a] = dot(part, parameters[at:])
		at += len(part)
	}
}

// addTo adds the rows of the block to sums about the origin, and returns false where a sum
// leaves the range of numbers; the sums are of no use then.
func (b *likelihoodBlock) addTo(s *LikelihoodSums) bool {
	moved := b.sums.moved()
	if !moved.isFinite() {
		return false
	}
	s.merge(moved)
	return s.isFinite()
}

// moved returns sums about the point of their frame as sums about its origin.
func (s *LikelihoodSums) moved() *LikelihoodSums {
	back := make([]float64, len(s.Frame.Origin))
	for i, x := range s.Frame.Origin {
		back[i] = x - s.Frame.Point[i]
	}
	out := *s
	out.Quadratic = s.Quadratic.At(back)
	if s.Cubic != nil {
		out.Cubic = s.Cubic.At(back)
	}
	if s.Pearson != nil {
		out.Pearson = s.Pearson.At(back)
	}
	return &out
}

// encode appends the frame and the sums.
func (s *LikelihoodSums) encode(w *wire.Writer) {
	s.Frame.Encode(w)
	encodeWeight(w, s.Weight)
	for _, p := range s.polynomials() {
		p.encode(w)
	}
	w.Float64s(s.Products)
	w.Float64s(s.Outcomes)
}

// decodeLikelihoodSums reads what encode wrote.
func decodeLikelihoodSums(r *wire.Reader) (*LikelihoodSums, error) {
	f, err := DecodeLikelihoodFrame(r)
	if err != nil {
		return nil, err
	}
	n := f.Parameters()
	if r.Remaining() < 8*n*(n+1)/2 {
		return nil, fmt.Errorf("%w: sums of %d parameters in %d bytes", wire.ErrCorrupt, n, r.Remaining())
	}
	s := newLikelihoodSums(f)
	s.Weight = decodeWeightOrZero(r)
	for _, p := range s.polynomials() {
		p.decode(r)
	}
	for _, part := range [][]float64{s.Products, s.Outcomes} {
		for i := range part {
			part[i] = r.Finite()
		}
	}
	if r.Err() == nil && !s.isFinite() {
		r.Fail("sums of a likelihood are out of range")
	}
	return s, r.Err()
}
