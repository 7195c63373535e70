// Package golden compares what code writes today with files that were stored
// before: tests of formats use it, nothing else does.
package golden

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// update makes Check write the files of the current format version.
var update = flag.Bool("update", false, "write the golden files of this package")

// Check compares got with testdata/<name> of the package under test, which
// holds stored bytes: <kind>_v<n>_<case>.bin. With the flag -update it writes
// the file instead.
func Check(t *testing.T, name string, got []byte) {
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

// Encoded returns the bytes that a statistic writes, as a comparable text.
func Encoded(e interface{ Encode(*wire.Writer) }) string {
	var w wire.Writer
	e.Encode(&w)
	return string(w.Bytes())
}
