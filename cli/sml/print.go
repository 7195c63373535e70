package sml

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
)

// print writes the answer as JSON or for people.
func print(a answer, asJSON bool, out io.Writer) error {
	if !asJSON {
		checked := &checkedWriter{out: out}
		a.text(checked)
		if checked.err != nil {
			return fmt.Errorf("write the answer: %w", checked.err)
		}
		return nil
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(a); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// checkedWriter keeps the first error of a writer and writes nothing after it, so
// that a full disk or a closed pipe fails the command.
type checkedWriter struct {
	out io.Writer
	err error
}

// Write hands p on, unless an earlier write failed.
func (w *checkedWriter) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.out.Write(p)
	w.err = err
	return n, err
}

// table writes rows of cells in aligned columns.
func table(out io.Writer, rows [][]string) {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprint(w, oneLine(cell))
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		fmt.Fprintln(out, err) // out has the same error and keeps it
	}
}

// oneLine quotes a text of data that would break the table, or steer the terminal.
func oneLine(s string) string {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return strconv.Quote(s)
	}
	return s
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// clip shortens a text to the width of a table cell.
func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// rowsOf and shardsOf are a number of them, in words.
func rowsOf(n float64) string { return number(n) + plural(" row", n != 1) }

func shardsOf(n int) string { return strconv.Itoa(n) + plural(" shard", n != 1) }

func plural(word string, many bool) string {
	if many {
		return word + "s"
	}
	return word
}
