package model

// Model is what a definition has been built into. It never changes and is safe
// for concurrent use.
type Model interface {
	// Inputs returns the names of the attributes that count, in the order of
	// the contributions. It must not be changed.
	Inputs() []string
	// Predict fills result for one encoded row: values as the numeric columns
	// of the layout that the model was built under, NaN for missing, and codes
	// as its categorical ones. Rows of a later layout may be longer. Nothing
	// is allocated once result has been used.
	Predict(values []float64, codes []int32, result *Result)
	// MinRows is how many rows must have been learned before a result means
	// anything.
	MinRows() float64
}

// Result is what Predict fills in; it is reused from row to row.
type Result struct {
	// Score is an anomaly model's: 0 or more, higher is stranger, always finite.
	Score float64
	// Contributions is each input's part of the score; they add up to it.
	Contributions []float64
}

// resize makes room for n contributions.
func (r *Result) resize(n int) {
	if cap(r.Contributions) < n {
		r.Contributions = make([]float64, n)
	}
	r.Contributions = r.Contributions[:n]
}
