package demo

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
)

// messages are four predictions: the anomalous rows 1 and 3 have the highest
// and the lowest score, the last one failed and was not scored.
func messages() []string {
	return []string{
		`{"s1":7,"class":5,"sml":{"hba1":{"score":9,"is_anomaly":true,"contributions":{"s1":2,"s2":6,"s3":1}}}}`,
		`{"s1":1,"class":1,"sml":{"hba1":{"score":2,"is_anomaly":false}}}`,
		`{"s1":2,"class":2,"sml":{"hba1":{"score":1,"is_anomaly":false}}}`,
		`{"s1":3,"class":1,"sml":{"hba1":{"score":3,"is_anomaly":false}}}`,
		`{"s1":"x","class":1}`,
	}
}

func parseAll(t *testing.T, messages []string) []prediction {
	t.Helper()
	all := make([]prediction, len(messages))
	for i, m := range messages {
		var err error
		if all[i], err = parsePrediction([]byte(m), "hba1"); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestReportCountsAndMeasures(t *testing.T) {
	r := newReport(parseAll(t, messages()), 4, 2*time.Second)
	if r.RowsLearned != 4 || r.RowsScored != 4 || r.rows != 5 {
		t.Errorf("got %d learned, %d scored, %d predictions, want 4, 4, 5", r.RowsLearned, r.RowsScored, r.rows)
	}
	// 5 rows in 2 s, rounded.
	if r.RowsPerSecond != 3 {
		t.Errorf("got %v rows/s, want 3", r.RowsPerSecond)
	}
	// Of the four pairs of an anomalous and a normal row, two are in order.
	if r.ROCAUC == nil || *r.ROCAUC != 0.5 {
		t.Errorf("got ROC AUC %v, want 0.5", r.ROCAUC)
	}
	// Precision 1/1 at the first anomalous row, 2/4 at the second.
	if r.PRAUC == nil || *r.PRAUC != 0.75 {
		t.Errorf("got PR AUC %v, want 0.75", r.PRAUC)
	}
	if r.flagged != 1 || r.anomalous != 2 {
		t.Errorf("got %d flagged and %d anomalous, want 1 and 2", r.flagged, r.anomalous)
	}
	// numpy.quantile([1, 2, 3, 9], 0.5) is 2.5.
	if r.Quantiles["0.5"] != 2.5 {
		t.Errorf("got quantiles %v, want 2.5 at 0.5", r.Quantiles)
	}
}

func TestReportJSONHasTheDocumentedFieldsOnly(t *testing.T) {
	var b strings.Builder
	if err := newReport(parseAll(t, messages()), 4, time.Second).writeJSON(&b); err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(b.String()), &fields); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"rows_learned", "rows_scored", "rows_per_second", "roc_auc", "pr_auc", "quantiles"} {
		if _, ok := fields[name]; !ok {
			t.Errorf("%s is missing", name)
		}
		delete(fields, name)
	}
	if len(fields) > 0 {
		t.Errorf("further fields %v", fields)
	}
	if strings.Count(b.String(), "\n") != 1 {
		t.Errorf("want one line, got %q", b.String())
	}
}

func TestReportOfNothingIsStillJSON(t *testing.T) {
	cases := map[string][]prediction{
		"no predictions": nil,
		"one kind only":  parseAll(t, messages()[1:2]),
		"nothing scored": parseAll(t, messages()[4:]),
	}
	for name, predictions := range cases {
		t.Run(name, func(t *testing.T) {
			r := newReport(predictions, 0, time.Second)
			if r.ROCAUC != nil || r.PRAUC != nil && !math.IsNaN(*r.PRAUC) {
				t.Errorf("got areas %v and %v, want none", r.ROCAUC, r.PRAUC)
			}
			var b strings.Builder
			if err := r.writeJSON(&b); err != nil || !json.Valid([]byte(b.String())) {
				t.Errorf("got %q and error %v", b.String(), err)
			}
			if err := r.writeTable(&b); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTableShowsWhatMadeARowAnomalous(t *testing.T) {
	var b strings.Builder
	if err := newReport(parseAll(t, messages()), 4, time.Second).writeTable(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"rows learned", "ROC AUC", "0.5000", "0.7500", "score quantile 0.98", "s2 =  (6.00), s1 = 7 (2.00), s3 =  (1.00)"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func TestParsePredictionRefusesWhatIsNotJSON(t *testing.T) {
	if _, err := parsePrediction([]byte("{"), "hba1"); err == nil {
		t.Error("got no error")
	}
}
