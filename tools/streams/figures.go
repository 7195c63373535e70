package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// columns are the programs beside, as the table names them.
var columns = []string{"River ARF", "River AMF", "River HAT", "River logistic", "MOA ARF of 30", "MOA SRP of 30"}

// columnOf are the columns of what files name a method.
var columnOf = map[string]string{
	"arf": "River ARF", "amf": "River AMF", "hat": "River HAT", "logreg": "River logistic", "linear": "River logistic",
	"moa-arf30": "MOA ARF of 30", "moa-srp30": "MOA SRP of 30",
}

// readFigures returns the figures by stream and column: of files with the stream, the method and,
// in the column named, the figure. A file that is not there has none.
func readFigures(o *options) (map[string]map[string]string, error) {
	out := map[string]map[string]string{}
	for _, of := range []struct {
		name   string
		figure int
	}{
		{filepath.Join(o.folder, "river-prequential.csv"), 3},
		{filepath.Join(o.folder, "moa-prequential.csv"), 3},
		{o.others, 2},
	} {
		f, err := os.Open(of.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		records, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", of.name, err)
		}
		for _, r := range records[min(1, len(records)):] {
			column := columnOf[r[1]]
			if out[r[0]] == nil {
				out[r[0]] = map[string]string{}
			}
			if len(r) > of.figure && column != "" {
				out[r[0]][column] = r[of.figure][:min(6, len(r[of.figure]))]
			}
		}
	}
	return out, nil
}
