// Command streams measures adaptive pools on published and generated streams, test then train row by
// row and in batches of 50, and prints a table. Beside them are River and MOA, row by row on the same
// rows: as beside.csv has them, or run anew where a Python with River or a class path with MOA is given.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
)

// options are the flags.
type options struct {
	folder, beside string
	python, moa    string
	only           string
	rows           int
	linear, detail bool
	ours           bool
	page           string
}

func main() {
	var o options
	flag.StringVar(&o.folder, "data", "../shared/data/streams", "folder of the published streams")
	flag.StringVar(&o.beside, "beside", "tools/streams/beside.csv", "what the programs beside have reached")
	flag.StringVar(&o.python, "python", "", "a Python that has River, to run it anew")
	flag.StringVar(&o.moa, "moa", "", "a class path with MOA and its sizeofag, such as 'lib/*', to run it anew")
	flag.StringVar(&o.only, "only", "", "streams to run, by commas; all if empty")
	flag.IntVar(&o.rows, "rows", 50000, "rows of a stream at most")
	flag.BoolVar(&o.linear, "linear", true, "linear models beside the forests, as type adaptive has them")
	flag.BoolVar(&o.detail, "detail", false, "print the members of each pool")
	flag.BoolVar(&o.ours, "ours", true, "measure adaptive pools; without, only the programs beside run")
	flag.StringVar(&o.page, "update", "", "page whose table for this bound of the rows is written anew")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measureAll(ctx, &o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// published are the streams of the folder.
var published = []string{"elec", "weather", "sea", "rbf", "chess", "squares"}

// measureAll runs all programs on all streams and prints the table.
func measureAll(ctx context.Context, o *options) error {
	others, err := readRuns(o.beside)
	if err != nil {
		return err
	}
	t := newTable(others)
	one := func(s *stream) error {
		if s.rows.N > o.rows {
			s.rows = s.rows.Select(0, o.rows)
		}
		if err := o.refresh(ctx, &t.others, s); err != nil || !o.ours {
			return err
		}
		return t.line(o, s)
	}
	for _, name := range published {
		if !o.takes(name) {
			continue
		}
		s, err := load(o.folder, name)
		if err != nil {
			return err
		}
		if err := one(s); err != nil {
			return err
		}
	}
	for _, g := range generators {
		if !o.takes(g.name) {
			continue
		}
		if err := one(generate(g.name, g.draw)); err != nil {
			return err
		}
	}
	t.end()
	if o.page != "" {
		return t.update(o.page, o.rows)
	}
	return nil
}

func (o *options) takes(name string) bool {
	return o.only == "" || slices.Contains(strings.Split(o.only, ","), name)
}
