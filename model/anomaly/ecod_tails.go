package anomaly

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ownWeight is the weight of the scored row itself, which is counted on both
// sides of every value: a tail probability is never 0, and PyOD, which puts the
// rows that it scores to those that it was fitted on, does the same.
const ownWeight = 1

// tailScore turns the shares of the rows, the scored one counted, with a value
// of at most and of at least that of a numeric column into a score, given the
// sign of the column's skewness.
type tailScore func(left, right, skew float64) float64

// tailTable is the scores of a numeric column by its value. Within a bin of the
// histogram the score goes evenly from that at its lower edge to that at its
// upper one.
type tailTable struct {
	column int
	bins   []tailBin // ascending
	below  float64   // score below the first bin
	// far has the farther tails, parallel to bins; nil where they are not asked
	// for.
	far      []tailBin
	farBelow float64
	// skewness is NaN where nothing is known.
	skewness float64
	// guide narrows the search for a bin: the range from low is cut into cells,
	// and a value in cell c is in bins guide[c] to guide[c+1].
	guide        []int32
	low, perUnit float64
}

type tailBin struct {
	lo, hi      float64
	atLo, slope float64 // score at lo, and by how much it grows per unit
	after       float64 // score from hi to the next bin
}

// cellsPerBin is into how many cells per bin the middle of the distribution is
// cut: with so many most cells are in one bin, and nothing is left to search,
// which would cost a mispredicted branch or two; mostCells bounds them.
const (
	cellsPerBin = 4
	mostCells   = 4096
)

// newTailTable reads the table off a histogram; withFar asks for the farther
// tails as well.
func newTailTable(s *stats.Summary, column int, score tailScore, withFar bool) tailTable {
	t := tailTable{column: column, skewness: s.Moments(column).Skewness()}
	var bins []stats.Bin
	all := 0.0
	for b := range s.Histogram(column).Bins() {
		bins = append(bins, b)
		all += b.Weight
	}
	skew := 0.0
	switch g := t.skewness; {
	case g > 0:
		skew = 1
	case g < 0:
		skew = -1
	}
	t.bins, t.below = tailBins(bins, all, skew, score)
	if withFar {
		t.far, t.farBelow = tailBins(bins, all, skew, fartherTail)
	}
	if len(bins) > 0 {
		t.guideOver(s.Histogram(column).Quantile(0.001), s.Histogram(column).Quantile(0.999))
	}
	return t
}

// tailBins returns the scores of the bins, of weight all together, and that
// below the first.
func tailBins(bins []stats.Bin, all, skew float64, score tailScore) (out []tailBin, below float64) {
	at := func(left, right float64) float64 {
		own := 1 / (all + ownWeight)
		// rounding must not make it negative
		return max(0, score((left+ownWeight)*own, (right+ownWeight)*own, skew))
	}
	before := 0.0
	for i, b := range bins {
		upTo := before + b.Weight
		bin := tailBin{lo: b.Lo, hi: b.Hi, after: at(upTo, all-upTo)}
		if isSpike(bins, i, all) {
			bin.atLo = at(upTo, all-before)
		} else {
			bin.atLo = at(before, all-before)
			bin.slope = (bin.after - bin.atLo) / (b.Hi - b.Lo)
		}
		out, before = append(out, bin), upTo
	}
	return out, at(0, all)
}

// What makes a bin a spike: so many times the weight that its neighbours'
// densities suggest, and at least that share of the rows.
const (
	spikeFactor = 4
	spikeShare  = 0.005
)

// isSpike reports whether bin i stands out from both neighbours: one of a single
// value does, and one where a value that occurs again and again must hide among
// others. Spreading its weight evenly over the bin would halve its tails.
func isSpike(bins []stats.Bin, i int, all float64) bool {
	width := bins[i].Hi - bins[i].Lo
	if width == 0 {
		return true
	}
	density := 0.0
	if i > 0 && bins[i-1].Hi == bins[i].Lo && bins[i-1].Lo < bins[i-1].Hi {
		density = bins[i-1].Weight / (bins[i-1].Hi - bins[i-1].Lo)
	}
	if i+1 < len(bins) && bins[i+1].Lo == bins[i].Hi && bins[i+1].Lo < bins[i+1].Hi {
		density = max(density, bins[i+1].Weight/(bins[i+1].Hi-bins[i+1].Lo))
	}
	return bins[i].Weight >= spikeShare*all && bins[i].Weight > spikeFactor*density*width
}

