package stats

import (
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
)

// LikelihoodSpec says which rows the likelihood of a model is kept of, from when the
// model is defined.
type LikelihoodSpec struct {
	// Key finds it again. Models that need the same share it.
	Key    string
	Family likelihood.Family
	// Level is the quantile of that family.
	Level  float64
	Target string
	// Selects says which attributes are inputs; the target, offset and weights are none.
	Selects func(attribute string) bool
	// Offset is an attribute that is added to the first predictor, and Weights one by
	// which rows are weighted; empty for none.
	Offset, Weights string
	// Complete says that rows that lack an input are left out.
	Complete bool
	// Rows is how many rows that differ are kept as they are, before their sums are
	// expanded.
	Rows int
}

// LikelihoodUse is a likelihood that rows are learned into: as they are while there is no
// frame.
type LikelihoodUse struct {
	LikelihoodSpec
	Frame *LikelihoodFrame // nil before it is settled
}

// Likelihoods keep, for each model that needs it, the log-likelihood of the rows learned
// since it was defined: the rows themselves while few differ, and then sums
// ([LikelihoodSums]). Both add, subtract and decay exactly. What is subtracted and was
// learned before is not in them: then they end at nothing.
type Likelihoods struct {
	parts []likelihoodPart // by key
}

// likelihoodPart is of one key.
type likelihoodPart struct {
	key  string
	use  *LikelihoodUse // nil where nothing is learned
	rows *LikelihoodRows
	sums []*LikelihoodSums // by ID
	left float64           // weight of the rows that were left out

	columns *likelihoodColumns
}

// overfull is how many times the rows of a spec a part keeps at most while there is no
// frame.
const overfull = 16

// Likelihood is what is kept for one key, to be read and not changed.
type Likelihood struct {
	Rows *LikelihoodRows
	Sums []*LikelihoodSums
	// Left is the weight of the rows that were left out: without the target, or one that
	// the family does not take, without an offset, weight or, where asked for, an input.
	Left float64
	// Cells says that the rows are the joint cells of a summary: see
	// Summary.LikelihoodOfCells. Pooled is what the log-likelihood and the sum of y log y
	// lack where counts of a cell are one row, at their mean.
	Cells  bool
	Pooled PooledCounts
}

// PooledCounts are sums over counts less those that are had of their means: of log y!
// and y log y.
type PooledCounts struct{ LogFactorial, YLogY float64 }

// Weight returns the weight of the rows that count.
func (l *Likelihood) Weight() float64 {
	w := l.Rows.total()
	for _, s := range l.Sums {
		w += s.Weight
	}
	return w
}

// Of returns what is kept for a key; nil where nothing is.
func (l *Likelihoods) Of(key string) *Likelihood {
	if l == nil {
		return nil
	}
	at, found := l.find(key)
	if !found {
		return nil
	}
	p := &l.parts[at]
	return &Likelihood{Rows: p.rows, Sums: p.sums, Left: p.left}
}

func (l *Likelihoods) find(key string) (int, bool) {
	return slices.BinarySearchFunc(l.parts, key, func(p likelihoodPart, key string) int { return strings.Compare(p.key, key) })
}

// part returns what is kept for a key, which begins empty.
func (l *Likelihoods) part(key string) *likelihoodPart {
	at, found := l.find(key)
	if !found {
		l.parts = slices.Insert(l.parts, at, likelihoodPart{key: key, rows: &LikelihoodRows{}})
	}
	return &l.parts[at]
}

// Keys returns the keys for which something is kept, ascending.
func (l *Likelihoods) Keys() []string {
	var out []string
	for i := range l.parts {
		out = append(out, l.parts[i].key)
	}
	return out
}

// Following returns a copy, which shares what is kept, that learns rows into the uses; of
// the keys that gone names nothing is left.
func (l *Likelihoods) Following(uses []LikelihoodUse, gone func(key string) bool) *Likelihoods {
	out := &Likelihoods{}
	if l != nil {
		out.parts = slices.Clone(l.parts)
	}
	out.parts = slices.DeleteFunc(out.parts, func(p likelihoodPart) bool { return gone(p.key) })
	for i := range out.parts {
		out.parts[i].use = nil
	}
	for i := range uses {
		p := out.part(uses[i].Key)
		p.use, p.columns = &uses[i], nil
	}
	return out
}

