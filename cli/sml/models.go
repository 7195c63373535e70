package sml

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonwords"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// modelCommands are the rows about questions and models.
func modelCommands() []command {
	return []command{
		{name: "explore", usage: "Ask what has been learned", arguments: "[PROJECT] QUESTION [ATTRIBUTE...] [NAME=VALUE...]", flags: partFlag, run: exploreProject,
			description: "Without a question it lists those that there are. Attributes fill the question's parameters in order. It only reads."},
		{name: "models", usage: "List the models of a project", arguments: "[PROJECT]", run: modelList,
			description: "Each is built of what has been learned; the list says from how many rows, and what a model waits for. It only reads."},
		{name: "model", usage: "Show everything that is known about a model", arguments: "[PROJECT] MODEL", run: describeModel,
			description: "Definition, inputs, classes, and what is particular to its type, such as coefficients. It only reads."},
		{name: "build", usage: "Build a model of what has been learned", arguments: "[PROJECT]", flags: buildFlags, run: build,
			description: "Any type, target and inputs can be used; nothing has to be declared before. With --save the definition is stored with the project."},
		{name: "predict", usage: "Put documents of a file through a model", arguments: "[PROJECT] MODEL FILE", run: predict,
			description: "FILE has one JSON document a line; - is standard input. Prints one result a line. Writes nothing."},
		{name: "thresholds", usage: "Show and set the thresholds of scores and watched values", arguments: "[PROJECT] [SCORES]", flags: thresholdFlags, run: thresholds,
			description: "SCORES is a model, or watch.NAME for the value that an sml_threshold watches. With --set it shows what the threshold would be; with --yes it is set in every process, in place of the settings of the components, until --reset --yes."},
		{name: "freeze", usage: "Keep a model as it is now", arguments: "[PROJECT] MODEL VERSION", run: freeze,
			description: "The kept model answers as MODEL@VERSION and never changes, whatever is learned."},
		{name: "serve", usage: "Let a frozen version answer for a model", arguments: "[PROJECT] MODEL [VERSION]", run: serve,
			description: "The version answers in all processes until another one is chosen. Without VERSION the current model answers again."},
		{name: "forget-model", usage: "Delete a model definition", arguments: "[PROJECT] MODEL", run: forgetModel,
			description: "Its frozen versions stay. An sml_learn whose settings define the model defines it again."},
	}
}

func partFlag(o *options) []cli.Flag {
	return []cli.Flag{&cli.StringFlag{Name: "part", Usage: "`PART` of the statistics: window, decay or history, where these are kept, earlier, older or newer, or key:KEY, shard:SHARD, project:NAME", Destination: &o.part}}
}

func buildFlags(o *options) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "type", Usage: "the `TYPE` of model, such as ols", Destination: &o.typ},
		&cli.StringFlag{Name: "target", Usage: "the `ATTRIBUTE` to predict", Destination: &o.target},
		&cli.StringFlag{Name: "inputs", Usage: "`NAMES` or patterns of inputs, separated by commas (default: all)", Destination: &o.inputs},
		&cli.StringFlag{Name: "features", Usage: "`NAMES` of features, separated by commas: linear, and what expand of sml_learn computes (default: linear)", Destination: &o.uses},
		&cli.StringFlag{Name: "options", Usage: "options of the type as a `JSON` object", Destination: &o.settings},
		&cli.StringFlag{Name: "name", Usage: "the model's `NAME` (default: its type)", Destination: &o.name},
		&cli.BoolFlag{Name: "save", Usage: "store the definition with the project", Destination: &o.save},
	}
}

// quiet is an observer for a process that answers one question.
type quiet struct{}

func (quiet) Learned(string, int, int, int)  {}
func (quiet) Built(string, string)           {}
func (quiet) Limited(string, string, string) {}
func (quiet) Warn(string)                    {}

