package first

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/rpconnect-sml/rpconnect-sml/cli/lint"
	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
)

// Init returns the command `init`.
func Init() *cli.Command {
	o := options{}
	return &cli.Command{
		Name: "init", Usage: "Write a first pipeline for a file or topic: learner, scorer, threshold, page and unit test",
		Description: `Looks at the first rows of the file, writes a pipeline and its unit test, and lints both. Without --input and --topic it asks.

  {{.BinaryName}} init --input tips.csv --target tip
  {{.BinaryName}} init --topic readings --brokers 127.0.0.1:9092 --cache redis://127.0.0.1:6379 -o readings.yaml`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "input", Aliases: []string{"i"}, Usage: "a `FILE`: CSV, TSV, JSON lines or an array of JSON", Destination: &o.input},
			&cli.StringFlag{Name: "topic", Usage: "a `TOPIC` of Kafka with JSON documents", Destination: &o.topic},
			&cli.StringFlag{Name: "brokers", Usage: "`ADDRESSES` of brokers, separated by commas (default \"127.0.0.1:9092\")", Destination: &o.brokers},
			&cli.StringFlag{Name: "target", Usage: "the `ATTRIBUTE` to predict; none for anomalies only", Destination: &o.target},
			&cli.BoolFlag{Name: "classify", Usage: "with --topic, the target is a category", Destination: &o.classify},
			&cli.StringFlag{Name: "project", Usage: "the project's `NAME` (default: of the file or topic)", Destination: &o.project},
			&cli.StringFlag{Name: "cache", Value: cacheFile, Usage: "where the project is kept: file, memory or a redis `ADDRESS`", Destination: &o.cache},
			&cli.StringFlag{Name: "page", Value: "127.0.0.1:4195", Usage: "the `ADDRESS` of the page, or none", Destination: &o.page},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "pipeline.yaml", Usage: "the `FILE` to write", Destination: &o.output},
			&cli.BoolFlag{Name: "force", Usage: "replace files that are there", Destination: &o.force},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return cli.Exit("init: unknown argument "+c.Args().First(), 2)
			}
			err := initialise(c, o)
			if err != nil {
				return cli.Exit("init: "+yamlwords.Text(err.Error()), 1)
			}
			return nil
		},
	}
}

// initialise asks, looks, writes and lints.
func initialise(c *cli.Context, o options) error {
	if o.input == "" && o.topic == "" {
		if err := askFor(&o, os.Stdin, os.Stderr); err != nil {
			return err
		}
	}
	if o.brokers == "" {
		o.brokers = "127.0.0.1:9092"
	}
	p, err := newPlan(c.Context, o)
	if err != nil {
		return err
	}
	if p.rows != nil {
		if err := p.rows.text(os.Stderr); err != nil {
			return err
		}
	}
	test := testFile(p.output)
	if err := p.write(test); err != nil {
		return err
	}
	if found, _ := lint.Files([]string{p.output}, &pipeline.Sources{}); len(found) > 0 {
		return fmt.Errorf("%s was written, and its lint says: %w", p.output, found[0])
	}
	p.next(os.Stdout, test)
	return nil
}

// testFile is the name that the host gives the unit test of a file.
func testFile(file string) string {
	ext := filepath.Ext(file)
	return strings.TrimSuffix(file, ext) + "_benthos_test" + ext
}

// write writes the pipeline, its test and the folder of the state.
func (p *plan) write(test string) error {
	pipelineYAML, err := p.text()
	if err != nil {
		return err
	}
	testYAML, err := p.testText()
	if err != nil {
		return err
	}
	for _, file := range []struct{ name, text string }{{p.output, pipelineYAML}, {test, testYAML}} {
		mode := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
		if !p.force {
			mode |= os.O_EXCL
		}
		f, err := os.OpenFile(file.name, mode, 0o644)
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s is there: give another name with -o, or --force", file.name)
		}
		if err != nil {
			return fmt.Errorf("write the pipeline: %w", err)
		}
		_, err = io.WriteString(f, file.text)
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("write %s: %w", file.name, err)
		}
	}
	if p.cache != cacheFile {
		return nil
	}
	if err := os.MkdirAll(p.stateFolder(), 0o755); err != nil {
		return fmt.Errorf("make the folder of the state: %w", err)
	}
	return nil
}

// next says what was written and what to do with it.
func (p *plan) next(out io.Writer, test string) {
	fmt.Fprintf(out, "wrote %s and %s; the lint finds nothing\n\n", p.output, test)
	fmt.Fprintf(out, "  rpconnect-sml test %s\n  rpconnect-sml run %s\n  rpconnect-sml sml info -c %s\n", p.output, p.output, p.output)
	if p.rows != nil && len(p.rows.Unread) > 0 {
		unread(out, p.rows.Unread)
		fmt.Fprintln(out)
	}
	if p.page != none {
		fmt.Fprintf(out, "\nWhile it runs the page is at http://%s/sml/\n", p.page)
	}
}
