// Package shuttletest parses the Shuttle data set, for tests.
package shuttletest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/internal/shuttle"
)

// attributes is the number of measured columns, s1 to s9.
const attributes = 9

// Row is one row of the data set.
type Row struct {
	// S holds s1 to s9, all whole numbers.
	S [attributes]float64
	// Class is 1, 2, 3, 5, 6 or 7.
	Class int
}

// Anomalous reports whether the row is of any class but the normal one.
func (r Row) Anomalous() bool { return r.Class != shuttle.NormalClass }

// Rows returns all rows in the order of the file.
func Rows() ([]Row, error) {
	file, err := shuttle.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()

	reader := csv.NewReader(file)
	reader.ReuseRecord = true
	reader.FieldsPerRecord = attributes + 1
	if _, err := reader.Read(); err != nil {
		return nil, fmt.Errorf("read the header of the shuttle data: %w", err)
	}
	var rows []Row
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the shuttle data: %w", err)
		}
		row, err := parse(record)
		if err != nil {
			return nil, fmt.Errorf("shuttle data, row %d: %w", len(rows)+1, err)
		}
		rows = append(rows, row)
	}
}

func parse(record []string) (row Row, err error) {
	for i := range row.S {
		if row.S[i], err = strconv.ParseFloat(record[i], 64); err != nil {
			return row, fmt.Errorf("s%d: %w", i+1, err)
		}
	}
	if row.Class, err = strconv.Atoi(record[attributes]); err != nil {
		return row, fmt.Errorf("class: %w", err)
	}
	return row, nil
}
