package stats

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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
		addKinds(tested, learned(t, c.maker, lawRows(1, 20)))
	}
	assertion := regexp.MustCompile(`_\s+Additive\s+= \(\*(\w+)\)\(nil\)`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
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
func addKinds(kinds map[string]bool, a Additive) {
	switch v := a.(type) {
	case *Summary:
		kinds["Summary"] = true
	case *Slim:
		kinds["Slim"] = true
	case *Window:
		kinds["Window"] = true
	case *Folds:
		kinds["Folds"] = true
	case *Partition:
		kinds["Partition"] = true
	case *Decay:
		kinds["Decay"] = true
	case *Detectors:
		kinds["Detectors"] = true
	case *Framed:
		kinds["Framed"] = true
		addKinds(kinds, v.inner)
	case *Beside:
		kinds["Beside"] = true
		for _, part := range v.parts {
			addKinds(kinds, part)
		}
	}
}
