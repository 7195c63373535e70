package sml

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/processors"
)

// thresholdsAnswer are the thresholds of a project, and whether one was changed.
type thresholdsAnswer struct {
	Project    string                `json:"project"`
	Thresholds []live.ThresholdState `json:"thresholds"`
	Done       bool                  `json:"done"`
	// would says that nothing was done yet.
	would bool
}

func thresholdFlags(o *options) []cli.Flag {
	return []cli.Flag{
		&cli.GenericFlag{Name: "set", Usage: "an option of the threshold of SCORES and its value, `NAME=VALUE`, such as alpha=0.0001; may be given several times", Value: (*repeated)(&o.set)},
		&cli.BoolFlag{Name: "reset", Usage: "let the settings of the components count again", Destination: &o.reset},
		&cli.BoolFlag{Name: "yes", Usage: "do it", Destination: &o.yes},
	}
}

// thresholds shows the thresholds of a project, or sets options of one.
func thresholds(ctx context.Context, o *options) (answer, error) {
	if err := o.wantProject(0, 1, "[SCORES]"); err != nil {
		return nil, err
	}
	name := ""
	if len(o.args) > 1 {
		name = o.args[1]
	}
	given, err := param.Values{}, error(nil)
	if len(o.set) > 0 {
		given, err = assignments(o.set)
	}
	switch {
	case err != nil:
		return nil, err
	case name == "" && (len(given) > 0 || o.reset):
		return nil, usagef("--set and --reset want one SCORES: a model, or watch.NAME")
	case len(given) > 0 && o.reset:
		return nil, usagef("give either --set or --reset")
	case o.yes && len(given) == 0 && !o.reset:
		return nil, usagef("--yes does nothing without --set or --reset")
	}
	options, err := typedOptions(given)
	if err != nil {
		return nil, err
	}
	c, err := readConfig(&o.sources)
	if err != nil {
		return nil, err
	}
	return withLive(ctx, o, func(p *live.Project) (answer, error) {
		for _, j := range c.judges {
			if j.project != p.Name() {
				continue
			}
			if err := processors.Judge(p, j.name, j.yaml); err != nil {
				return nil, err
			}
		}
		out := &thresholdsAnswer{Project: p.Name(), Thresholds: []live.ThresholdState{}}
		if name == "" {
			out.Thresholds, err = p.Scores().Thresholds(ctx)
			return out, err
		}
		return out, out.change(ctx, p, o, name, options)
	})
}

// typedOptions reads options of a threshold given as texts.
func typedOptions(given param.Values) (param.Values, error) {
	r := param.NewReader(given, param.Texts)
	whole := threshold.Read(r)
	if err := r.Close(); err != nil {
		return nil, &usageError{text: err.Error()}
	}
	settings := whole.Settings()
	out := param.Values{}
	for option := range given {
		out[option] = settings[option]
	}
	return out, nil
}

// change does what the flags say to the threshold of a name, and tells it.
func (a *thresholdsAnswer) change(ctx context.Context, p *live.Project, o *options, name string, options param.Values) error {
	var err error
	switch {
	case o.reset && o.yes:
		err = p.Scores().ResetThreshold(ctx, name)
		a.Done = true
	case len(options) > 0 && o.yes:
		err = p.Scores().SetThreshold(ctx, name, options)
		a.Done = true
	}
	if err != nil {
		return err
	}
	now, err := p.Scores().Threshold(ctx, name, nil)
	if err != nil {
		return err
	}
	a.Thresholds = append(a.Thresholds, *now)
	if a.Done || len(options) == 0 && !o.reset {
		return nil
	}
	a.would = true
	if o.reset {
		return nil
	}
	settings := maps.Clone(now.Settings)
	delete(settings, "anomaly_quantile")
	maps.Copy(settings, options)
	asked, err := threshold.ThresholdOptions{}.With(settings)
	if err != nil {
		return err
	}
	would, err := p.Scores().Threshold(ctx, name, &asked)
	if err != nil {
		return err
	}
	a.Thresholds = append(a.Thresholds, *would)
	return nil
}

func (a *thresholdsAnswer) text(out io.Writer) {
	rows := [][]string{{"SCORES", "OF", "SCORED", "MEDIAN", "HIGHEST", "THRESHOLD", "METHOD", "SETTINGS", "FROM"}}
	for i := range a.Thresholds {
		t := &a.Thresholds[i]
		bound := rounded(t.Threshold)
		if t.Lower != nil {
			bound = rounded(t.Lower) + " to " + bound
		}
		if t.WaitingFor != "" {
			bound = "waits for " + t.WaitingFor
		}
		rows = append(rows, []string{t.Name, t.Kind, fmt.Sprint(t.Scores), rounded(t.Median), rounded(t.Highest), bound, t.Method, settingsText(t.Settings), t.From})
	}
	table(out, rows)
	if a.would {
		fmt.Fprintln(out, "Nothing was done; --yes does it")
	}
}

// settingsText writes settings in one line.
func settingsText(settings param.Values) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if text, err := json.Marshal(settings[name]); err == nil {
			parts = append(parts, name+"="+strings.Trim(string(text), `"`))
		}
	}
	return strings.Join(parts, " ")
}

// rounded writes a number with six digits, - for none.
func rounded(x *float64) string {
	if x == nil {
		return "-"
	}
	return strconv.FormatFloat(*x, 'g', 6, 64)
}
