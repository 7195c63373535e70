// Command streams measures adaptive pools on published and generated streams, test then
// train, and prints a table.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	folder := flag.String("data", "../shared/data/streams", "folder of the published streams")
	only := flag.String("only", "", "streams to run, by commas")
	rows := flag.Int("rows", 50000, "rows of a stream at most")
	linear := flag.Bool("linear", true, "linear models beside the forests")
	detail := flag.Bool("detail", false, "print the members of each pool")
	to := flag.String("write", "", "folder to write the generated streams to, for other programs")
	flag.Parse()
	if *to != "" {
		if err := write(*to); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if err := run(*folder, *only, *rows, *linear, *detail); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder, only string, rows int, linear, detail bool) error {
	for _, name := range []string{"elec", "weather", "sea", "rbf", "chess", "squares"} {
		if only != "" && !strings.Contains(","+only+",", ","+name+",") {
			continue
		}
		s, err := load(folder, name)
		if err != nil {
			return err
		}
		if s.rows.N > rows {
			s.rows = s.rows.Select(0, rows)
		}
		for _, batch := range batches {
			r, err := measure(s, batch, linear, detail)
			if err != nil {
				return err
			}
			fmt.Printf("%-10s %3d  %.4f  %.4f  %6.1f us\n", name, batch, r.score, r.loss, r.microseconds)
		}
	}
	for _, g := range generators {
		if only != "" && !strings.Contains(","+only+",", ","+g.name+",") {
			continue
		}
		s := generate(g.name, g.draw)
		for _, batch := range batches {
			r, err := measure(s, batch, linear, detail)
			if err != nil {
				return err
			}
			fmt.Printf("%-10s %3d  %.4f  %.4f  %6.1f us\n", g.name, batch, r.score, r.loss, r.microseconds)
		}
	}
	return nil
}
