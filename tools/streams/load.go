package main

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// stream is rows with a target named "y".
type stream struct {
	name   string
	layout *stats.Layout
	rows   stats.Rows
}

// load reads a published stream: numbers, and the class in the last column.
func load(folder, name string) (*stream, error) {
	f, err := os.Open(filepath.Join(folder, name+".csv.gz"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	all, err := csv.NewReader(z).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	s := newStream(name, len(all[0])-1)
	for i, r := range all[1:] {
		for _, v := range r[:len(r)-1] {
			x, err := strconv.ParseFloat(v, 64)
			if err != nil {
				return nil, fmt.Errorf("%s, row %d: %w", f.Name(), i+1, err)
			}
			s.rows.Values = append(s.rows.Values, x)
		}
		s.addClass(r[len(r)-1])
	}
	return s, nil
}

// newStream returns a stream of so many numbers and a class.
func newStream(name string, inputs int) *stream {
	s := &stream{name: name, layout: &stats.Layout{Categorical: []stats.CategoricalColumn{{Name: "y"}}}}
	for i := range inputs {
		s.layout.Numeric = append(s.layout.Numeric, stats.NumericColumn{Name: fmt.Sprintf("x%d", i+1)})
	}
	s.rows.Numeric, s.rows.Categorical = inputs, 1
	return s
}

// addClass ends a row.
func (s *stream) addClass(label string) {
	classes := &s.layout.Categorical[0]
	if classes.Code(label) == stats.Other {
		classes.Values = append(classes.Values, label)
	}
	s.rows.Codes = append(s.rows.Codes, classes.Code(label))
	s.rows.N++
}
