package demo

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/shuttle"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
)

// topAnomalies is how many anomalies the report shows.
const topAnomalies = 10

// report is what the demo found, all of it read back from the sink but for the
// rows learned in this run, which the project itself gives.
type report struct {
	RowsLearned   int64   `json:"rows_learned"`
	RowsScored    int     `json:"rows_scored"`
	RowsPerSecond float64 `json:"rows_per_second"`
	// ROCAUC and PRAUC (average precision) of the score against the true
	// labels; nil when the rows are all of one kind.
	ROCAUC *float64 `json:"roc_auc"`
	PRAUC  *float64 `json:"pr_auc"`
	// Quantiles of the score, nil when nothing was scored.
	Quantiles map[string]float64 `json:"quantiles"`

	rows      int
	took      time.Duration
	anomalous int // of the rows scored, by their true label
	flagged   int
	top       []prediction
}

// reportedQuantiles are the quantiles of the score that the report gives.
func reportedQuantiles() []float64 { return []float64{0.5, 0.9, 0.95, 0.98, 0.99} }

// newReport evaluates the predictions. Rows of which the demo does not know
// the truth count as scored and not for the areas.
func newReport(predictions []prediction, learned int64, took time.Duration) *report {
	r := &report{RowsLearned: learned, rows: len(predictions), took: took}
	r.RowsPerSecond = math.Round(float64(len(predictions)) / took.Seconds())
	var all, labelled []float64
	var truth []bool
	scored := make([]prediction, 0, len(predictions))
	for _, p := range predictions {
		if !p.scored {
			continue
		}
		scored = append(scored, p)
		all = append(all, p.score)
		if p.flagged {
			r.flagged++
		}
		if p.labelled {
			labelled = append(labelled, p.score)
			truth = append(truth, p.class != shuttle.NormalClass)
		}
	}
	r.RowsScored = len(scored)
	r.ROCAUC = finite(evaluation.ROCAUC(labelled, truth))
	r.PRAUC = finite(evaluation.AveragePrecision(labelled, truth))
	for _, positive := range truth {
		if positive {
			r.anomalous++
		}
	}
	slices.Sort(all)
	if len(all) > 0 {
		r.Quantiles = map[string]float64{}
		for _, q := range reportedQuantiles() {
			r.Quantiles[formatQuantile(q)] = quantile(all, q)
		}
	}
	slices.SortStableFunc(scored, func(a, b prediction) int { return cmp.Compare(b.score, a.score) })
	r.top = scored[:min(topAnomalies, len(scored))]
	return r
}

// writeJSON writes the report as one line of JSON.
func (r *report) writeJSON(w io.Writer) error {
	if err := json.NewEncoder(w).Encode(r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func formatQuantile(q float64) string { return strconv.FormatFloat(q, 'g', -1, 64) }

// finite returns nil for a measure that is not defined.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// quantile interpolates linearly between the order statistics of sorted, as
// numpy and R (type 7) do by default.
func quantile(sorted []float64, q float64) float64 {
	position := q * float64(len(sorted)-1)
	below := int(position)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (position-float64(below))*(sorted[above]-sorted[below])
}
