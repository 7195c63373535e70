// Command drift measures how often the tests of package drift say that something has changed where nothing has, and writes the table of
// docs/drift.md.
//
//	go run ./tools/drift -update docs/drift.md
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

// columns are the tests of the table, numeric and categorical.
var columns = []string{"verdict", "anderson_darling", "mood", "welch", "obrien", "wilcoxon", "kolmogorov_smirnov", "chi_square", "missing"}

// Marks of the table in the page.
const (
	begin = "<!-- drift calibration: begin -->\n"
	end   = "<!-- drift calibration: end -->"
)

func main() {
	streams := flag.Int("streams", 1000, "generated streams of each kind, a multiple of 20")
	rows := flag.Int("rows", 2000, "rows of each state; twice as many where they depend on each other")
	update := flag.String("update", "", "the page whose table is written; otherwise it is printed")
	flag.Parse()
	table, err := tableOf(*streams, *rows)
	if err == nil && *update != "" {
		err = write(*update, table)
	} else if err == nil {
		fmt.Print(table)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// tableOf measures all kinds of streams.
func tableOf(streams, rows int) (string, error) {
	var b strings.Builder
	b.WriteString("| stream |")
	for _, name := range columns {
		b.WriteString(" " + name + " |")
	}
	b.WriteString("\n|---" + strings.Repeat("|---", len(columns)) + "|\n")
	for _, k := range kinds() {
		tiles, n := 0, rows
		if k.phi > 0 {
			tiles, n = 40, 2*rows
		}
		r, err := calibrate(k, streams, n, n, tiles, 1)
		if err != nil {
			return "", err
		}
		b.WriteString("| " + k.name + " |")
		for _, name := range columns {
			if rate, ok := r[name]; ok {
				fmt.Fprintf(&b, " %.3f / %.3f |", rate[0], rate[1])
			} else {
				b.WriteString(" – |")
			}
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

// write puts the table between its marks.
func write(page, table string) error {
	content, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(content), begin)
	_, after, also := strings.Cut(rest, end)
	if !ok || !also {
		return fmt.Errorf("%s has no marks %q and %q", page, strings.TrimSpace(begin), end)
	}
	return os.WriteFile(page, []byte(before+begin+table+end+after), 0o644)
}
