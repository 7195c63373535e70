package adaptive

import (
	"github.com/rpconnect-sml/rpconnect-sml/internal/nig"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// encodeNumbers appends what there is for a number.
func (p *Pool) encodeNumbers(w *wire.Writer) {
	for _, l := range p.level {
		w.Float64s([]float64{l.weight, l.mean})
	}
	for _, g := range p.groves {
		for _, t := range g.trees {
			w.Uint64(uint64(t.rng))
			if p.features != nil {
				t.encode(w, g.splitRows)
			}
		}
	}
}

func (t *numberTree) encode(w *wire.Writer, splitRows int) {
	t.skeleton.encode(w, splitRows, func(i int32) {
		m := &t.models[i]
		w.Float64s(m.sums)
		w.Float64s(m.prior.Precision)
		w.Float64s(m.prior.Mean)
		w.Float64s([]float64{m.prior.Shape, m.prior.Rate, m.prior.LogDet})
		w.Float64s(m.mean)
	})
}

// decodeNumbers reads what encodeNumbers wrote.
func (p *Pool) decodeNumbers(r *wire.Reader) {
	p.level = make([]level, len(levelFades))
	for j := range p.level {
		l := &p.level[j]
		l.weight, l.mean = r.Finite(), r.Finite()
	}
	p.groves = grovesOf(&p.spec)
	for _, g := range p.groves {
		for _, t := range g.trees {
			if t.rng = random(r.Uint64()); p.features != nil && r.Err() == nil {
				t.decode(r, p, &g.forest)
			}
		}
	}
}

func (t *numberTree) decode(r *wire.Reader, p *Pool, f *forest) {
	d := p.features.regressors()
	triangle := (d + 1) * (d + 2) / 2
	t.skeleton.decode(r, p, f.settings, 8*(nig.Size(d)+triangle+2*(d+1)), func(i int32) {
		m := regression{sums: make(nig.Sums, nig.Size(d)), mean: make([]float64, d+1)}
		m.prior.Precision, m.prior.Mean = make([]float64, triangle), make([]float64, d+1)
		finite(r, m.sums)
		finite(r, m.prior.Precision)
		finite(r, m.prior.Mean)
		m.prior.Shape, m.prior.Rate, m.prior.LogDet = r.Finite(), r.Finite(), r.Finite()
		finite(r, m.mean)
		if !(m.prior.Shape > 0) || !(m.prior.Rate > 0) || m.sums[0] < 0 {
			r.Fail("regression of node %d", i)
		}
		t.models = append(t.models, m)
	})
}
