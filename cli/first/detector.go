package first

import (
	"fmt"
	"slices"
)

// countedRows is up to how many rows of a file are counted. From there on the defaults
// of a threshold fit.
const countedRows = 4 * usualWarmUp

// The defaults of a threshold, for streams.
const (
	usualWarmUp = 1000
	usualAlpha  = 0.001
	fewAlpha    = 0.01 // where there are too few rows to say what one of 1000 is
)

// shareToWarmUp is the share of the rows of a file after which alarms begin.
const shareToWarmUp = 4

// Bounds for few rows: a threshold needs some scores, and the usual min_rows of a
// detector is for streams.
const (
	leastWarmUp   = 8
	usualMinRows  = 32
	shareToScores = 8 // of the rows, before the first is scored
)

// rowsPerColumn is how many rows before the first score make covariances worth having.
const rowsPerColumn = 4

// detector is the anomaly model that init chooses, its threshold, and why.
type detector struct {
	Type    string
	MinRows int // 0 for the default
	Alpha   float64
	WarmUp  int
	Why     []string // lines of a comment
	// Batch is how many rows of a table are read together.
	Batch int
}

// numeric are the types of attributes that detectors of numbers take.
var numeric = []string{"continuous", "binary", "timestamp"}

// chooseDetector fits the detector to the rows that the file has, as far as they
// were counted, and to the attributes of its first rows.
//
// A score of hba is bounded by the logarithm of the rows, and usual rows differ by as
// much when they have some attributes more: a single wild number is not found in it
// before there are very many rows. The distance from the centre has no bound. hba is
// for categories, and for topics, of which nothing is known.
func chooseDetector(rows int, p *preview) detector {
	d := detector{Type: "hba", Alpha: usualAlpha, WarmUp: usualWarmUp, Batch: 100}
	if p == nil {
		d.Why = []string{"hba takes numbers and categories, as nothing is known of the attributes yet."}
		return d
	}
	numbers, categories := 0, 0
	for i := range p.Attributes {
		if p.Attributes[i].Type == "categorical" {
			categories++
		}
		if slices.Contains(numeric, p.Attributes[i].Type) {
			numbers++
		}
	}
	scoredFrom := usualMinRows
	if rows < countedRows {
		d.Alpha = fewAlpha
		d.WarmUp = max(leastWarmUp, rows/shareToWarmUp)
		d.Batch = min(100, max(1, rows/20))
		if scoredFrom = min(usualMinRows, max(leastWarmUp, rows/shareToScores)); scoredFrom < usualMinRows {
			d.MinRows = scoredFrom
		}
	}
	switch {
	case numbers == 0:
		d.Why = []string{"hba counts how rare the categories of a row are; there are no numbers."}
	case max(scoredFrom, d.WarmUp) < rowsPerColumn*numbers:
		d.Type = "zscore"
		d.Why = []string{fmt.Sprintf("zscore measures how far the %d numbers of a row are out, each by itself: the covariances", numbers), "that mahalanobis needs take more rows."}
	default:
		d.Type = "mahalanobis"
		d.Why = []string{"mahalanobis measures how far a row is out in its numbers, and in their combination."}
	}
	if numbers > 0 && categories > 0 {
		d.Why = append(d.Why, fmt.Sprintf("The %d attributes with categories do not count in it: a category that is rare is found by a", categories), "model of type hba or ensemble (docs/anomaly.md), which takes more rows to find a wild number.")
	}
	return d
}

// Model returns the fields of the model's definition after its name.
func (d detector) Model() string {
	if d.MinRows == 0 {
		return "type: " + d.Type
	}
	return fmt.Sprintf("type: %s, options: { min_rows: %d }", d.Type, d.MinRows)
}

// Threshold returns the settings of the threshold.
func (d detector) Threshold() string {
	return fmt.Sprintf("{ method: evt, alpha: %v, warm_up: %d }", d.Alpha, d.WarmUp)
}

// Begins says when alarms begin and how many to expect.
func (d detector) Begins() string {
	return fmt.Sprintf("alarms begin after %d scores, for about one usual row in %.0f", d.WarmUp, 1/d.Alpha)
}
