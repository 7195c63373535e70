package shuttle

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
)

// NormalClass is the class of rows that are not anomalous.
const NormalClass = 1

//go:embed shuttle.csv.gz
var compressed []byte

// Open returns the data set as CSV text: a header line (s1 to s9, class), then
// one line per row.
func Open() (io.ReadCloser, error) {
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, fmt.Errorf("open the shuttle data: %w", err)
	}
	return r, nil
}
