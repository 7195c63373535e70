package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// write writes the stream for other programs: as CSV for River, as ARFF for MOA.
func (s *stream) write(folder string) error {
	if err := s.writeTo(filepath.Join(folder, s.name+".csv"), func(w *bufio.Writer) {
		for j := range s.inputs() {
			fmt.Fprintf(w, "x%d,", j+1)
		}
		fmt.Fprintln(w, "y")
	}); err != nil {
		return err
	}
	return s.writeTo(filepath.Join(folder, s.name+".arff"), func(w *bufio.Writer) {
		fmt.Fprintf(w, "@relation %s\n", s.name)
		for j := range s.inputs() {
			fmt.Fprintf(w, "@attribute x%d numeric\n", j+1)
		}
		if s.isNumber() {
			fmt.Fprintln(w, "@attribute y numeric")
		} else {
			fmt.Fprint(w, "@attribute y {")
			for k, v := range s.layout.Categorical[0].Values {
				if k > 0 {
					fmt.Fprint(w, ",")
				}
				fmt.Fprint(w, v)
			}
			fmt.Fprintln(w, "}")
		}
		fmt.Fprintln(w, "@data")
	})
}

// writeTo writes a head and the rows, with commas between their values. What a write has failed with
// the last one returns.
func (s *stream) writeTo(name string, head func(*bufio.Writer)) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	head(w)
	inputs := s.inputs()
	for i := range s.rows.N {
		for j := range inputs {
			fmt.Fprint(w, strconv.FormatFloat(s.rows.Row(i)[j], 'g', -1, 64), ",")
		}
		if s.isNumber() {
			fmt.Fprintln(w, strconv.FormatFloat(s.rows.Row(i)[inputs], 'g', -1, 64))
		} else {
			fmt.Fprintln(w, s.layout.Categorical[0].Label(s.rows.Codes[i]))
		}
	}
	if err := w.Flush(); err != nil {
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
