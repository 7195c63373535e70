package adaptive

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Prediction is what a pool says of a row, and the room in which it is worked out. The
// zero value is ready; it may be used again and again, also with other pools.
type Prediction struct {
	// Probabilities are those of the classes, in the order of Pool.Classes or Mix.Classes.
	// They add up to 1; there are none before a row has been learned.
	Probabilities []float64
	// Mean and SD are the number that is predicted and its standard deviation; NaN before a
	// row has been learned. Both are NaN where classes are predicted.
	Mean, SD float64

	row        []float64
	columns    []float64
	room       []float64
	all        []float64 // member by member
	classes    int
	shares     []float64
	losses     []float64
	values     []float64 // member by member, of a number
	regressors []float64
	squared    float64
	reading    reading
	pool       *Pool
}

// prepare makes room for the pool.
func (o *Prediction) prepare(p *Pool) {
	members := p.members()
	o.classes = len(p.classes)
	o.row = resized(o.row, len(p.inputs))
	o.all = resized(o.all, members*o.classes)
	o.shares, o.losses = resized(o.shares, members), resized(o.losses, members)
	clear(o.all)
	clear(o.losses)
}

// of returns the probabilities by a member.
func (o *Prediction) of(j int) []float64 {
	return o.all[j*o.classes : (j+1)*o.classes : (j+1)*o.classes]
}

// Predict predicts a row: the mean over all members, by what their predictions have cost before
// the blocks that they predicted.
func (p *Pool) Predict(layout *stats.Layout, values []float64, codes []int32, out *Prediction) {
	p.predict(layout, values, codes, out, &p.block)
}

func (p *Pool) predict(layout *stats.Layout, values []float64, codes []int32, out *Prediction, by *losses) {
	out.read(p, layout, values, codes)
	out.Probabilities = out.Probabilities[:0]
	out.Mean, out.SD = math.NaN(), math.NaN()
	p.sharesBy(by, out)
	if p.target == number {
		p.predictNumber(out, by)
		return
	}
	if len(p.classes) == 0 {
		return
	}
	p.predictAll(out)
	out.mix()
}

// sharesBy writes the weights of the members to out.shares.
func (p *Pool) sharesBy(l *losses, out *Prediction) {
	if p.target == number {
		l.ofNumbers(out.shares)
		return
	}
	out.losses = resized(out.losses, len(out.shares))
	l.ofClasses(out.shares, out.losses)
}

// mix works out the probabilities from those by all members.
func (o *Prediction) mix() {
	o.Probabilities = slices.Grow(o.Probabilities[:0], o.classes)[:o.classes]
	clear(o.Probabilities)
	sum := 0.0
	for j, share := range o.shares {
		for k, v := range o.of(j) {
			o.Probabilities[k] += share * v
			sum += share * v
		}
	}
	for k := range o.Probabilities {
		o.Probabilities[k] /= sum
	}
}

// say hands the prediction of the row that was learned to out.
func (o *Prediction) say(out *Prediction) {
	out.Mean, out.SD = o.Mean, o.SD
	out.Probabilities = append(out.Probabilities[:0], o.Probabilities...)
}

// read reads a row under a layout.
func (o *Prediction) read(p *Pool, layout *stats.Layout, values []float64, codes []int32) {
	o.prepare(p)
	if o.pool != p {
		o.reading = reading{inputs: o.reading.inputs}
		o.pool = p
	}
	if o.reading.layout != layout || len(o.reading.inputs) != len(p.inputs) {
		o.reading.bind(p, layout)
	}
	o.reading.row(values, codes, o.row)
}

// predictAll works out the probabilities by all members.
func (p *Pool) predictAll(out *Prediction) {
	for j, f := range p.forests {
		share := 1 / float64(len(f.trees))
		of := out.of(j)
		for _, t := range f.trees {
			t.predict(f, out.row, p.ring.next, share, of)
		}
	}
	p.expand(out)
	for j, l := range p.linears {
		l.predictClasses(out.columns, out.of(len(p.forests)+j))
	}
	if p.near != nil {
		p.near.predict(out.columns, out.of(p.members()-1))
	}
}

// lookAhead predicts the rows of a block and notes what that costs: of each row the losses of the
// members, and the squared error of the pool.
func (p *Pool) lookAhead(rows *stats.Rows) {
	members := p.members()
	p.ahead = resized(p.ahead, rows.N*(members+1))
	clear(p.ahead)
	p.block.freeze(members)
	out := &p.learned
	for i := range rows.N {
		target, ok := p.targetOf(rows.Row(i), rows.RowCodes(i), false)
		if !ok {
			continue
		}
		of := p.ahead[i*(members+1) : (i+1)*(members+1)]
		if p.target == class && target == unknown {
			for j := range of {
				of[j] = -math.Log(leastProbability)
			}
			continue
		}
		out.prepare(p)
		p.reading.row(rows.Row(i), rows.RowCodes(i), out.row)
		if p.target == number {
			p.lookAheadNumber(target, out, of)
			continue
		}
		p.predictAll(out)
		for j := range members {
			of[j] = lossOf(out.of(j), int(target))
		}
	}
}

func (p *Pool) lookAheadNumber(y float64, out *Prediction, of []float64) {
	if p.weight == 0 {
		return
	}
	p.sharesBy(&p.block, out)
	p.predictNumber(out, &p.block)
	for j, v := range out.values {
		of[j] = math.Abs(y - v)
	}
	of[len(out.values)] = (y - out.Mean) * (y - out.Mean)
}

// expand works out the columns of the linear members.
func (p *Pool) expand(out *Prediction) {
	out.columns = out.columns[:0]
	if p.features != nil {
		out.columns, out.room = resized(out.columns, p.features.columns), resized(out.room, len(out.row))
		p.features.of(out.row, out.columns, out.room)
	}
}
