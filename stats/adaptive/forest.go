package adaptive

import "math"

// settings say how a forest forgets.
type settings struct {
	halfLife  float64 // in rows; 0 never forgets
	renewed   int64   // each tree is grown anew every so many rows; 0 never
	from      int64   // the last rows that it is grown anew from
	splitRows int
	maxNodes  int
}

// forest is a member: trees that forget alike.
type forest struct {
	settings
	trees []*tree
	// fade is 2^(-age/halfLife) by age in rows, as far as it matters often.
	fade []float64
	rate float64 // ln 2 / halfLife
}

// settingsOf are those of the forests of a pool. A short memory follows what changes every
// few rows, a long one knows more.
func settingsOf(s *Spec) []settings {
	return []settings{
		{splitRows: s.SplitRows, maxNodes: s.MaxNodes},
		{halfLife: 200, renewed: 5000, from: 1000, splitRows: s.SplitRows, maxNodes: s.MaxNodes},
		{halfLife: 50, renewed: 1000, from: 1000, splitRows: s.SplitRows, maxNodes: s.MaxNodes},
		{halfLife: 20, renewed: 100, from: 120, splitRows: max(2, s.SplitRows/2), maxNodes: s.MaxNodes},
	}
}

// fadeTable is how many ages have their weight in a table.
const fadeTable = 1 << 10

func newForest(s settings) *forest {
	f := &forest{settings: s}
	if s.halfLife > 0 {
		f.rate = math.Ln2 / s.halfLife
		f.fade = make([]float64, fadeTable)
		for age := range f.fade {
			f.fade[age] = f.fades(int64(age))
		}
	}
	return f
}

// fades returns the weight of what has the age.
func (f *forest) fades(age int64) float64 { return math.Exp(-f.rate * float64(age)) }

// fadeOf returns the weight of what has the age; 1 where nothing fades.
func (f *forest) fadeOf(age int64) float64 {
	switch {
	case f.fade == nil || age <= 0:
		return 1
	case age < fadeTable:
		return f.fade[age]
	}
	return f.fades(age)
}

// nodes returns the number of nodes of all trees.
func (f *forest) nodes() int {
	n := 0
	for _, t := range f.trees {
		n += len(t.nodes)
	}
	return n
}
