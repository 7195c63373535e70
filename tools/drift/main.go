// Command drift measures how often the tests of drift are wrong where nothing changes, and how often they see a change.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

func main() {
	streams := flag.Int("streams", 1000, "generated streams of each kind")
	only := flag.String("only", "", "part of the names of the kinds")
	n := flag.Int("n", 2000, "rows")
	tiles := flag.Int("tiles", 0, "tiles")
	flag.Parse()
	for _, k := range kinds() {
		if !strings.Contains(k.name, *only) {
			continue
		}
		t, m := *tiles, *n
		if k.phi > 0 {
			t, m = 40, 4000
		}
		r, err := calibrate(k, *streams, m, m, t, 1)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		var names []string
		for name := range r {
			names = append(names, name)
		}
		slices.Sort(names)
		fmt.Printf("%-40s", k.name)
		for _, name := range names {
			fmt.Printf(" %s %.4f %.4f;", name, r[name][0], r[name][1])
		}
		fmt.Println()
	}
}
