package processors

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// metricNames reads the names of all metrics that this package registers.
func metricNames(t *testing.T) []string {
	t.Helper()
	var names []string
	registered := regexp.MustCompile(`(?:New(?:Counter|Timer|Gauge)\(|\nconst \w+ = )"(sml_[a-z_]+)"`)
	for _, file := range []string{"accounts.go", "observer.go", "observer_store.go", "../inputs/metrics.go", "../outputs/kafka.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range registered.FindAllStringSubmatch(string(source), -1) {
			names = append(names, m[1])
		}
	}
	if len(names) == 0 {
		t.Fatal("no metric is registered")
	}
	return names
}

// TestMetricsAreDocumented: docs/operations.md names every metric.
func TestMetricsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range metricNames(t) {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/operations.md does not name `%s`", name)
		}
	}
}

// TestDashboard: docs/grafana.json is JSON, uses metrics that are registered
// and shows each of them.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("../docs/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Title  string
		Panels []struct {
			ID      int
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	known, used := metricNames(t), map[string]bool{}
	metric := regexp.MustCompile(`\bsml_[a-z_]+\b`)
	value := regexp.MustCompile(`"[^"]*"`) // of a label
	for _, p := range board.Panels {
		if len(p.Targets) == 0 {
			t.Errorf("panel %q shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			for _, name := range metric.FindAllString(value.ReplaceAllString(target.Expr, ""), -1) {
				// The Prometheus exporter adds these to the name of a timer.
				name = strings.TrimSuffix(strings.TrimSuffix(name, "_sum"), "_count")
				if used[name] = true; !slices.Contains(known, name) {
					t.Errorf("panel %q uses %s, which is not registered", p.Title, name)
				}
			}
		}
	}
	for _, name := range known {
		if !used[name] {
			t.Errorf("no panel shows %s", name)
		}
	}
}
