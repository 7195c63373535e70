package shuttle_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/shuttle"
	"github.com/rpconnect-sml/rpconnect-sml/internal/shuttle/shuttletest"
)

// Counts per class as the UCI repository states them, class 4 left out.
var uciCounts = map[int]int{1: 45586, 2: 50, 3: 171, 5: 3267, 6: 10, 7: 13}

// Checksum of the CSV text as it was written down in README.md.
const csvSHA256 = "119f1b3b14e796e8653b7a7d834a64f095f643d04cc4767436eb5da414bdc978"

func TestRowsMatchThePublishedCounts(t *testing.T) {
	rows, err := shuttletest.Rows()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[int]int{}
	anomalous := 0
	for _, r := range rows {
		counts[r.Class]++
		if r.Anomalous() {
			anomalous++
		}
	}
	if len(rows) != 49097 || anomalous != 3511 {
		t.Errorf("got %d rows and %d anomalies, want 49097 and 3511", len(rows), anomalous)
	}
	if !maps.Equal(counts, uciCounts) {
		t.Errorf("got rows per class %v, want %v", counts, uciCounts)
	}
}

func TestChecksum(t *testing.T) {
	file, err := shuttle.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != csvSHA256 {
		t.Errorf("got %s, want %s", got, csvSHA256)
	}
}
