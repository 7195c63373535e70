package sml

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
)

// options is what a command line says, flags in any place.
type options struct {
	sources pipeline.Sources
	cache   string
	prefix  string
	json    bool
	shard   string
	yes     bool
	reset   bool // of thresholds
	force   bool
	// features says that the name is that of a state of features.
	features bool
	output   string   // of export
	name     string   // of merge: the source
	from     string   // of merge: a project
	part     string   // of explore
	set      []string // of alter
	list     string   // of alter: the name of an sml_features

	timeout time.Duration // 0 for none

	typ, target, inputs, uses, settings string // of build
	save                                bool

	mcp       mcpOptions
	incidents incidentOptions

	args []string
	in   io.Reader // standard input, of mcp
	out  io.Writer // of export to standard output
	log  io.Writer // standard error, of mcp
}

// usageError is a command line that cannot be right; the exit code is 2.
type usageError struct{ text string }

// Error returns the text.
func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{text: fmt.Sprintf(format, args...)} }

func (o *options) common() []cli.Flag {
	return append(o.sources.Flags(),
		&cli.StringFlag{Name: "cache", Usage: "the `LABEL` of the cache, when the file does not tell", Destination: &o.cache},
		&cli.StringFlag{Name: "prefix", Usage: "what the keys begin with, when the file does not tell (default \"sml\")", Destination: &o.prefix},
		&cli.DurationFlag{Name: "timeout", Usage: "give up after this `TIME`, such as 30s (default: never)", Destination: &o.timeout},
		&cli.BoolFlag{Name: "json", Usage: "write one JSON object", Destination: &o.json},
	)
}

// parse reads the arguments; unlike the library it takes flags after them too.
func (o *options) parse(flags []cli.Flag, args []string) error {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	for _, f := range flags {
		if err := f.Apply(set); err != nil {
			return err
		}
	}
	for {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return err
			}
			return usagef("%v", strings.TrimPrefix(err.Error(), "flag "))
		}
		if set.NArg() == 0 {
			return nil
		}
		o.args = append(o.args, set.Arg(0))
		args = set.Args()[1:]
	}
}

// want checks the number of arguments.
func (o *options) want(least, most int, usage string) error {
	if n := len(o.args); n < least || n > most {
		return usagef("%d arguments are given, want: %s", n, usage)
	}
	return nil
}
