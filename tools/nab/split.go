package nab

// split returns the score when the threshold of each half of the series (even
// and odd, in order of name) is the one that is best on the other half: what a
// threshold is worth on series that it was not chosen on.
func (c *dataSet) split(scores [][]float64, p profile) (float64, error) {
	var halves [2]dataSet
	var parts [2][][]float64
	for i := range c.Series {
		halves[i%2].Series = append(halves[i%2].Series, c.Series[i])
		parts[i%2] = append(parts[i%2], scores[i])
	}
	var sum, windows float64
	for h := range halves {
		best, err := halves[1-h].optimise(parts[1-h], p)
		if err != nil {
			return 0, err
		}
		here, err := halves[h].at(parts[h], p, best.Threshold)
		if err != nil {
			return 0, err
		}
		n := float64(halves[h].windows())
		sum, windows = sum+n*here.Score, windows+n
	}
	return sum / windows, nil
}

// at returns the result at a threshold.
func (c *dataSet) at(scores [][]float64, p profile, threshold float64) (result, error) {
	results, err := c.sweep(scores, p)
	if err != nil {
		return result{}, err
	}
	out := results[0]
	for _, r := range results {
		if r.Threshold >= threshold {
			out = r
		}
	}
	return out, nil
}
