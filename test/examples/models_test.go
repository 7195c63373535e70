//go:build integration

package examples

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// resultsOf runs an example on rows and returns what the rows from a place on have of a model.
func resultsOf(t *testing.T, example, model string, rows []string, from int) []map[string]any {
	t.Helper()
	docs := documents(t, start(t, example, fresh(t), strings.NewReader(strings.Join(rows, "\n"))).wait())
	if len(docs) != len(rows) {
		t.Fatalf("%d documents, want %d", len(docs), len(rows))
	}
	var out []map[string]any
	for i, doc := range docs[from:] {
		all, _ := doc["sml"].(map[string]any)
		result, ok := all[model].(map[string]any)
		if !ok {
			t.Fatalf("document %d has nothing of %s: %v", from+i, model, doc)
		}
		out = append(out, result)
	}
	return out
}

// TestForest: the class of a board of 2 by 2 fields, which no line separates.
func TestForest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var rows, classes []string
	for i := range 3000 {
		x, y := r.Float64(), r.Float64()
		class := "even"
		if (x > 0.5) != (y > 0.5) {
			class = "odd"
		}
		classes = append(classes, class)
		rows = append(rows, fmt.Sprintf(`{"id":%d,"x":%.4f,"y":%.4f,"state":%q}`, i, x, y, class))
	}
	right := 0
	for i, result := range resultsOf(t, "forest", "state", rows, 2000) {
		if result["class"] == classes[2000+i] {
			right++
		}
	}
	if right < 950 {
		t.Errorf("%d of 1000 classes are right, want 950", right)
	}
}

// TestAdaptive: the classes of a board swap half-way, and are right again soon after.
func TestAdaptive(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	var rows, classes []string
	for i := range 3000 {
		x, y := r.Float64(), r.Float64()
		class := "even"
		if (x > 0.5) != (y > 0.5) != (i >= 1500) {
			class = "odd"
		}
		classes = append(classes, class)
		rows = append(rows, fmt.Sprintf(`{"id":%d,"x":%.4f,"y":%.4f,"state":%q}`, i, x, y, class))
	}
	before, after := 0, 0
	for i, result := range resultsOf(t, "adaptive", "state", rows, 1000) {
		if result["class"] != classes[1000+i] {
			continue
		}
		if i < 500 {
			before++
		} else if i >= 800 {
			after++
		}
	}
	if before < 475 || after < 1080 {
		t.Errorf("%d of 500 classes are right before the swap and %d of 1200 from the 300th row after it on, want 475 and 1080", before, after)
	}
}

// TestCalibration: inlet and outlet tell the same, which naive Bayes counts twice, so that it is
// too sure of itself. With calibration it is as sure as it is right.
func TestCalibration(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	var rows, classes []string
	for i := range 4000 {
		temperature, class := 15+20*r.Float64(), "ok"
		if r.Float64() < 1/(1+math.Exp((25-temperature)/3)) {
			class = "hot"
		}
		classes = append(classes, class)
		rows = append(rows, fmt.Sprintf(`{"id":%d,"inlet":%.3f,"outlet":%.3f,"state":%q}`, i, temperature, temperature+0.2*r.NormFloat64(), class))
	}
	sure, right, n := 0.0, 0.0, 0.0
	for i, result := range resultsOf(t, "calibration", "state", rows, 2000) {
		if result["calibrated"] == false {
			t.Fatalf("row %d: %v is not calibrated", 2000+i, result)
		}
		probability, ok := result["probability"].(float64)
		if !ok {
			t.Fatalf("row %d: %v has no probability", 2000+i, result)
		}
		if sure, n = sure+probability, n+1; result["class"] == classes[2000+i] {
			right++
		}
	}
	if n != 2000 || math.Abs(sure-right)/n > 0.03 {
		t.Errorf("it is sure of %.3f and right in %.3f of %v rows", sure/n, right/n, n)
	}
}

