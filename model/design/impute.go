package design

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
)

// maxImputePatterns bounds the presence patterns whose solution an imputer
// keeps. Rows of further ones get means.
const maxImputePatterns = 256

// Imputer fills in the terms that a row lacks by their expectation given those
// that it has, under a normal distribution of the learned covariance (E. M. L.
// Beale, R. J. A. Little, Missing values in multivariate analysis, JRSS-B 37,
// 1975). The regressions on the terms that are there are solved once per
// presence pattern.
type Imputer struct {
	n     int
	cross []float64

	// mu is held while a pattern is solved and added. Readers take no lock: they
	// load the map, which is never changed once it is stored.
	mu       sync.Mutex
	patterns atomic.Pointer[map[string]*imputePattern]
}

// imputePattern is what predicts the absent terms from the present ones.
type imputePattern struct {
	present, absent []int
	weights         []float64 // absent by present
}

// NewImputer keeps the covariance of the leading n terms.
func NewImputer(m *Moments, n int) *Imputer {
	p := &Imputer{n: n, cross: make([]float64, n*n)}
	for i := range n {
		for j := range n {
			p.cross[i*n+j] = m.At(i, j).Float()
		}
	}
	p.patterns.Store(&map[string]*imputePattern{})
	return p
}

// Complete fills in the NaN of row, which holds distances from the means.
// scratch is at least as long as the row.
// A known pattern costs present times absent multiplications and no allocation.
// A NaN stays where the pattern cannot be kept; the caller takes it as the mean.
func (p *Imputer) Complete(row, scratch []float64) {
	var mask [maxMaskBytes]byte
	bytes := (p.n + 7) / 8
	if bytes > len(mask) {
		return
	}
	for i, x := range row {
		if !math.IsNaN(x) {
			mask[i/8] |= 1 << (i % 8)
		}
	}
	pattern, ok := (*p.patterns.Load())[string(mask[:bytes])]
	if !ok {
		if pattern = p.learn(string(mask[:bytes])); pattern == nil {
			return
		}
	}
	k := len(pattern.present)
	values := scratch[:k]
	for a, i := range pattern.present {
		values[a] = row[i]
	}
	for b, i := range pattern.absent {
		sum := 0.0
		for a, w := range pattern.weights[b*k : (b+1)*k] {
			sum += w * values[a]
		}
		row[i] = sum
	}
}

// maxMaskBytes bounds the terms of a model that imputes: 4096.
const maxMaskBytes = 512

// learn solves a pattern and keeps it; nil at the capacity of maxImputePatterns.
func (p *Imputer) learn(mask string) *imputePattern {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := *p.patterns.Load()
	if pattern, ok := known[mask]; ok {
		return pattern
	}
	if len(known) >= maxImputePatterns {
		return nil
	}
	pattern := p.solve(mask)
	next := make(map[string]*imputePattern, len(known)+1)
	for k, v := range known {
		next[k] = v
	}
	next[mask] = pattern
	p.patterns.Store(&next)
	return pattern
}

// solve returns the weights S_ap S_pp^-1 of the absent terms a on the present ones
// p: the conditional expectation of a normal distribution. Present terms that
// others determine have weight 0, as the factorisation leaves them out.
func (p *Imputer) solve(mask string) *imputePattern {
	out := &imputePattern{}
	for i := range p.n {
		if mask[i/8]&(1<<(i%8)) != 0 {
			out.present = append(out.present, i)
		} else {
			out.absent = append(out.absent, i)
		}
	}
	k := len(out.present)
	out.weights = make([]float64, len(out.absent)*k)
	a := make([]float64, k*k)
	for x, i := range out.present {
		for y, j := range out.present {
			a[x*k+y] = p.cross[i*p.n+j]
		}
	}
	f, err := linalg.Factor(a, k, RcondDouble)
	if err != nil {
		return out // nothing is known of the absent ones: they get their means
	}
	rhs := make([]float64, k)
	for b, i := range out.absent {
		for x, j := range out.present {
			rhs[x] = p.cross[i*p.n+j]
		}
		copy(out.weights[b*k:], f.Solve(rhs))
	}
	return out
}