// Learn adds rows that have passed Validate. It cannot fail: a row of which a sum would
// leave the range of numbers is left out.
func (l *Likelihoods) Learn(layout *Layout, rows *Rows) {
	for i := range l.parts {
		if p := &l.parts[i]; p.use != nil && rows.N > 0 {
			p.learn(layout, rows)
		}
	}
}

// learn adds rows as they are, or to sums where there is a frame.
func (p *likelihoodPart) learn(layout *Layout, rows *Rows) {
	if p.columns == nil || p.columns.layout != layout {
		p.columns = bindLikelihood(layout, p.use)
	}
	if p.use.Frame != nil {
		p.settle(p.use.Frame)
		p.learnSums(rows)
		return
	}
	p.learnRows(rows)
}

// settle adds the rows that are kept as they are to the sums of a frame.
func (p *likelihoodPart) settle(f *LikelihoodFrame) {
	if p.rows.Len() == 0 {
		return
	}
	p.addTimes(f, p.rows)
	p.rows = &LikelihoodRows{}
}

// addTimes adds rows to the sums of a frame.
func (p *likelihoodPart) addTimes(f *LikelihoodFrame, rows *LikelihoodRows) {
	b := newLikelihoodBlock(f)
	names := []string{f.Target, f.Offset}
	for i := range f.Inputs {
		names = append(names, f.Inputs[i].Name)
	}
	left, all := 0.0, 0.0
	rows.Each(names, func(values []LikelihoodValue, weight float64) {
		all += weight
		if !b.add(values[0], values[1], values[2:], weight) {
			left += weight
		}
	})
	p.addBlock(b, left, all)
}

// addBlock adds a block to the sums of its frame; where they would leave the range of
// numbers all its rows are left out.
func (p *likelihoodPart) addBlock(b *likelihoodBlock, left, all float64) {
	at, found := p.findSums(b.sums.id)
	if b.sums.Weight > 0 {
		s := newLikelihoodSums(b.frame)
		if found {
			s = p.sums[at].clone()
		}
		switch {
		case !b.addTo(s):
			left = all
		case found:
			p.sums[at] = s
		default:
			p.sums = slices.Insert(p.sums, at, s)
		}
	}
	p.left += left
}

func (p *likelihoodPart) findSums(id string) (int, bool) {
	return slices.BinarySearchFunc(p.sums, id, func(s *LikelihoodSums, id string) int { return strings.Compare(s.id, id) })
}

// learnSums expands rows at the point of the frame.
func (p *likelihoodPart) learnSums(rows *Rows) {
	b, c := newLikelihoodBlock(p.use.Frame), p.columns
	left, all := 0.0, 0.0
	for i := range rows.N {
		w := rows.Weight(i)
		all += w
		of, ok := c.weight(rows.Row(i))
		if !ok || !b.add(c.target.of(rows, i), c.offset.of(rows, i), c.of(rows, i), w*of) {
			left += w
		}
	}
	p.addBlock(b, left, all)
}

// learnRows keeps rows as they are.
func (p *likelihoodPart) learnRows(rows *Rows) {
	c, l := p.columns, p.rows
	var key []byte
	for i := range rows.N {
		w := rows.Weight(i)
		of, ok := c.weight(rows.Row(i))
		target := c.target.of(rows, i)
		if target.Kind == LikelihoodMissing || !ok || p.use.Offset != "" && c.offset.of(rows, i).Kind != LikelihoodNumber {
			p.left += w
			continue
		}
		values := c.all(rows, i)
		l.have(c.present(values))
		key = c.key(key[:0], l.names, values)
		if !l.add(key, w*of, overfull*max(p.use.Rows, 1)) {
			p.left += w
		}
	}
}