// TestCurves: a load that depends on temperature and hour by curves, told within 0.2 of a
// standard deviation of 1.2.
func TestCurves(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	var rows []string
	var truth []float64
	for range 2000 {
		temperature, hour := 40*r.Float64()-10, 24*r.Float64()
		load := math.Pow((temperature-15)/15, 2) + math.Sin(hour*math.Pi/12)
		truth = append(truth, load)
		rows = append(rows, fmt.Sprintf(`{"temperature":%.3f,"hour":%.3f,"load":%.4f}`, temperature, hour, load+0.1*r.NormFloat64()))
	}
	for _, model := range []string{"curves", "surface"} {
		sum := 0.0
		for i, result := range resultsOf(t, "curves", model, rows, 1500) {
			p, ok := result["prediction"].(float64)
			if !ok {
				t.Fatalf("%s: %v", model, result)
			}
			sum += math.Abs(p - truth[1500+i])
		}
		if sum/500 > 0.2 {
			t.Errorf("%s: mean absolute error %.3f, want 0.2", model, sum/500)
		}
	}
}

// TestLogistic: the older of two customers is the likelier buyer.
func TestLogistic(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	var rows []string
	for i := range 1500 {
		age := 20 + 50*r.Float64()
		if i >= 1498 {
			age = []float64{25, 65}[i-1498]
		}
		buys := "no"
		if r.Float64() < 1/(1+math.Exp(-(age-45)/6)) {
			buys = "yes"
		}
		rows = append(rows, fmt.Sprintf(`{"id":%d,"age":%.2f,"region":%q,"buys":%q,"visits":%d,"log_days":0.5}`, i, age, []string{"north", "south"}[r.IntN(2)], buys, r.IntN(4)))
	}
	of := resultsOf(t, "logistic", "buys", rows, 1498)
	yes := func(k int) float64 {
		p, _ := of[k]["probabilities"].(map[string]any)
		v, ok := p["yes"].(float64)
		if !ok {
			t.Fatalf("%v", of[k])
		}
		return v
	}
	// 1/(1+exp(20/6)) = 0.034 and 0.966
	if math.Abs(yes(0)-0.034) > 0.04 || math.Abs(yes(1)-0.966) > 0.04 {
		t.Errorf("the younger buys with %.3f, the older with %.3f", yes(0), yes(1))
	}
}

// TestChange: the classes swap half-way; the errors change soon after, and not before.
func TestChange(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 2))
	var rows []string
	for i := range 2000 {
		x := r.Float64()
		class := map[bool]string{false: "low", true: "high"}[(x > 0.5) != (i >= 1200)]
		rows = append(rows, fmt.Sprintf(`{"x":%.4f,"state":%q}`, x, class))
	}
	first, values := -1, 0
	for i, result := range resultsOf(t, "change", "errors", rows, 0) {
		if result["value"] != nil {
			values++
		}
		if result["change"] == true && first < 0 {
			first = i
		}
	}
	if first < 1200 || first > 1260 || values < 1000 {
		t.Errorf("the first change is at row %d, with %d values; want it within 60 rows of row 1200", first, values)
	}
}

// TestDrift: the temperature changes half-way, which begins one drift with that attribute to blame; all readings go on.
func TestDrift(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	var rows []string
	for i := range 4000 {
		temp := 20 + r.NormFloat64()
		if i >= 2000 {
			temp += 2
		}
		rows = append(rows, fmt.Sprintf(`{"temp":%.3f,"flow":%.3f,"mode":%q}`, temp, r.ExpFloat64(), []string{"auto", "manual"}[r.IntN(2)]))
	}
	env := fresh(t)
	env["ALERTS"] = filepath.Join(t.TempDir(), "alerts.jsonl")
	if docs := documents(t, start(t, "drift", env, strings.NewReader(strings.Join(rows, "\n"))).wait()); len(docs) != len(rows) {
		t.Fatalf("%d documents, want %d", len(docs), len(rows))
	}
	content, err := os.ReadFile(env["ALERTS"])
	if err != nil {
		t.Fatal(err)
	}
	alerts := documents(t, string(content))
	if len(alerts) == 0 || alerts[0]["event"] != "begun" || fmt.Sprint(alerts[0]["drifted"]) != "[temp]" {
		t.Fatalf("alerts: %s", content)
	}
}
