package stats

import (
	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/kernel"
)

// chunk is what is added at a time: n rows, at most kernel.MaxRows.
type chunk struct {
	values  []float64
	stride  int
	columns []int32
	rows    []int32 // which rows of values, nil for the first n
	n       int
	weights []float64 // one per row of the chunk, nil for 1 each
	moments []*Moments

	forgotten bool // as of Rows.Forgotten
}

// blockScratch is the memory in which chunks are prepared. It grows with the
// chunks, so that a pattern of few rows takes little.
type blockScratch struct {
	rows   int // height that there is room for
	stride int // distance of panels
	// panels of all columns, with room for one more row
	plain, weighted, plainLow, weightedLow []float64
	// panels of four columns
	staged, centred, centredWeighted []float64
	weights                          []float64
	// one number per column
	sum, offset, scaleA, scaleB []float64

	splits kernel.Splits
	powers kernel.Powers
}

// scratchFor returns scratch for chunks of n rows.
func (c *Comoments) scratchFor(n int) *blockScratch {
	if c.scratch != nil && c.scratch.rows >= n {
		return c.scratch
	}
	rows := 8
	for rows < n {
		rows *= 2
	}
	panels := kernel.Panels(c.dim)
	s := &blockScratch{rows: rows, stride: (rows + 1) * kernel.Width}
	all, one, columns := panels*s.stride, rows*kernel.Width, panels*kernel.Width
	memory := make([]float64, 4*all+3*one+rows+4*columns)
	take := func(n int) []float64 {
		part := memory[:n:n]
		memory = memory[n:]
		return part
	}
	s.plain, s.weighted, s.plainLow, s.weightedLow = take(all), take(all), take(all), take(all)
	s.staged, s.centred, s.centredWeighted = take(one), take(one), take(one)
	s.weights = take(rows)
	s.sum, s.offset, s.scaleA, s.scaleB = take(columns), take(columns), take(columns), take(columns)
	c.scratch = s
	return s
}

// everyColumn returns the columns in order.
func (c *Comoments) everyColumn() []int32 {
	for len(c.all) < c.dim {
		c.all = append(c.all, int32(len(c.all)))
	}
	return c.all
}

// gatherWeights sets the weights of the chunk's rows.
func (k *chunk) gatherWeights(weights []float64, s *blockScratch) {
	if len(weights) == 0 {
		return
	}
	k.weights = s.weights[:k.n]
	for i, r := range k.rows {
		k.weights[i] = weights[r]
	}
}

// weight returns the weight of the chunk.
func (k *chunk) weight() dd.Number {
	if k.weights == nil {
		return dd.FromFloat(float64(k.n))
	}
	var sum, low float64
	for _, w := range k.weights {
		s, e := dd.TwoSum(sum, w)
		sum = s
		low += e
	}
	return dd.Sum(sum, low)
}

// source returns the columns of panel p: in place where they are neighbours
// and the rows too, else copied.
func (k *chunk) source(p int, s *blockScratch) kernel.Source {
	columns := k.columns[p*kernel.Width:]
	columns = columns[:min(len(columns), kernel.Width)]
	src := kernel.Source{Stride: k.stride, Rows: k.n, Columns: len(columns), Weights: k.weights}
	first := int(columns[0])
	if neighbours(columns) && ascending(k.rows) {
		if k.rows != nil {
			first += int(k.rows[0]) * k.stride
		}
		src.Values = k.values[first:]
		return src
	}
	src.Values, src.Stride = s.staged, kernel.Width
	for i := range k.n {
		row := i
		if k.rows != nil {
			row = int(k.rows[i])
		}
		from := k.values[row*k.stride:][:k.stride]
		to := s.staged[i*kernel.Width:][:kernel.Width]
		for j, c := range columns {
			to[j] = from[c]
		}
	}
	return src
}

// neighbours reports whether each number is one more than that before it.
func neighbours(v []int32) bool {
	for i := 1; i < len(v); i++ {
		if v[i] != v[i-1]+1 {
			return false
		}
	}
	return true
}

// ascending reports whether rows are neighbours, without reading all of those
// that are in order, as the rows of a pattern are, and distinct.
func ascending(rows []int32) bool {
	return len(rows) == 0 || int(rows[len(rows)-1]-rows[0]) == len(rows)-1 && neighbours(rows)
}