// live opens the project of the command line for reading, as a component does. A project that has learned nothing and has no models is unknown.
func openLive(ctx context.Context, o *options, project string) (p *opened, h *live.Handle, err error) {
	if p, h, err = openAny(ctx, o, project); err != nil {
		return nil, nil, err
	}
	if _, err = p.look(ctx); err != nil {
		err = errors.Join(err, h.Close(ctx))
		p.close()
		return nil, nil, err
	}
	return p, h, nil
}

// openAny opens a project for reading, of which there may be nothing.
func openAny(ctx context.Context, o *options, project string) (p *opened, h *live.Handle, err error) {
	if p, err = open(ctx, o, project, true); err != nil {
		return nil, nil, err
	}
	settings := live.Settings{Project: p.project, Cache: p.label, Prefix: p.prefix}
	h, err = live.NewTable().Open(new(live.Scope), settings, p.store, "sml", quiet{})
	if err != nil {
		p.close()
		return nil, nil, err
	}
	return p, h, nil
}

// withLive opens the project of a command and calls f with it.
func withLive(ctx context.Context, o *options, run func(p *live.Project) (answer, error)) (answer, error) {
	p, h, err := openLive(ctx, o, first(o.args))
	if err != nil {
		return nil, err
	}
	defer p.close()
	said, err := run(h.Project())
	return said, errors.Join(err, h.Close(ctx))
}

// jsonAnswer is an answer that is printed as indented JSON.
type jsonAnswer struct{ value any }

// MarshalJSON returns the value's.
func (a jsonAnswer) MarshalJSON() ([]byte, error) { return json.Marshal(a.value) }

func (a jsonAnswer) text(out io.Writer) {
	data, err := json.Marshal(a.value)
	if err != nil {
		fmt.Fprintln(out, err)
		return
	}
	writeTree(out, data)
}

func build(ctx context.Context, o *options) (answer, error) {
	if err := o.wantProject(0, 0, "--type TYPE"); err != nil {
		return nil, err
	}
	d := model.Definition{Name: o.name, Type: o.typ, Target: o.target}
	if o.typ == "" {
		return nil, usagef("--type is missing: one of %s", strings.Join(modelTypes(), ", "))
	}
	if d.Name == "" {
		d.Name = d.Type
	}
	d.Inputs, d.Features = listed(o.inputs), listed(o.uses)
	if o.settings != "" {
		if err := json.Unmarshal([]byte(o.settings), &d.Options); err != nil {
			return nil, usagef("--options is no JSON object: %v", jsonwords.Error(err))
		}
	}
	if err := catalogue.All().Validate(&d); err != nil {
		return nil, &usageError{text: err.Error()}
	}
	return withLive(ctx, o, func(p *live.Project) (answer, error) {
		report, err := p.Models().Try(ctx, d)
		if err != nil {
			return nil, err
		}
		if report.Unbuilt && (report.Unseen != "" || !o.save) {
			return nil, unbuilt(ctx, p, report)
		}
		if o.save {
			if err := p.Models().Define(ctx, d); err != nil {
				return nil, err
			}
		}
		return modelAnswer{report}, nil
	})
}

