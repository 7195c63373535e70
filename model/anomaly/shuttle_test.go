package anomaly_test

import (
	"context"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/shuttle/shuttletest"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// growth is by how much the project may have grown since a model was built:
// the rule of live.
const growth = 0.1

// prequential scores each Shuttle row with a model of the rows before it.
func prequential(t *testing.T, def model.Definition) (scores []float64, positive []bool) {
	t.Helper()
	all, err := shuttletest.Rows()
	if err != nil {
		t.Fatal(err)
	}
	layout := &stats.Layout{}
	for _, name := range []string{"s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9"} {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: name})
	}
	summary, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rows := &stats.Rows{N: 0, Numeric: 9}
	if err := summary.Learn(layout, rows); err != nil {
		t.Fatal(err)
	}
	var result model.Result
	for from := 0; from < len(all); {
		m, err := catalogue.All().Build(context.Background(), def, &model.Evidence{Summary: summary})
		if err != nil {
			t.Fatal(err)
		}
		to := min(len(all), from+max(1, int(growth*float64(from))))
		rows.Reset(9, 0)
		for _, row := range all[from:to] {
			m.Predict(row.S[:], nil, &result)
			scores = append(scores, result.Score)
			positive = append(positive, row.Anomalous())
			rows.Values = append(rows.Values, row.S[:]...)
			rows.N++
		}
		if err := summary.Learn(layout, rows); err != nil {
			t.Fatal(err)
		}
		from = to
	}
	return scores, positive
}

// TestShuttleTestThenTrain holds the figure that the product promises for one
// pass over Statlog (Shuttle): the published HBOS, fitted on a training part,
// has 0.9863 (ADBench, table D4).
func TestShuttleTestThenTrain(t *testing.T) {
	for _, c := range []struct {
		name    string
		options map[string]any
		least   float64
	}{
		{name: "default", least: 0.985}, // the promise; the others hold what was measured
		{name: "static 10", options: map[string]any{"bins": "static"}, least: 0.985},
		{name: "static 20", options: map[string]any{"bins": "static", "count": 20}, least: 0.988},
		{name: "static 50", options: map[string]any{"bins": "static", "count": 50}, least: 0.99},
		{name: "static 100", options: map[string]any{"bins": "static", "count": 100}, least: 0.987},
		{name: "dynamic 10", options: map[string]any{"bins": "dynamic"}, least: 0.987},
		{name: "dynamic 30", options: map[string]any{"bins": "dynamic", "count": 30}, least: 0.987},
		{name: "dynamic 100", options: map[string]any{"bins": "dynamic", "count": 100}, least: 0.981},
	} {
		t.Run(c.name, func(t *testing.T) {
			scores, positive := prequential(t, model.Definition{Name: "m", Type: "hba", Options: c.options})
			auc := evaluation.ROCAUC(scores, positive)
			t.Logf("ROC AUC %.5f, average precision %.5f", auc, evaluation.AveragePrecision(scores, positive))
			if !(auc >= c.least) {
				t.Errorf("ROC AUC is %.5f, want at least %v", auc, c.least)
			}
		})
	}
}

// TestShuttleDetectors holds the figures of the other detectors for the same
// pass; the ensemble is the product's default.
func TestShuttleDetectors(t *testing.T) {
	for _, c := range []struct {
		typ   string
		least float64
	}{
		{typ: "ecod", least: 0.99},
		{typ: "copod", least: 0.99},
		{typ: "mahalanobis", least: 0.98},
		{typ: "ensemble", least: 0.993}, // without its binning: see TestShuttleInOnePass of live
	} {
		t.Run(c.typ, func(t *testing.T) {
			scores, positive := prequential(t, model.Definition{Name: "m", Type: c.typ})
			auc := evaluation.ROCAUC(scores, positive)
			t.Logf("ROC AUC %.5f, average precision %.5f", auc, evaluation.AveragePrecision(scores, positive))
			if !(auc >= c.least) {
				t.Errorf("ROC AUC is %.5f, want at least %v", auc, c.least)
			}
		})
	}
}
