package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
)

// table is what is printed, line by line, and kept for the page.
type table struct {
	others runs
	kept   bytes.Buffer
	out    io.Writer
	ours   map[string]float64            // scores row by row, by stream
	beside map[string]map[string]float64 // by stream and column
}

func newTable(others runs) *table {
	t := &table{others: others, ours: map[string]float64{}, beside: map[string]map[string]float64{}}
	t.out = io.MultiWriter(os.Stdout, &t.kept)
	fmt.Fprintln(t.out, "| stream | rows | row by row | in batches of 50 | log loss | µs a row |", strings.Join(columns, " | "), "|")
	fmt.Fprintln(t.out, "|---|---|---|---|---|---|"+strings.Repeat("---|", len(columns)))
	return t
}

// line measures a stream and prints its line.
func (t *table) line(o *options, s *stream) error {
	rows, err := measure(s, 1, o.linear, o.detail)
	if err != nil {
		return err
	}
	batches, err := measure(s, 50, o.linear, o.detail)
	if err != nil {
		return err
	}
	loss := fmt.Sprintf("%.3f / %.3f", rows.loss, batches.loss)
	if s.isNumber() {
		loss = "–"
	}
	fmt.Fprintf(t.out, "| %s | %d | %.4f | %.4f | %s | %.0f |", s.name, s.rows.N, rows.score, batches.score, loss, rows.microseconds)
	scores := t.others.of(s.name, s.rows.N)
	for _, c := range columns {
		if v, ok := scores[c]; ok {
			fmt.Fprintf(t.out, " %.4f |", v)
		} else {
			fmt.Fprint(t.out, " – |")
		}
	}
	fmt.Fprintln(t.out)
	t.ours[s.name], t.beside[s.name] = rows.score, scores
	return nil
}

// end prints what is below the lines: over the generated streams with classes, the least margin over
// the best of the rivals on each, and the margin of the means.
func (t *table) end() {
	fmt.Fprintf(t.out, "\nBeside: %s.\n", strings.Join(t.others.programs(), ", "))
	ours, n, least, where := 0.0, 0, 1.0, ""
	means := map[string]float64{}
	for _, g := range generators {
		v, ok := t.ours[g.name]
		if !ok || strings.HasPrefix(g.name, "friedman") {
			continue
		}
		best := 0.0
		for _, c := range rivals {
			of, ok := t.beside[g.name][c]
			if !ok {
				return // not all have been run
			}
			means[c] += of
			best = max(best, of)
		}
		ours += v
		n++
		if v-best < least {
			least, where = v-best, g.name
		}
	}
	if n == 0 {
		return
	}
	best, of := 0.0, ""
	for _, c := range rivals {
		if means[c] > best {
			best, of = means[c], c
		}
	}
	fmt.Fprintf(t.out, "On the %d generated streams with classes, row by row: mean %.4f, that of the best of River (%s) %.4f; against the best of River on each stream at least %+.4f (%s).\n",
		n, ours/float64(n), of, best/float64(n), least, where)
}

// marks are what a table of a page is between: one for each bound of the rows.
func marks(rows int) (begin, end string) {
	of := fmt.Sprintf("<!-- streams of at most %d rows: ", rows)
	return of + "begin -->\n", of + "end -->\n"
}

// update writes the table into a page.
func (t *table) update(name string, rows int) error {
	begin, end := marks(rows)
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s: no %q and %q", name, strings.TrimSpace(begin), end)
	}
	return os.WriteFile(name, []byte(before+begin+t.kept.String()+end+after), 0o644)
}
