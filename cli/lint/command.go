package lint

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
)

// Command returns the command `lint`, which takes the place of the host's. What the
// host says of the same arguments comes from run, which runs the host's command line
// and returns its exit code.
func Command(run func(args []string) int) *cli.Command {
	return &cli.Command{
		Name:  "lint",
		Usage: "Parse {{.ProductName}} configs and report everything for which a start would refuse them",
		Description: `Exits with a status code 1 if any errors are detected:

  {{.BinaryName}} lint ./pipeline.yaml
  {{.BinaryName}} lint -r ./resources.yaml ./configs/*.yaml
  {{.BinaryName}} lint ./configs/...

The components of this program are tried as the start does it, but nothing is read, written or connected to. So model types and their options, targets, types of attributes, durations,
windows, names of caches, and learners of one project that contradict each other are errors here too. What a start takes and is most likely not meant is a warning, which does
not change the status: a cache in memory whose keys expire, batches that wait for their last message for ever, an expression where a text is wanted. If a path ends with '...' then all files below it with the
extension .yaml or .yml are linted.`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "deprecated", Usage: "Print linting errors for the presence of deprecated fields."},
			&cli.BoolFlag{Name: "labels", Usage: "Print linting errors when components do not have labels."},
			&cli.BoolFlag{Name: "skip-env-var-check", Usage: "Do not produce lint errors when environment interpolations exist without defaults within configs but aren't defined."},
			&cli.BoolFlag{Name: "verbose", Usage: "Print the lint result for each target file."},
			&cli.StringSliceFlag{Name: "resources", Aliases: []string{"r"}, Usage: "pull in extra resources from a file, which can be referenced the same as resources defined in the main config, supports glob patterns (requires quotes)"},
			&cli.StringSliceFlag{Name: "env-file", Aliases: []string{"e"}, Usage: "import environment variables from a dotenv file"},
			&cli.StringSliceFlag{Name: "templates", Aliases: []string{"t"}, Usage: "EXPERIMENTAL: import {{.ProductName}} templates, supports glob patterns (requires quotes)"},
		},
		Action: func(c *cli.Context) error {
			text, code, err := captured(func() int { return run(hostArguments(c)) })
			if err != nil {
				return err
			}
			s := &pipeline.Sources{Resources: c.StringSlice("resources"), Templates: c.StringSlice("templates"), EnvFiles: c.StringSlice("env-file")}
			s.Inherit(c)
			targets := c.Args().Slice()
			if len(targets) == 0 {
				targets = s.Configs
			}
			found, warned := Files(targets, s)
			if report(os.Stderr, text, found, warned) || code != 0 {
				return cli.Exit("", max(code, 1))
			}
			return nil
		},
	}
}

// hostArguments are those of the host's command.
func hostArguments(c *cli.Context) []string {
	out := []string{"lint"}
	for _, name := range []string{"deprecated", "labels", "skip-env-var-check", "verbose"} {
		if c.Bool(name) {
			out = append(out, "--"+name)
		}
	}
	s := &pipeline.Sources{}
	s.Inherit(c)
	for _, name := range s.Configs {
		out = append([]string{"-c", name}, out...)
	}
	for flag, values := range map[string][]string{"-r": c.StringSlice("resources"), "-e": c.StringSlice("env-file"), "-t": c.StringSlice("templates")} {
		for _, v := range values {
			out = append(out, flag, v)
		}
	}
	return append(append(out, "--"), c.Args().Slice()...)
}

// Files checks files, each with the resources of the sources and of those files among
// them that have only resources. Refused is what a start would refuse; warned is what it
// takes and is most likely not meant. A file that cannot be read is left to the host.
func Files(targets []string, s *pipeline.Sources) (refused, warned []*pipeline.PlaceError) {
	paths, err := pipeline.Files(targets)
	if err != nil {
		return nil, nil // the host has said so
	}
	var pipelines, parts []*pipeline.Document
	shared := &pipeline.Sources{Resources: s.Resources, Templates: s.Templates, EnvFiles: s.EnvFiles}
	resources, err := pipeline.Read(shared)
	if err != nil {
		return placed(err, ""), nil
	}
	add := func(documents []*pipeline.Document) {
		more, warnings := check(documents)
		refused, warned = append(refused, more...), append(warned, warnings...)
	}
	for _, file := range paths {
		if ext := filepath.Ext(file); ext != ".yaml" && ext != ".yml" {
			continue
		}
		read, err := pipeline.Read(&pipeline.Sources{Configs: []string{file}, Templates: s.Templates})
		if err != nil {
			continue // the host has said so
		}
		for _, d := range read.Documents {
			if d.IsPart() {
				parts = append(parts, d)
			} else {
				pipelines = append(pipelines, d)
			}
		}
	}
	for _, d := range pipelines {
		add(slices.Concat([]*pipeline.Document{d}, resources.Resources, parts))
	}
	if len(pipelines) == 0 && len(parts) > 0 {
		add(slices.Concat(parts, resources.Resources))
	}
	return unique(refused), unique(warned)
}

func placed(err error, file string) []*pipeline.PlaceError {
	var at *pipeline.PlaceError
	if errors.As(err, &at) {
		return []*pipeline.PlaceError{at}
	}
	return []*pipeline.PlaceError{{File: file, Line: 1, Column: 1, Err: err}}
}

// unique leaves out what was found before, as parts are looked at with every pipeline.
func unique(found []*pipeline.PlaceError) (out []*pipeline.PlaceError) {
	seen := map[string]bool{}
	for _, e := range found {
		if text := e.Error(); !seen[text] {
			seen[text] = true
			out = append(out, e)
		}
	}
	return out
}

// report writes what the host has said and what was found beyond it, and reports
// whether anything was refused beyond it.
func report(to io.Writer, host string, found, warned []*pipeline.PlaceError) (any bool) {
	lints := hostLints(host)
	for i, l := range lints {
		if readError.MatchString(strings.TrimPrefix(l.text, l.file)) {
			l = relocated(l, root(l.file))
			lints[i] = l
		} else if nameless.MatchString(strings.TrimPrefix(l.text, l.file)) {
			l = withField(l, root(l.file))
			lints[i] = l
		}
		fmt.Fprintln(to, l.text)
	}
	for _, e := range found {
		if !says(lints, e) {
			fmt.Fprintln(to, strings.TrimSpace(e.Error()))
			any = true
		}
	}
	for _, e := range warned {
		fmt.Fprintln(to, strings.TrimSpace(e.Error()))
	}
	return any
}
