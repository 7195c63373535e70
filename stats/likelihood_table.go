package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"

// LikelihoodTable are rows as the terms of a frame: what a likelihood is maximised on.
type LikelihoodTable struct {
	frame  *LikelihoodFrame
	block  *likelihoodBlock
	z      []float64 // row by row, 1 for the intercept last
	y      []float64
	offset []float64
	weight []float64
	// Left is the weight of the rows that the frame does not take.
	Left float64
}

// NewLikelihoodTable reads the rows of a likelihood under a frame.
func NewLikelihoodTable(f *LikelihoodFrame, rows *LikelihoodRows) *LikelihoodTable {
	t := &LikelihoodTable{frame: f, block: newLikelihoodBlock(f)}
	names := []string{f.Target, f.Offset}
	for i := range f.Inputs {
		names = append(names, f.Inputs[i].Name)
	}
	rows.Each(names, func(values []LikelihoodValue, weight float64) {
		y, ok := f.outcome(values[0])
		if !ok || !f.expand(values[2:], t.block.z) || f.Offset != "" && values[1].Kind != LikelihoodNumber {
			t.Left += weight
			return
		}
		t.z = append(t.z, t.block.z...)
		t.y, t.offset, t.weight = append(t.y, y), append(t.offset, values[1].Number), append(t.weight, weight)
	})
	return t
}

// Smoothed returns the table under another bandwidth of its kernel; it shares the rows.
func (t *LikelihoodTable) Smoothed(bandwidth float64) *LikelihoodTable {
	f, out := *t.frame, *t
	f.Kernel.Bandwidth = bandwidth
	out.frame = &f
	out.block = newLikelihoodBlock(&f)
	return &out
}

// Sharp returns the table under the check loss itself; it shares the rows.
func (t *LikelihoodTable) Sharp() *LikelihoodTable {
	out := t.Smoothed(t.frame.Kernel.Bandwidth)
	out.frame.Kernel.Sharp = true
	return out
}

// Sums returns the rows as sums about the origin of the frame, expanded at its point; nil
// where there are no rows or a sum leaves the range of numbers.
func (t *LikelihoodTable) Sums() *LikelihoodSums {
	if len(t.y) == 0 {
		return nil
	}
	b, out := newLikelihoodBlock(t.frame), newLikelihoodSums(t.frame)
	width := len(b.z)
	for i, y := range t.y {
		copy(b.z, t.z[i*width:(i+1)*width])
		b.addRow(y, t.offset[i], t.weight[i])
	}
	if !b.addTo(out) {
		return nil
	}
	return out
}

// Rows returns how many rows the table has.
func (t *LikelihoodTable) Rows() int { return len(t.y) }

// At returns the sums of all rows about parameters, to the second degree. They are
// overwritten by the next call.
func (t *LikelihoodTable) At(parameters []float64) *LikelihoodSums {
	f := *t.frame
	f.Point = parameters
	b := t.block
	b.frame = &f
	b.sums = &LikelihoodSums{Frame: &f, Quadratic: newPolynomial(len(parameters), false), Products: make([]float64, len(b.sums.Products)), Outcomes: make([]float64, len(b.sums.Outcomes))}
	if t.frame.Kernel.Family == likelihood.Gamma {
		b.sums.Pearson = newPolynomial(len(parameters), false)
	}
	width := len(b.z)
	for i, y := range t.y {
		copy(b.z, t.z[i*width:(i+1)*width])
		b.addRow(y, t.offset[i], t.weight[i])
	}
	return b.sums
}

// Each calls visit with the terms, the target, the offset and the weight of each row. The
// terms must not be kept.
func (t *LikelihoodTable) Each(visit func(z []float64, y, offset, weight float64)) {
	width := len(t.block.z)
	for i, y := range t.y {
		visit(t.z[i*width:(i+1)*width], y, t.offset[i], t.weight[i])
	}
}
