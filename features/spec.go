package features

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// ErrSpec is wrapped when a feature's definition is wrong.
var ErrSpec = errors.New("invalid feature")

// Bounds of a Spec.
const (
	// MaxRows bounds the rows of a window and of a history.
	MaxRows = 10_000
	// MaxFeatures bounds the features of a plan.
	MaxFeatures = 256
	// maxMagnitude bounds values; larger ones count as missing.
	maxMagnitude = 1e75
)

// Spec defines one feature.
type Spec struct {
	// Name is the feature's name in the result; empty means type and field.
	Name string
	// Type is one of Types.
	Type string
	// Of is what the feature is about: the name of a feature before it in the
	// list, else a field, as a dot path. The types of time alone have none.
	Of string
	// Parts are what total adds, each as Of.
	Parts []string
	// Rows is the number of rows of a window, a lag or a span; 0 means the
	// type's default.
	Rows int
	// Over is the length of a window of time, instead of Rows; 0 means none.
	Over time.Duration
	// Season is the season of a seasonal type, one of Seasons.
	Season string
	// Short is the number of rows that likelihood averages; 0 means 10.
	Short int
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

// Describe returns one line about the type, or nothing for an unknown one.
func Describe(name string) string {
	if k := find(name); k != nil {
		return k.about
	}
	return ""
}

func find(name string) *kind {
	for _, k := range catalogue() {
		if k.name == name {
			return &k
		}
	}
	return nil
}

// complete fills in defaults and checks the definition. The error wraps ErrSpec.
func (s Spec) complete() (Spec, *kind, error) {
	fail := func(format string, args ...any) (Spec, *kind, error) {
		return s, nil, fmt.Errorf("%w: "+format, append([]any{ErrSpec}, args...)...)
	}
	k := find(s.Type)
	switch {
	case k == nil:
		return fail("type: %q is none of %q", s.Type, Types())
	case k.timeOnly && s.Of != "":
		return fail("of: %q, but type %q is about the time alone", s.Of, s.Type)
	case k.composed && s.Of != "":
		return fail("of: %q, but type %q has parts", s.Of, s.Type)
	case k.composed != (len(s.Parts) > 0):
		return fail("parts: %q for type %q", s.Parts, s.Type)
	case !k.timeOnly && !k.composed && s.Of == "":
		return fail("of: type %q needs a field", s.Type)
	case s.Rows < 0 || s.Rows > MaxRows:
		return fail("rows: %d is not within 0 to %d", s.Rows, MaxRows)
	case s.Over < 0:
		return fail("over: %v is negative", s.Over)
	case s.Over > 0 && !k.timed:
		return fail("over: type %q has no window of time", s.Type)
	case s.Over > 0 && s.Rows > 0:
		return fail("rows and over: %d and %v, want one of them", s.Rows, s.Over)
	case s.Season != "" && !k.seasonal:
		return fail("season: %q, but type %q has none", s.Season, s.Type)
	case s.Short < 0 || s.Short > MaxRows:
		return fail("short: %d is not within 0 to %d", s.Short, MaxRows)
	}
	if k.seasonal && s.Season == "" {
		s.Season = seasonWeek
	}
	if k.seasonal && !slices.Contains(Seasons(), s.Season) {
		return fail("season: %q is none of %q", s.Season, Seasons())
	}
	if s.Rows == 0 && s.Over == 0 {
		s.Rows = k.rows
	}
	if s.Short == 0 {
		s.Short = defaultShort
	}
	if s.Name == "" {
		s.Name = s.Type
		if s.Of != "" {
			s.Name = s.Of + "_" + s.Type
		}
	}
	return s, k, nil
}

// number returns x, or NaN where it cannot be a value.
func number(x float64) float64 {
	if math.Abs(x) <= maxMagnitude {
		return x
	}
	return math.NaN()
}
