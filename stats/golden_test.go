package stats

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// update makes checkGolden write the files of the current format version.
var update = flag.Bool("update", false, "write the golden files of this package")

// checkGolden compares got with stats/testdata/<name>, which holds the bytes
// of a statistic: <kind>_v<n>_<case>.bin. With -update it writes the file.
func checkGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes differ from the %d stored ones", name, len(got), len(want))
	}
}
