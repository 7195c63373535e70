package adaptive

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/logs"
)

// neighbours is a member for classes: what the nearest of the last rows were, in the scaled inputs of the
// linear members. Where classes lie in many small heaps that move, it knows of one after a few rows, which
// trees have to find by cuts in each input.
type neighbours struct {
	calibration calibration
	width       int       // columns of a row
	size        int       // rows that it has at most
	columns     []float64 // of each row, at its number less multiples of size
	classes     []int32   // none where there is no row
	weights     []float64
}

// Bounds of the rows that are searched: as many as nearValues allows, at most nearRows, of which nearest
// count. 1000 rows and 10 of them are usual for streams (MOA's kNN).
const (
	nearRows   = 1 << 10
	nearValues = 1 << 15
	nearest    = 10
)

// reset forgets all rows; the next ones have so many columns, of which the first is 1.
func (m *neighbours) reset(linear int) {
	m.width = linear - 1
	m.size = min(nearRows, max(nearValues/max(m.width, 1), 2*nearest))
	m.columns, m.weights = make([]float64, m.size*m.width), make([]float64, m.size)
	m.classes = make([]int32, m.size)
	for i := range m.classes {
		m.classes[i] = none
	}
}

// learn adds a row with its number.
func (m *neighbours) learn(row int64, x []float64, class int32, weight float64) {
	at := int(row % int64(m.size))
	copy(m.columns[at*m.width:], x[1:1+m.width])
	m.classes[at], m.weights[at] = class, weight
}

// score writes the logs of the shares of the classes among the nearest rows, less the largest, to p. The
// classes have one row in common besides.
func (m *neighbours) score(x, p []float64) {
	for k := range p {
		p[k] = 1 / float64(len(p))
	}
	for _, at := range m.search(x) {
		if at >= 0 {
			p[m.classes[at]] += m.weights[at]
		}
	}
	top := 0.0
	for _, v := range p {
		top = max(top, v)
	}
	for k, v := range p {
		p[k] = logs.Ln(v / top)
	}
}

// search returns the places of the nearest rows; none where there are fewer.
func (m *neighbours) search(x []float64) (places [nearest]int32) {
	var far [nearest]float64 // in ascending order
	for i := range far {
		far[i], places[i] = math.Inf(1), none
	}
	if len(x) <= m.width || len(m.classes) == 0 {
		return places
	}
	x = x[1 : 1+m.width]
	for row, class := range m.classes {
		if class == none {
			continue
		}
		sum := 0.0
		of := m.columns[row*m.width:][:len(x)]
		for i, v := range x {
			d := v - of[i]
			if sum += d * d; i&7 == 7 && sum >= far[nearest-1] {
				break
			}
		}
		if !(sum < far[nearest-1]) {
			continue
		}
		i := nearest - 1
		for ; i > 0 && far[i-1] > sum; i-- {
			far[i], places[i] = far[i-1], places[i-1]
		}
		far[i], places[i] = sum, int32(row)
	}
	return places
}

// predict writes the probabilities of the classes to p; equal ones before it has rows.
func (m *neighbours) predict(x, p []float64) {
	m.score(x, p)
	m.calibration.apply(p)
}

// clone returns a copy that learning from m leaves as it is.
func (m *neighbours) clone() *neighbours {
	if m == nil {
		return nil
	}
	out := *m
	out.columns, out.classes, out.weights = slices.Clone(m.columns), slices.Clone(m.classes), slices.Clone(m.weights)
	return &out
}

// gatherNear gives the neighbours the last rows of the ring anew.
func (p *Pool) gatherNear() {
	if p.near == nil || p.features == nil {
		return
	}
	p.near.reset(p.features.linear)
	x, room := make([]float64, p.features.columns), make([]float64, len(p.inputs))
	for row := max(p.ring.oldest(), p.ring.next-int64(p.near.size)); row < p.ring.next; row++ {
		slot := p.ring.slot(row)
		p.features.of(p.ring.row(row), x, room)
		p.near.learn(row, x, int32(p.ring.targets[slot]), p.ring.weights[slot])
	}
}

// nearOf returns the member that a pool of classes has beside linear ones.
func nearOf(s *Spec) *neighbours {
	if !s.Linear {
		return nil
	}
	return &neighbours{calibration: newCalibration()}
}
