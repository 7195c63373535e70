// Command streams measures adaptive pools on published and generated streams, test then train row by
// row and in batches of 50, and prints a table. Beside them are figures of River and MOA: those of
// the published streams from the folder of the streams, those of the generated ones from river.csv,
// which river.py writes for the files of -write.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

// options are the flags.
type options struct {
	folder, others string
	only           string
	rows           int
	linear, detail bool
	write          string
}

func main() {
	var o options
	flag.StringVar(&o.folder, "data", "../shared/data/streams", "folder of the published streams")
	flag.StringVar(&o.others, "river", "tools/streams/river.csv", "what river.py has printed")
	flag.StringVar(&o.only, "only", "", "streams to run, by commas; all if empty")
	flag.IntVar(&o.rows, "rows", 50000, "rows of a published stream at most")
	flag.BoolVar(&o.linear, "linear", true, "linear models beside the forests, as type adaptive has them")
	flag.BoolVar(&o.detail, "detail", false, "print the members of each pool")
	flag.StringVar(&o.write, "write", "", "folder to write the generated streams to, for other programs")
	flag.Parse()
	if err := run(&o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// published are the streams of the folder.
var published = []string{"elec", "weather", "sea", "rbf", "chess", "squares"}

func run(o *options) error {
	if o.write != "" {
		return write(o.write)
	}
	figures, err := readFigures(o)
	if err != nil {
		return err
	}
	fmt.Println("| stream | rows | row by row | in batches of 50 | log loss | µs a row |", strings.Join(columns, " | "), "|")
	fmt.Println("|---|---|---|---|---|---|" + strings.Repeat("---|", len(columns)))
	for _, name := range published {
		if !o.takes(name) {
			continue
		}
		s, err := load(o.folder, name)
		if err != nil {
			return err
		}
		if s.rows.N > o.rows {
			s.rows = s.rows.Select(0, o.rows)
		}
		if err := o.line(s, figures[name]); err != nil {
			return err
		}
	}
	for _, g := range generators {
		if !o.takes(g.name) {
			continue
		}
		if err := o.line(generate(g.name, g.draw), figures[g.name]); err != nil {
			return err
		}
	}
	return nil
}

func (o *options) takes(name string) bool {
	return o.only == "" || slices.Contains(strings.Split(o.only, ","), name)
}

// line measures a stream and prints its line.
func (o *options) line(s *stream, figures map[string]string) error {
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
	fmt.Printf("| %s | %d | %.4f | %.4f | %s | %.0f |", s.name, s.rows.N, rows.score, batches.score, loss, rows.microseconds)
	for _, c := range columns {
		v := figures[c]
		if v == "" {
			v = "–"
		}
		fmt.Printf(" %s |", v)
	}
	fmt.Println()
	return nil
}
