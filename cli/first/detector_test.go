package first

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// runs runs a pipeline of init, unchanged but for its log, in this process to the end
// of its file, and returns the rows that it writes.
func runs(t *testing.T, p *plan) (out []map[string]any) {
	t.Helper()
	text, err := p.text()
	if err != nil {
		t.Fatal(err)
	}
	b := service.NewStreamBuilder()
	if err := b.SetYAML(text + "\nlogger: { level: NONE }\n"); err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	s, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	scored, err := os.ReadFile(strings.TrimSuffix(p.stateFolder(), "-state") + "-scored.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(scored)) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		out = append(out, row)
	}
	return out
}

// isAlarm reports whether a row that a pipeline has written is an alarm.
func isAlarm(row map[string]any) bool {
	scores, _ := row["sml"].(map[string]any)
	unusual, _ := scores["unusual"].(map[string]any)
	is, _ := unusual["is_anomaly"].(bool)
	return is
}

// mixture draws a table of numbers of several distributions and of categories.
func mixture(r *rand.Rand, rows, numbers, categories int) [][]string {
	draws := []func() float64{
		func() float64 { return 50 + 10*r.NormFloat64() },
		func() float64 { return math.Exp(r.NormFloat64()) },
		func() float64 { return math.Round(3 + r.NormFloat64()) },
		r.Float64,
		func() float64 { return r.NormFloat64() + float64(10*r.IntN(2)) },
	}
	kinds, different := make([]int, numbers), make([]int, categories)
	var names []string
	for i := range kinds {
		kinds[i] = r.IntN(len(draws))
		names = append(names, fmt.Sprintf("x%d", i))
	}
	for i := range different {
		different[i] = 2 + r.IntN(8)
		names = append(names, fmt.Sprintf("c%d", i))
	}
	out := [][]string{names}
	for range rows {
		var row []string
		for _, k := range kinds {
			row = append(row, fmt.Sprintf("%.4g", draws[k]()))
		}
		for _, n := range different {
			row = append(row, fmt.Sprintf("k%d", min(r.IntN(n), r.IntN(n))))
		}
		out = append(out, row)
	}
	return out
}

// TestInitFindsWhatIsPlanted: whatever the size of the file, one number far out in its
// second half is an alarm of the pipeline that init writes, and few others are.
func TestInitFindsWhatIsPlanted(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 8))
	for _, rows := range []int{40, 60, 120, 244, 700, 1704, 5000} {
		for range 2 {
			numbers := 1 + r.IntN(6)
			table := mixture(r, rows, numbers, r.IntN(4))
			planted, column := rows/2+r.IntN(rows/2), r.IntN(numbers)
			table[planted+1][column] = []string{"99999", "-99999", "12345678"}[r.IntN(3)]
			p, err := newPlan(context.Background(), options{
				input: written(t, "csv", table), output: filepath.Join(t.TempDir(), "p.yaml"), cache: cacheMemory, page: none,
			})
			if err != nil {
				t.Fatal(err)
			}
			scored := runs(t, p)
			if len(scored) != rows {
				t.Fatalf("%d of %d rows are written", len(scored), rows)
			}
			others := 0
			for i, row := range scored {
				if i != planted && isAlarm(row) {
					others++
				}
			}
			if !isAlarm(scored[planted]) {
				t.Errorf("%d rows, %d numbers, %s: row %d is no alarm: %v", rows, numbers, p.Detector.Model(), planted, scored[planted]["sml"])
			}
			// Twice what is asked for, and the first of a few dozen scores.
			if most := 3 + 2*p.Detector.Alpha*float64(rows); float64(others) > most {
				t.Errorf("%d rows, %d numbers, %s: %d other alarms, want %.0f at most", rows, numbers, p.Detector.Model(), others, most)
			}
		}
	}
}

// TestChooseDetector: what is chosen, by what a file has.
func TestChooseDetector(t *testing.T) {
	of := func(types ...string) *preview {
		p := &preview{}
		for i, typ := range types {
			p.Attributes = append(p.Attributes, attribute{Name: fmt.Sprint(i), Type: typ})
		}
		return p
	}
	wide := of()
	for range 300 {
		wide.Attributes = append(wide.Attributes, attribute{Type: "continuous"})
	}
	for name, c := range map[string]struct {
		rows    int
		p       *preview
		typ     string
		minRows int
		alpha   float64
		warmUp  int
		batch   int
	}{
		"a topic":           {rows: 0, p: nil, typ: "hba", alpha: 0.001, warmUp: 1000, batch: 100},
		"few rows":          {rows: 244, p: of("continuous", "categorical"), typ: "mahalanobis", minRows: 30, alpha: 0.01, warmUp: 61, batch: 12},
		"very few rows":     {rows: 20, p: of("continuous"), typ: "mahalanobis", minRows: 8, alpha: 0.01, warmUp: 8, batch: 1},
		"many rows":         {rows: countedRows, p: of("binary", "timestamp"), typ: "mahalanobis", alpha: 0.001, warmUp: 1000, batch: 100},
		"categories only":   {rows: 400, p: of("categorical", "list"), typ: "hba", alpha: 0.01, warmUp: 100, batch: 20},
		"numbers, few rows": {rows: 300, p: wide, typ: "zscore", alpha: 0.01, warmUp: 75, batch: 15},
	} {
		d := chooseDetector(c.rows, c.p)
		if d.Type != c.typ || d.MinRows != c.minRows || d.Alpha != c.alpha || d.WarmUp != c.warmUp || d.Batch != c.batch {
			t.Errorf("%s: %+v, want %+v", name, d, c)
		}
	}
}
