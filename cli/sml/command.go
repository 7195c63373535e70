package sml

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"
)

// Exit codes besides 0.
const (
	exitFailed = 1
	exitUsage  = 2
)

// command is one row of the table of subcommands.
type command struct {
	name, usage, arguments string
	description            string
	flags                  func(o *options) []cli.Flag
	run                    func(ctx context.Context, o *options) (answer, error)
}

// answer is the result of a command. It is printed as JSON with --json.
type answer interface {
	// text writes the answer for people.
	text(out io.Writer)
}

func commands() []command {
	return slices.Concat(projectCommands(), modelCommands(), serverCommands())
}

// serverCommands are the rows of what serves until it is stopped.
func serverCommands() []command {
	return []command{
		{name: "mcp", usage: "Serve questions, models and projects to assistants (Model Context Protocol)", flags: mcpFlags, run: serveMCP,
			description: "On standard input and output, or with --http as streamable HTTP. It only reads, and builds models without storing them, unless --write is given."},
	}
}

// projectCommands are the rows about whole projects.
func projectCommands() []command {
	return []command{
		{name: "info", usage: "Show what a project has learned", arguments: "[PROJECT]", run: info,
			description: "Rows, schema, shards with their positions, models. It only reads."},
		{name: "list", usage: "List the projects of a cache", run: list,
			description: "Those that the cache lists and those that the configuration names. It only reads."},
		{name: "features", usage: "Show the state of sml_features processors", arguments: "[NAME]", run: showFeatures,
			description: "Shards with their rows, keys and positions, of the sml_features that the files name. It only reads."},
		{name: "incidents", usage: "Show the incidents of a project", arguments: "[PROJECT]", flags: incidentFlags, run: incidents,
			description: "Those that are open, then those that were closed last, of the sml_incidents of every process. It only reads."},
		{name: "export", usage: "Write a project to one file", arguments: "[PROJECT]", flags: outputFlag, run: export,
			description: "Schema, models, and of each shard positions and statistics. No rows: there are none. It only reads the cache."},
		{name: "import", usage: "Make a project of an exported file", arguments: "FILE [PROJECT]", flags: forceFlag, run: importFile,
			description: "Positions included, so learning goes on where it was. A project that is there is refused without --force."},
		{name: "merge", usage: "Add the statistics of a file or of another project", arguments: "[PROJECT] FILE | [PROJECT] --from OTHER", flags: mergeFlags, run: merge,
			description: "Attributes and categories are matched by name. The same content counts once; another export --as the same name replaces the earlier one."},
		{name: "alter", usage: "Change settings of a project", arguments: "[PROJECT] --set NAME=VALUE", flags: alterFlags, run: alter,
			description: "Changes histogram_bins, conditional_bins, max_patterns, precision, max_categories, max_attributes or the type of an attribute (attributes.NAME), with --features the list of an sml_features, and says what becomes of what was learned. Without --yes it only says so. Learners may run meanwhile."},
		{name: "rename", usage: "Give a project another name", arguments: "OLD NEW", flags: changeFlags, run: rename,
			description: "Copies the project under the new name and deletes the old one. No pipeline may learn it meanwhile."},
		{name: "delete", usage: "Delete a project", arguments: "PROJECT", flags: changeFlags, run: remove,
			description: "Deletes every record of the project. Without --yes it only shows what would be deleted."},
		{name: "check", usage: "Look at every record of a project", arguments: "[PROJECT]", run: check,
			description: "Exits with 1 when a record is damaged. Writes nothing."},
		{name: "repair", usage: "Repair the damage that check finds", arguments: "[PROJECT]", flags: changeFlags, run: repair,
			description: "Without --yes it only shows what can be done and what would be lost."},
		{name: "forget", usage: "Forget everything that one shard has added to a project", arguments: "[PROJECT]", flags: shardFlag, run: forget,
			description: "Rows, windows, keys and bins are as if the shard had never been learned or merged; its positions stay, so nothing is learned again. A running pipeline goes on from there. It cannot be undone. Without --yes it only shows what would be forgotten."},
		{name: "epoch", usage: "Forget the positions of a shard whose source is numbered anew", arguments: "[PROJECT] SHARD", flags: epochFlags, run: epoch,
			description: "What was learned stays; with --features, PROJECT is the state of an sml_features, and the series of its keys stay. A running pipeline goes on from there at once. Without --yes it only shows what would be forgotten."},
	}
}

func outputFlag(o *options) []cli.Flag {
	return []cli.Flag{&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "the `FILE` to write, - for standard output (default \"PROJECT.sml\")", Destination: &o.output}}
}

