package features

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// entity is the state of one key: a history per field and the memories of the
// features that keep their own.
type entity struct {
	key       string
	histories []history
	memories  []memory // by feature; nil for those that read histories
}

func (p *Plan) newEntity(key string) *entity {
	e := &entity{key: key, histories: make([]history, len(p.tracks)), memories: make([]memory, len(p.kinds))}
	for i, k := range p.kinds {
		if k.memory != nil {
			e.memories[i] = k.memory(p.specs[i])
		}
	}
	return e
}

// take returns the features of a row and keeps it.
func (p *Plan) take(e *entity, t int64, fields []float64) []float64 {
	out := make([]float64, len(p.kinds))
	value := func(column int) float64 {
		if column < 0 {
			return out[-column-1]
		}
		return number(fields[column])
	}
	for c := range p.tracks {
		if p.tracks[c].column >= 0 {
			e.push(p, c, t, value(p.tracks[c].column))
		}
	}
	for i := range p.kinds {
		out[i] = number(p.feature(e, i, t, value))
		for c := range p.tracks {
			if p.tracks[c].column == -i-1 {
				e.push(p, c, t, out[i])
			}
		}
	}
	return out
}

// push leaves missing values out, so a window of rows is one of rows with a value.
func (e *entity) push(p *Plan, track int, t int64, x float64) {
	if !math.IsNaN(x) {
		e.histories[track].push(t, x, p.tracks[track].keep)
	}
}

// feature computes one feature. A missing input gives NaN and leaves a memory as it
// is.
func (p *Plan) feature(e *entity, i int, t int64, value func(column int) float64) float64 {
	k := p.kinds[i]
	switch {
	case k.timeOnly:
		return k.read(p.specs[i], nil, t)
	case k.composed:
		return total(p.columns[i], value)
	}
	x := value(p.columns[i][0])
	switch {
	case math.IsNaN(x):
		return math.NaN()
	case k.memory != nil:
		return e.memories[i].step(t, x)
	case k.reads != nil:
		return k.reads(e.memories[-p.columns[i][0]-1].(*detecting).Detector)
	}
	return k.read(p.specs[i], &e.histories[p.history[i]], t)
}

// total adds the values that are not missing.
func total(columns []int, value func(int) float64) float64 {
	sum, any := 0.0, false
	for _, c := range columns {
		if x := value(c); !math.IsNaN(x) {
			sum, any = sum+x, true
		}
	}
	if !any {
		return math.NaN()
	}
	return sum
}

// encode writes key, histories and memories.
func (e *entity) encode(w *wire.Writer) {
	w.String(e.key)
	for i := range e.histories {
		e.histories[i].encode(w)
	}
	for _, m := range e.memories {
		if m != nil {
			m.encode(w)
		}
	}
}

func (p *Plan) decodeEntity(r *wire.Reader) *entity {
	e := p.newEntity(r.String())
	for i := range e.histories {
		e.histories[i].decode(r)
	}
	for _, m := range e.memories {
		if m != nil {
			m.decode(r)
		}
	}
	return e
}
