package features

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// errSpec is wrapped when a feature's definition is wrong.
var errSpec = errors.New("invalid feature")

// Bounds of a Spec.
const (
	// maxRows bounds the rows of a window and of a history.
	maxRows = 10_000
	// MaxFeatures bounds the features of a plan.
	MaxFeatures = 256
	// maxMagnitude bounds values; larger ones count as missing.
	maxMagnitude = 1e75
)

// Spec defines one feature.
type Spec struct {
	// Name is the feature's name in the result; empty means type and field.
	Name string `json:"name,omitempty"`
	// Type is one of Types.
	Type string `json:"type,omitempty"`
	// Of is what the feature is about: the name of a feature before it in the
	// list, else a field, as a dot path. The types of time alone have none.
	Of string `json:"of,omitempty"`
	// Parts are what total adds, each as Of.
	Parts []string `json:"parts,omitempty"`
	// Rows is the number of rows of a window, a lag or a span; 0 means the
	// type's default.
	Rows int `json:"rows,omitempty"`
	// Over is the length of a window of time, instead of Rows; 0 means none.
	Over time.Duration `json:"over,omitempty"`
	// Season is the season of a seasonal type, one of Seasons.
	Season string `json:"season,omitempty"`
	// Short is the number of rows that likelihood averages; 0 means 10.
	Short int `json:"short,omitempty"`
	// Options are those of a detector; what is left out has its default.
	Options param.Values `json:"options,omitempty"`
}

// Types returns the names of all types in the order of the documentation.
func Types() []string {
	all := catalogue()
	out := make([]string, len(all))
	for i := range all {
		out[i] = all[i].name
	}
	return out
}

func find(name string) *kind {
	for _, k := range catalogue() {
		if k.name == name {
			return &k
		}
	}
	return nil
}

// values are the settings that are not left out.
func (s Spec) values() param.Values {
	out := param.Values{}
	if s.Of != "" {
		out["of"] = s.Of
	}
	if len(s.Parts) > 0 {
		out["parts"] = s.Parts
	}
	if s.Over != 0 {
		out["over"] = s.Over
	}
	if s.Season != "" {
		out["season"] = s.Season
	}
	if s.Rows != 0 {
		out["rows"] = s.Rows
	}
	if s.Short != 0 {
		out["short"] = s.Short
	}
	if len(s.Options) > 0 {
		out["options"] = s.Options
	}
	return out
}

// complete fills in defaults and checks the definition. The error wraps errSpec.
func (s Spec) complete() (Spec, *kind, error) {
	k := find(s.Type)
	if k == nil {
		return s, nil, fmt.Errorf("%w: type: %q is none of %q", errSpec, s.Type, Types())
	}
	r := param.NewReader(s.values(), param.Typed)
	out := k.settings(r)
	idle(r, &out)
	if err := r.Close(); err != nil {
		var wrong *param.Error
		unknown, isUnknown := err.(*param.UnknownError) // not one of options
		switch {
		case isUnknown:
			err = fmt.Errorf("%s: type %q has no such setting", unknown.Name, s.Type)
		case errors.As(err, &wrong) && wrong.Value == nil:
			err = fmt.Errorf("type %q: %w", s.Type, err)
		}
		return s, nil, fmt.Errorf("%w: %w", errSpec, err)
	}
	out.Name, out.Type = s.Name, s.Type
	if out.Name == "" {
		out.Name = s.Type
		if s.Of != "" {
			out.Name = s.Of + "_" + s.Type
		}
	}
	return out, k, nil
}

// idle takes rows and short where the type has no use for them. It has always
// taken them, and what is stored tells plans apart by them.
func idle(r *param.Reader, s *Spec) {
	if rows, ok := r.Idle(param.Parameter{Name: "rows", Kind: param.KindInteger, Range: param.Between(1, maxRows)}); ok {
		s.Rows, _ = rows.(int)
	}
	if s.Short == 0 {
		s.Short = defaultShort
	}
	if short, ok := r.Idle(param.Parameter{Name: "short", Kind: param.KindInteger, Range: param.Between(1, maxRows)}); ok {
		s.Short, _ = short.(int)
	}
}

// number returns x, or NaN where it cannot be a value.
func number(x float64) float64 {
	if math.Abs(x) <= maxMagnitude {
		return x
	}
	return math.NaN()
}
