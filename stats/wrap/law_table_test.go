package wrap

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// lawless are the Additives that are not in the law table, and why.
var lawless = map[string]string{
	"RowWindow": "which rows are the newest depends on their order",
}

// TestLawTableIsComplete compares the law table with the assertions that stand
// beside every Additive.
func TestLawTableIsComplete(t *testing.T) {
	tested := map[string]bool{}
	for _, c := range lawTable() {
		addKinds(tested, statstest.Learned(t, c.maker, statstest.LawRows(1, 20)))
	}
	assertion := regexp.MustCompile(`_\s+(?:stats\.)?Additive\s+= \(\*(\w+)\)\(nil\)`)
	var files []string
	for _, folder := range []string{"..", "."} {
		found, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range assertion.FindAllSubmatch(text, -1) {
			kind := string(m[1])
			found++
			if tested[kind] == (lawless[kind] != "") {
				t.Errorf("%s: %s is in the law table: %v, and an exception: %q", name, kind, tested[kind], lawless[kind])
			}
		}
	}
	if found < len(tested) {
		t.Errorf("%d assertions found, %d kinds are in the law table", found, len(tested))
	}
}

// addKinds notes the kinds of statistic in a tower.
func addKinds(kinds map[string]bool, a stats.Additive) {
	switch v := a.(type) {
	case *stats.Summary:
		kinds["Summary"] = true
	case *stats.Slim:
		kinds["Slim"] = true
	case *Window:
		kinds["Window"] = true
	case *Folds:
		kinds["Folds"] = true
	case *Partition:
		kinds["Partition"] = true
	case *Decay:
		kinds["Decay"] = true
	case *stats.Detectors:
		kinds["Detectors"] = true
	case *Binned:
		kinds["Binned"] = true
		addKinds(kinds, v.inner)
	case *Adaptive:
		kinds["Adaptive"] = true
		addKinds(kinds, v.inner)
	case *Parallel:
		kinds["Parallel"] = true
		for _, part := range v.parts {
			addKinds(kinds, part)
		}
	}
}
