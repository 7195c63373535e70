package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// strongestShown is how many contributions are shown with an anomaly.
const strongestShown = 3

// writeTable writes the report for people.
func (r *report) writeTable(w io.Writer) error {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "rows learned\t%d\n", r.RowsLearned)
	fmt.Fprintf(table, "rows scored\t%d\tof %d predictions\n", r.RowsScored, r.rows)
	fmt.Fprintf(table, "rows/s\t%.0f\t%.2f s from the first row sent to the last prediction stored\n", r.RowsPerSecond, r.took.Seconds())
	fmt.Fprintf(table, "ROC AUC\t%s\tagainst the true labels, %d of them anomalous\n", measure(r.ROCAUC), r.anomalous)
	fmt.Fprintf(table, "PR AUC\t%s\n", measure(r.PRAUC))
	for _, q := range reportedQuantiles() {
		if v, ok := r.Quantiles[formatQuantile(q)]; ok {
			fmt.Fprintf(table, "score quantile %s\t%.3f\n", formatQuantile(q), v)
		}
	}
	fmt.Fprintf(table, "flagged as anomalies\t%d\n", r.flagged)
	if err := table.Flush(); err != nil {
		return err
	}
	if len(r.top) > 0 {
		b.WriteString("\nTop anomalies (true class 1 is normal)\n")
		fmt.Fprintln(table, "score\tclass\twhat made it anomalous: attribute = value (share of the score)")
		for _, p := range r.top {
			fmt.Fprintf(table, "%.3f\t%s\t%s\n", p.score, truth(p), reasons(p))
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func measure(v *float64) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%.4f", *v)
}

func truth(p prediction) string {
	if !p.labelled {
		return "-"
	}
	return fmt.Sprint(p.class)
}

// reasons names the attributes that contributed most, with their values.
func reasons(p prediction) string {
	var row map[string]json.RawMessage
	if err := json.Unmarshal(p.row, &row); err != nil {
		return "-"
	}
	strongest := p.strongest(strongestShown)
	parts := make([]string, len(strongest))
	for i, name := range strongest {
		parts[i] = fmt.Sprintf("%s = %s (%.2f)", name, row[name], p.contributions[name])
	}
	return strings.Join(parts, ", ")
}
