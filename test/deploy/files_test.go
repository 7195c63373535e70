package deploy

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const root = "../.."

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The pipelines in the ConfigMap are the files of the folder, word by word.
func TestConfigMapHasTheFiles(t *testing.T) {
	var config struct {
		Kind string
		Data map[string]string
	}
	if err := yaml.Unmarshal([]byte(read(t, "deploy/kubernetes.yaml")), &config); err != nil {
		t.Fatal(err)
	}
	if config.Kind != "ConfigMap" || len(config.Data) != 3 {
		t.Fatalf("the first document is a %s with %d files", config.Kind, len(config.Data))
	}
	for name, text := range config.Data {
		if text != read(t, "deploy/"+name) {
			t.Errorf("%s is not deploy/%s", name, name)
		}
	}
}

// Each pod runs as the image wants it, and is asked for its health where the
// program answers.
func TestPods(t *testing.T) {
	text := read(t, "deploy/kubernetes.yaml")
	pods := strings.Count(text, "      containers:\n")
	for _, want := range []string{"runAsNonRoot: true", "readOnlyRootFilesystem: true", "path: /ping, port: http", "path: /ready, port: http"} {
		if n := strings.Count(text, want); n != pods {
			t.Errorf("%q is in %d of %d pods", want, n, pods)
		}
	}
	if n := strings.Count(text, "fieldPath: metadata.name"); n != strings.Count(text, "kind: StatefulSet") {
		t.Errorf("%d pods have a name that they keep", n)
	}
}

// Each metric of an alert is one that the program registers.
func TestAlertsUseMetricsThatThereAre(t *testing.T) {
	known := registered(t)
	var rules struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "deploy/prometheus/alerts.yml")), &rules); err != nil {
		t.Fatal(err)
	}
	tests, said := read(t, "deploy/prometheus/alerts_test.yml"), 0
	for _, rule := range rules.Groups[0].Rules {
		names := regexp.MustCompile(`\bsml_[a-z_]+\b`).FindAllString(rule.Expr, -1)
		if len(names) == 0 {
			t.Errorf("%s is about no metric", rule.Alert)
		}
		for _, name := range names {
			if !slices.Contains(known, name) {
				t.Errorf("%s is about %s, which nothing registers", rule.Alert, name)
			}
		}
		if !strings.Contains(tests, "alertname: "+rule.Alert) {
			t.Errorf("%s is not in alerts_test.yml", rule.Alert)
		}
		said++
	}
	if said < 5 {
		t.Errorf("only %d alerts are found", said)
	}
}

// registered are the names of metrics in the sources.
func registered(t *testing.T) []string {
	t.Helper()
	var out []string
	// A name stands where the metric is made, or in a constant.
	name := regexp.MustCompile(`(?:New(?:Counter|Timer|Gauge)\(|\nconst \w+ = )"(sml_[a-z_]+)"`)
	for _, dir := range []string{"processors", "inputs", "outputs"} {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range name.FindAllStringSubmatch(string(text), -1) {
				out = append(out, m[1])
			}
		}
	}
	return out
}