// guideOver lays the cells of the guide between two values. Which cell a value
// is in does not fall as the value grows, however it is rounded, so a bin whose
// lower edge is in a lower cell begins below the value.
func (t *tailTable) guideOver(low, high float64) {
	cells := min(cellsPerBin*len(t.bins), mostCells)
	t.low, t.perUnit = low, float64(cells)/(high-low)
	if !(t.perUnit > 0) || math.IsInf(t.perUnit, 0) {
		t.perUnit = 0 // all in one cell
	}
	t.guide = make([]int32, cells+1)
	bin := 0
	for c := range t.guide {
		for bin+1 < len(t.bins) && t.cell(t.bins[bin+1].lo) < c {
			bin++
		}
		t.guide[c] = int32(bin)
	}
}

// cell returns the cell of the guide that a number is in.
func (t *tailTable) cell(x float64) int {
	at := (x - t.low) * t.perUnit
	if !(at > 0) { // also where an infinity meets no width
		return 0
	}
	return int(min(at, float64(len(t.guide)-2)))
}

// score returns the score of a row's value, 0 where it has none or nothing is
// known of the column, and how far out it lies: the score of the farther tail
// where the table has it, else the score again.
func (t *tailTable) score(values []float64) (score, far float64) {
	if t.column >= len(values) || len(t.bins) == 0 {
		return 0, 0
	}
	x := values[t.column]
	if math.IsNaN(x) {
		return 0, 0
	}
	c := t.cell(x)
	i := int(t.guide[c])
	for n := int(t.guide[c+1]) - i + 1; n > 1; {
		half := n >> 1
		if t.bins[i+half].lo <= x {
			i += half
		}
		n -= half
	}
	score = t.bins[i].at(x, t.below)
	if t.far == nil {
		return score, score
	}
	return score, t.far[i].at(x, t.farBelow)
}

// at returns the score of a value in the bin, or between it and the next one,
// or below it, where it is the first.
func (b *tailBin) at(x, below float64) float64 {
	switch {
	case x < b.lo:
		return below
	case x < b.hi || x == b.lo:
		return b.atLo + b.slope*(x-b.lo)
	default:
		return b.after
	}
}

// codeTails gives -ln of the share of the rows whose value of a categorical
// column is as rare as a given one or rarer: its tail probability.
type codeTails struct {
	column int
	scores []float64 // by code
	unseen float64
}

// Codes have no order, so the tail is by frequency. It costs the square of the
// number of values, which max_categories bounds.
func newCodeTails(counts *stats.Categories, column, values int) codeTails {
	t := codeTails{column: column, scores: make([]float64, values+1)}
	total := counts.Total() + ownWeight
	for code := range t.scores {
		own, rarer := counts.Count(int32(code)), 0.0
		for other := range t.scores {
			if w := counts.Count(int32(other)); w <= own {
				rarer += w
			}
		}
		t.scores[code] = max(0, -math.Log((rarer+ownWeight)/total))
	}
	t.unseen = max(0, -math.Log(ownWeight/total))
	return t
}

func (t *codeTails) score(codes []int32) float64 {
	if t.column >= len(codes) || codes[t.column] == stats.Missing {
		return 0
	}
	if code := codes[t.column]; code >= 0 && int(code) < len(t.scores) {
		return t.scores[code]
	}
	return t.unseen
}

// stepCounts multiplies the scores of all other values where only one has been
// seen.
func (t *tailTable) stepCounts(times float64) {
	for _, bins := range []struct {
		list  []tailBin
		below *float64
	}{{t.bins, &t.below}, {t.far, &t.farBelow}} {
		if len(bins.list) == 1 && bins.list[0].lo == bins.list[0].hi {
			bins.list[0].after *= times
			*bins.below *= times
		}
	}
}

// stepCounts multiplies the scores of all other values where only one has been
// seen.
func (t *codeTails) stepCounts(times float64) { stepCounts(t.scores, &t.unseen, times) }

// stepCounts multiplies the scores that are not 0, and that of an unseen value,
// where all scores but one are that.
func stepCounts(scores []float64, unseen *float64, times float64) {
	others := 0
	for _, x := range scores {
		if x == *unseen {
			others++
		}
	}
	if others != len(scores)-1 {
		return
	}
	for i, x := range scores {
		if x == *unseen {
			scores[i] *= times
		}
	}
	*unseen *= times
}