// listed returns the names of a list with commas.
func listed(text string) (names []string) {
	for _, name := range strings.Split(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// unbuilt says why a model cannot be built, and which attributes there are where it
// names one that is none.
func unbuilt(ctx context.Context, p *live.Project, report *live.ModelReport) error {
	text := fmt.Sprintf("model %q cannot be built: %s", report.Name, report.Waiting)
	if report.Unseen == "" {
		return errors.New(text)
	}
	info, err := p.Info(ctx)
	if err != nil {
		return err
	}
	var known []string
	for _, a := range info.Schema {
		known = append(known, a.Name)
	}
	return fmt.Errorf("%s%s (the project has %s)", text, param.DidYouMean(report.Unseen, known), clip(orNone(known), mostKnown))
}

// mostKnown bounds the names of attributes in an error, in characters.
const mostKnown = 400

func modelTypes() (out []string) {
	for _, e := range catalogue.All() {
		out = append(out, e.Type)
	}
	return out
}

// predictions are the results of documents, already written.
type predictions struct {
	Documents int `json:"documents"`
	Failed    int `json:"failed"`
}

func (a *predictions) text(io.Writer) {}

func predict(ctx context.Context, o *options) (answer, error) {
	if err := o.wantProject(2, 2, "MODEL FILE"); err != nil {
		return nil, err
	}
	in := io.Reader(os.Stdin)
	if name := o.args[2]; name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	return withLive(ctx, o, func(p *live.Project) (answer, error) {
		return predictLines(ctx, p, o.args[1], in, o.out)
	})
}

// longestLine bounds one document.
const longestLine = 16 << 20

func predictLines(ctx context.Context, p *live.Project, name string, in io.Reader, to io.Writer) (answer, error) {
	if _, err := p.Models().Describe(ctx, name); err != nil {
		return nil, err
	}
	lines, out := bufio.NewScanner(in), bufio.NewWriter(to)
	lines.Buffer(nil, longestLine)
	counts := &predictions{}
	for lines.Scan() {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		counts.Documents++
		var document any
		var result json.RawMessage
		err := jsonwords.Error(json.Unmarshal(line, &document))
		if err == nil {
			result, err = p.ScoreValue(ctx, name, document)
		}
		if err != nil {
			counts.Failed++
			if result, err = json.Marshal(map[string]string{"error": err.Error()}); err != nil {
				return nil, err
			}
		}
		if _, err := fmt.Fprintf(out, "%s\n", result); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(lines.Err(), out.Flush()); err != nil {
		return nil, err
	}
	if counts.Failed > 0 {
		return counts, fmt.Errorf("%d of %d documents have no result", counts.Failed, counts.Documents)
	}
	return counts, nil
}

// done is an answer of one sentence.
type done struct {
	Project string `json:"project"`
	Model   string `json:"model"`
	Version string `json:"version,omitempty"`
	Done    string `json:"done"`
}

func (a *done) text(out io.Writer) { fmt.Fprintln(out, a.Done) }

func freeze(ctx context.Context, o *options) (answer, error) {
	if err := o.wantProject(2, 2, "MODEL VERSION"); err != nil {
		return nil, err
	}
	name, version := o.args[1], o.args[2]
	return withLive(ctx, o, func(p *live.Project) (answer, error) {
		if err := p.Models().Freeze(ctx, name, version); err != nil {
			return nil, err
		}
		return &done{Project: p.Name(), Model: name, Version: version, Done: fmt.Sprintf("model %s is kept as %s@%s", name, name, version)}, nil
	})
}

func serve(ctx context.Context, o *options) (answer, error) {
	if err := o.wantProject(1, 2, "MODEL [VERSION]"); err != nil {
		return nil, err
	}
	name, version := o.args[1], ""
	said := "the current model answers for " + name
	if len(o.args) == 3 {
		version = o.args[2]
		said = fmt.Sprintf("%s@%s answers for %s", name, version, name)
	}
	return withLive(ctx, o, func(p *live.Project) (answer, error) {
		if err := p.Models().Serve(ctx, name, version); err != nil {
			return nil, err
		}
		return &done{Project: p.Name(), Model: name, Version: version, Done: said}, nil
	})
}

func forgetModel(ctx context.Context, o *options) (answer, error) {
	if err := o.wantProject(1, 1, "MODEL"); err != nil {
		return nil, err
	}
	name := o.args[1]
	return withLive(ctx, o, func(p *live.Project) (answer, error) {
		if err := p.Models().Delete(ctx, name); err != nil {
			return nil, err
		}
		return &done{Project: p.Name(), Model: name, Done: "model " + name + " is deleted"}, nil
	})
}
