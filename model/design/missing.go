package design

// Ways to complete a row that lacks inputs, and to read statistics of rows
// that lack values.
const (
	ImputeMean        = "mean"
	ImputeConditional = "conditional"
	MissingPairwise   = "pairwise"
	MissingComplete   = "complete"
)
