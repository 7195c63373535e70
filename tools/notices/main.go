// Command notices prints the licences and notices of all modules that a build of
// rpconnect-sml links, as they have to go with the binary:
//
//	go run ./tools/notices -tags apache > NOTICES
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"

	"github.com/rpconnect-sml/rpconnect-sml/tools/licences"
)

func main() {
	tags := flag.String("tags", "", "the build tags, with commas between them")
	flag.Parse()
	if err := run(context.Background(), *tags); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

// run prints the notices of a build with these tags, Go's own licence first.
func run(ctx context.Context, tags string) error {
	linked, err := licences.Link(ctx, ".", licences.Build{Name: tags, Tags: tags}, runtime.GOOS)
	if err != nil {
		return err
	}
	modules, err := linked.Modules()
	if err != nil {
		return err
	}
	standard, err := licences.Standard(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Print(licences.Notices(append([]licences.Module{standard}, modules...)))
	return err
}
