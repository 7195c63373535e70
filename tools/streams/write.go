package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// write writes the generated streams as CSV, for other programs.
func write(folder string) error {
	for _, g := range generators {
		if err := generate(g.name, g.draw).write(filepath.Join(folder, g.name+".csv")); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) write(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	inputs := s.inputs()
	for i := -1; i < s.rows.N; i++ {
		record := make([]string, 0, inputs+1)
		for j := range inputs {
			if i < 0 {
				record = append(record, fmt.Sprintf("x%d", j+1))
			} else {
				record = append(record, strconv.FormatFloat(s.rows.Row(i)[j], 'g', -1, 64))
			}
		}
		switch {
		case i < 0:
			record = append(record, "y")
		case s.isNumber():
			record = append(record, strconv.FormatFloat(s.rows.Row(i)[inputs], 'g', -1, 64))
		default:
			record = append(record, s.layout.Categorical[0].Label(s.rows.Codes[i]))
		}
		if err := w.Write(record); err != nil {
			f.Close()
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		f.Close()
		return fmt.Errorf("%s: %w", name, err)
	}
	return f.Close()
}

// isNumber reports whether the target is a number.
func (s *stream) isNumber() bool { return len(s.layout.Categorical) == 0 }

// inputs returns how many inputs there are, all of them numbers.
func (s *stream) inputs() int {
	if s.isNumber() {
		return len(s.layout.Numeric) - 1
	}
	return len(s.layout.Numeric)
}