func forceFlag(o *options) []cli.Flag {
	return []cli.Flag{&cli.BoolFlag{Name: "force", Usage: "replace a project that is there, even where something seems to learn it", Destination: &o.force}}
}

func mergeFlags(o *options) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "from", Usage: "another `PROJECT` of the same cache instead of a file", Destination: &o.from},
		&cli.StringFlag{Name: "as", Usage: "the `NAME` of the source, such as the site; a later export of it replaces this one", Destination: &o.name},
	}
}

func yesFlag(o *options) []cli.Flag {
	return []cli.Flag{&cli.BoolFlag{Name: "yes", Usage: "do it", Destination: &o.yes}}
}

func changeFlags(o *options) []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "yes", Usage: "do it", Destination: &o.yes},
		&cli.BoolFlag{Name: "force", Usage: "do it even where something seems to learn the project", Destination: &o.force},
	}
}

// Command returns the subcommand `sml` of the command line, with further commands that
// belong there too.
func Command(more ...*cli.Command) *cli.Command {
	out := &cli.Command{
		Name:  "sml",
		Usage: "Look at, move, merge and repair the projects in the caches of a pipeline",
		Description: strings.TrimSpace(`
Works on the cache_resources of the configuration that -c names. With one sml_* processor in it, PROJECT and --cache need not be given.

  rpconnect-sml sml info -c pipeline.yaml
  rpconnect-sml sml export -c pipeline.yaml shuttle -o shuttle.sml
  rpconnect-sml sml merge -c headquarters.yaml fleet shuttle.sml --as plant-7`),
	}
	for _, c := range commands() {
		out.Subcommands = append(out.Subcommands, c.cli())
	}
	out.Subcommands = append(out.Subcommands, more...)
	return out
}

// allFlags are those of every command and those of this one, which come first where
// both have one of the same name.
func (c command) allFlags(o *options) []cli.Flag {
	if c.flags == nil {
		return o.common()
	}
	own := c.flags(o)
	named := func(f cli.Flag) bool {
		return slices.ContainsFunc(own, func(mine cli.Flag) bool { return mine.Names()[0] == f.Names()[0] })
	}
	return append(slices.DeleteFunc(o.common(), named), own...)
}

func (c command) cli() *cli.Command {
	return &cli.Command{
		Name: c.name, Usage: c.usage, ArgsUsage: c.arguments, Description: c.description,
		Flags: c.allFlags(&options{}), SkipFlagParsing: true,
		Action: func(cc *cli.Context) error {
			ctx, stop := signal.NotifyContext(cc.Context, os.Interrupt, syscall.SIGTERM)
			defer stop()
			err := within(ctx, func() error { return c.execute(ctx, cc, cc.Args().Slice(), os.Stdout, os.Stderr) })
			if errors.Is(err, flag.ErrHelp) {
				return cli.ShowSubcommandHelp(cc)
			}
			if err != nil {
				return cli.Exit(fmt.Sprintf("sml %s: %v", c.name, err), exitCode(err))
			}
			return nil
		},
	}
}

// endGrace is how long a command may take to end once its context has ended.
const endGrace = time.Second

// within calls run and returns its error, or that of ctx when run goes on for
// longer than endGrace after ctx has ended; the process is about to end then.
func within(ctx context.Context, run func() error) error {
	outcome := make(chan error, 1)
	go func() { outcome <- run() }()
	select {
	case err := <-outcome:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-outcome:
		return err
	case <-time.After(endGrace):
		return context.Cause(ctx)
	}
}

// execute runs the command. Its answer goes to out, warnings go to log.
// What stands before the command's name is in cc, which may be nil.
func (c command) execute(ctx context.Context, cc *cli.Context, args []string, out, log io.Writer) error {
	o := &options{in: os.Stdin, out: out, log: log}
	if err := o.parse(c.allFlags(o), args); err != nil {
		return err
	}
	if cc != nil {
		o.sources.Inherit(cc)
	}
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.timeout, fmt.Errorf("--timeout %v has passed", o.timeout))
		defer cancel()
	}
	said, err := c.run(ctx, o)
	if said == nil {
		return err
	}
	if w, ok := said.(interface{ warnings() []string }); ok {
		for _, line := range w.warnings() {
			fmt.Fprintln(log, "warning: "+line)
		}
	}
	if printErr := print(said, o.json, out); printErr != nil {
		return printErr
	}
	return err
}

func exitCode(err error) int {
	var usage *usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}
