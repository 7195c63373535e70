package first

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// defaultRows is how many rows are looked at.
const defaultRows = 1000

// plainLearner is an sml_learn without any settings.
const plainLearner = "{ project: preview, cache: memory }"

// Preview returns the command `preview`.
func Preview() *cli.Command {
	return &cli.Command{
		Name: "preview", Usage: "Show what the first rows of a file would be learned as, and what would be refused", ArgsUsage: "FILE",
		Description: `Reads CSV, TSV, JSON lines or an array of JSON, learns the first rows into memory as sml_learn does, and shows the type of each attribute and the rows that are refused.

  {{.BinaryName}} preview readings.csv
  {{.BinaryName}} preview readings.csv -c pipeline.yaml    with the settings of its sml_learn`,
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "rows", Aliases: []string{"n"}, Value: defaultRows, Usage: "the `NUMBER` of rows to look at"},
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "a pipeline's `FILE`, for the settings of its sml_learn"},
			&cli.BoolFlag{Name: "json", Usage: "write one JSON object"},
		},
		Action: func(c *cli.Context) error {
			file, rows, config, asJSON := previewArguments(c)
			if file == "" || rows < 1 {
				return cli.Exit("preview: want one FILE, and --rows of 1 or more", 2)
			}
			err := func() error {
				learner, err := learnerOf(config)
				if err != nil {
					return err
				}
				input, err := inputOf(file)
				if err != nil {
					return err
				}
				documents, err := firstRows(c.Context, input, rows)
				if err != nil {
					return err
				}
				p, err := learnRows(c.Context, file, learner, documents)
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(os.Stdout).Encode(p)
				}
				return p.text(os.Stdout)
			}()
			if err != nil {
				return cli.Exit("preview: "+yamlwords.Text(err.Error()), 1)
			}
			return nil
		},
	}
}

// previewArguments reads the flags, which may stand after FILE too.
func previewArguments(c *cli.Context) (file string, rows int, config string, asJSON bool) {
	rows, config, asJSON = c.Int("rows"), c.String("config"), c.Bool("json")
	args := c.Args().Slice()
	for i := 0; i < len(args); i++ {
		next := func() string {
			if i++; i < len(args) {
				return args[i]
			}
			return ""
		}
		switch args[i] {
		case "-c", "--config":
			config = next()
		case "-n", "--rows":
			n, err := strconv.Atoi(next())
			if err != nil {
				n = 0 // which is refused
			}
			rows = n
		case "--json":
			asJSON = true
		default:
			if file != "" {
				return "", rows, config, asJSON
			}
			file = args[i]
		}
	}
	return file, rows, config, asJSON
}

// learnerOf returns the settings of the first sml_learn of a pipeline.
func learnerOf(config string) (string, error) {
	if config == "" {
		return plainLearner, nil
	}
	c, err := pipeline.Read(&pipeline.Sources{Configs: []string{config}})
	if err != nil {
		return "", err
	}
	for _, d := range c.Documents {
		found, err := d.Components("sml_learn")
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			return found[0].Config.YAML()
		}
	}
	return "", fmt.Errorf("%q has no sml_learn", config)
}

// text writes the preview for people.
func (p *preview) text(out io.Writer) error {
	fmt.Fprintf(out, "%s: %d rows, %d learned\n\n", p.Source, p.Rows, p.Learned)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ATTRIBUTE\tTYPE\tVALUES\tMISSING\tMIN\tMEAN\tMAX\tDIFFERENT\tWHY")
	for i := range p.Attributes {
		a := &p.Attributes[i]
		fmt.Fprintf(w, "%s\t%s\t%g\t%g\t%s\t%s\t%s\t%s\t%s\n", a.Name, a.Type, a.Count, a.Missing, short(a.Min), short(a.Mean), short(a.Max), short(a.Distinct), a.Why)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for i := range p.Attributes {
		if a := &p.Attributes[i]; a.Hint != "" {
			fmt.Fprintf(out, "\n%s: %s", a.Name, a.Hint)
		}
	}
	unread(out, p.Unread)
	for _, r := range p.Refused {
		fmt.Fprintf(out, "\n%d rows would be refused, the first is row %d: %s", r.Rows, r.First, r.Error)
	}
	_, err := fmt.Fprintln(out)
	return err
}

// unread says of which keys nothing is learned, and what would learn them.
func unread(out io.Writer, keys []live.UnreadInfo) {
	for _, u := range keys {
		fmt.Fprintf(out, "\n%s is %s, of which nothing is learned: %s", u.Name, u.Is, u.Advice)
	}
}

// short writes a number with few digits.
func short(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'g', 6, 64)
}
