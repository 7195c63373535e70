package evaluation

import (
	"math"
	"slices"
	"sort"
)

// ROCAUC returns the area under the receiver operating characteristic: the
// probability that a positive scores higher than a negative, ties counting
// half (Mann and Whitney 1947). NaN when one class is missing, the lengths
// differ or a score is NaN.
// It sorts, so it costs n log n for n scores. Neither slice is changed.
func ROCAUC(scores []float64, positive []bool) float64 {
	order := ranking(scores, positive)
	if order == nil {
		return math.NaN()
	}
	var positives, rankSum float64
	for i := 0; i < len(order); {
		j := i
		inTie := 0.0
		for ; j < len(order) && scores[order[j]] == scores[order[i]]; j++ {
			if positive[order[j]] {
				inTie++
			}
		}
		positives += inTie
		rankSum += inTie * (float64(i+j+1) / 2) // mean of the ranks i+1 to j
		i = j
	}
	negatives := float64(len(order)) - positives
	if positives == 0 || negatives == 0 {
		return math.NaN()
	}
	return (rankSum - positives*(positives+1)/2) / (positives * negatives)
}

// AveragePrecision returns the area under the precision-recall curve as the
// sum of precision times gain in recall over the distinct thresholds, as
// scikit-learn's average_precision_score does. NaN when there is no positive,
// the lengths differ or a score is NaN.
// It is not interpolated: the trapezoid between thresholds is too optimistic (Davis
// and Goadrich, ICML 2006). It sorts, so it costs n log n for n scores.
func AveragePrecision(scores []float64, positive []bool) float64 {
	order := ranking(scores, positive)
	if order == nil {
		return math.NaN()
	}
	slices.Reverse(order)
	total := 0.0
	for _, p := range positive {
		if p {
			total++
		}
	}
	if total == 0 {
		return math.NaN()
	}
	var found, area float64
	for i := 0; i < len(order); {
		j, before := i, found
		for ; j < len(order) && scores[order[j]] == scores[order[i]]; j++ {
			if positive[order[j]] {
				found++
			}
		}
		area += (found - before) / total * (found / float64(j))
		i = j
	}
	return area
}

// ranking returns the indices in ascending order of the scores, nil when there
// are none, the lengths differ or a score is NaN, which has no rank.
func ranking(scores []float64, positive []bool) []int {
	if len(scores) == 0 || len(scores) != len(positive) || slices.ContainsFunc(scores, math.IsNaN) {
		return nil
	}
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(a, b int) bool { return scores[order[a]] < scores[order[b]] })
	return order
}
