package forest

// Predict fills p with the probabilities of the classes for a row: the mean over
// all prunings of the leaf's (prior + counts) / total.
func Predict(f *Frame, c *Counts, w *Weights, row, p []float64) {
	clear(p)
	rest, at := 1.0, int32(0)
	var room [64]float64
	alpha := room[:0]
	for {
		share := rest * w.Stop[at]
		alpha = f.prior(at, c.classes, alpha)
		counts, total := c.At(at), 0.0
		for k := range alpha {
			alpha[k] += counts[k]
			total += alpha[k]
		}
		for k := range alpha {
			p[k] += share * alpha[k] / total
		}
		rest -= share
		n := &f.nodes[at]
		if n.left == 0 || rest < 1e-9 {
			return
		}
		at = n.next(row)
	}
}
