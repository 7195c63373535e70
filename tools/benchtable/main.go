package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "benchtable:", err)
		os.Exit(1)
	}
}

// run measures all suites and prints the table; it must be called in the
// module.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("benchtable", flag.ContinueOnError)
	rounds := flags.Int("rounds", 3, "how often everything runs; figures are medians")
	benchtime := flags.String("time", "500ms", "time of each benchmark, as for go test -benchtime")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *rounds < 1 {
		return fmt.Errorf("rounds is %d, want 1 or more", *rounds)
	}
	m := measurements{}
	for round := range *rounds {
		for _, s := range suites() {
			fmt.Fprintf(os.Stderr, "round %d of %d: %s\n", round+1, *rounds, s.name)
			output, err := s.run(ctx, *benchtime)
			if err != nil {
				return err
			}
			if err := m.parse(s.name, output); err != nil {
				return fmt.Errorf("parse the output of %s: %w", s.name, err)
			}
		}
	}
	_, err := fmt.Fprintf(out, "%s/%s, %d processors, %s, medians of %d rounds.\n\n%s",
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), *rounds, table(goals(), m))
	return err
}
