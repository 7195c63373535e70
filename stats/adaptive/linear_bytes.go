package adaptive

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

func (p *Pool) encodeLinear(w *wire.Writer) {
	w.Bool(p.features != nil)
	if p.features == nil {
		return
	}
	p.features.encode(w)
	for _, l := range p.linears {
		l.encode(w)
	}
	if p.near != nil { // its rows are those of the ring
		p.near.calibration.encode(w)
	}
}

func (p *Pool) decodeLinear(r *wire.Reader) {
	for _, s := range linearSettingsOf(&p.spec) {
		p.linears = append(p.linears, newLinear(s))
	}
	if p.target != number {
		p.near = nearOf(&p.spec)
	}
	if !r.Bool() {
		return
	}
	p.features = decodeFeatures(r, p)
	for _, l := range p.linears {
		if r.Err() != nil {
			return
		}
		l.decode(r, p)
	}
	if p.near == nil {
		return
	}
	if p.near.calibration.decode(r); r.Err() == nil {
		p.gatherNear()
	}
}

func (l *linear) encode(w *wire.Writer) {
	w.Float64(l.next)
	w.Uvarint(uint64(l.rows))
	w.Uvarint(uint64(l.fitted))
	l.calibration.encode(w)
	w.Float64s(l.squares)
	w.Uvarint(uint64(len(l.sums)))
	for _, s := range l.sums {
		w.Float64s(s)
	}
	w.Uvarint(uint64(len(l.weights)))
	for _, v := range l.weights {
		w.Bool(v != nil)
		w.Float64s(v)
	}
}

func (l *linear) decode(r *wire.Reader, p *Pool) {
	if l.columnsOf(p.features) > r.Remaining()/8 {
		r.Fail("%d columns, %d bytes left", p.features.columns, r.Remaining())
		return
	}
	l.reset(p.features)
	l.next = r.Finite()
	rows, fitted := r.Uvarint(), r.Uvarint()
	if !(l.next > 0) || rows >= 1<<62 || fitted > rows {
		r.Fail("linear member of %d rows, fitted to %d, next of weight %v", rows, fitted, l.next)
		return
	}
	l.rows, l.fitted = int(rows), int(fitted)
	l.calibration.decode(r)
	finite(r, l.squares)
	classes := max(len(p.classes), 1)
	n := r.Count(8 * l.columns)
	if n > classes {
		r.Fail("sums of %d classes", n)
		return
	}
	for range n {
		s := make([]float64, l.columns)
		finite(r, s)
		l.sums = append(l.sums, s)
	}
	if n = r.Count(1); n > len(l.sums) {
		r.Fail("weights of %d classes", n)
		return
	}
	for range n {
		var v []float64
		if r.Bool() {
			v = make([]float64, min(l.columns, r.Remaining()/8))
			finite(r, v)
		}
		l.weights = append(l.weights, v)
	}
	if r.Err() == nil && p.target == number && (len(l.sums) > 1 || len(l.weights) == 1 && l.weights[0] == nil) {
		r.Fail("linear member of a number")
	}
}
