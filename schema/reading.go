package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Reading says how the text of documents becomes values. It is stored with the
// schema, so every process that reads rows of a project reads them alike. A field
// that is empty, or nil, is not set: [Reading.Over] fills it in.
type Reading struct {
	// Infer says what a string makes of an attribute that nobody declared:
	// text or json.
	Infer string
	// Missing are the strings that mean a missing value, in any case and with or
	// without blanks around them. Nil is not set, an empty list means none.
	Missing []string
	// DecimalMark, "." or ",", and ThousandsMark, "none" or one of thousandsMarks,
	// are those of numbers in strings.
	DecimalMark, ThousandsMark string
	// TimestampUnit is that of numbers that are timestamps: one of timestampUnits.
	TimestampUnit string
	// Timezone is where times without an offset are: a name of the IANA database,
	// or an offset such as +02:00.
	Timezone string
	// Changes says what becomes of a row with an attribute that the schema does not
	// have: accept or refuse.
	Changes string
}

// Values of Reading.Infer.
const (
	// inferText makes a string that is a whole JSON number continuous, unless it
	// looks like an identifier, and one that is a truth value binary.
	inferText = "text"
	// inferJSON makes every string categorical.
	inferJSON = "json"
)

// Values of Reading.Changes.
const (
	changesAccept = "accept"
	changesRefuse = "refuse"
)

// noMark is a thousands mark.
const noMark = "none"

var (
	decimalMarks   = []string{".", ","}
	thousandsMarks = []string{noMark, ",", ".", " ", "'", "_"}
	timestampUnits = []string{unitAuto, unitSeconds, unitMillis, unitMicros, unitNanos}
	defaultMissing = []string{"", "NaN", "NA", "N/A", "null", "none", "-"}
)

// maxMarkers bounds Reading.Missing.
const maxMarkers = 100

// DefaultReading is how a project reads that is begun without settings.
func DefaultReading() Reading {
	return Reading{
		Infer: inferText, Missing: slices.Clone(defaultMissing), DecimalMark: ".", ThousandsMark: noMark,
		TimestampUnit: unitAuto, Timezone: "UTC", Changes: changesAccept,
	}
}

// legacyReading is how schemas of format 1 were read, whose settings nobody stored.
func legacyReading() Reading {
	return Reading{
		Infer: inferJSON, Missing: []string{}, DecimalMark: ".", ThousandsMark: noMark,
		TimestampUnit: unitSeconds, Timezone: "UTC", Changes: changesAccept,
	}
}

// Over returns r with what is not set in it taken from base.
func (r Reading) Over(base Reading) Reading {
	fill := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	fill(&r.Infer, base.Infer)
	if r.Missing == nil {
		r.Missing = base.Missing
	}
	fill(&r.DecimalMark, base.DecimalMark)
	fill(&r.ThousandsMark, base.ThousandsMark)
	fill(&r.TimestampUnit, base.TimestampUnit)
	fill(&r.Timezone, base.Timezone)
	fill(&r.Changes, base.Changes)
	return r
}

// IsZero reports whether nothing is set.
func (r *Reading) IsZero() bool { return r.equal(&Reading{}) }

func (r *Reading) equal(o *Reading) bool { return reflect.DeepEqual(r, o) }

// Settings returns the settings by the names that they have in a configuration.
func (r Reading) Settings() param.Settings {
	return param.Write(func(f *param.Fields) { r.bind(f) })
}

// ReadReading declares the settings and reads them. What is not given is not set.
func ReadReading(r *param.Reader) Reading {
	var out Reading
	param.Bind(r, func(f *param.Fields) { out.bind(f) })
	if err := out.validate(); err != nil {
		r.Refuse(err)
	}
	return out
}

func (r *Reading) bind(f *param.Fields) {
	param.Var(f, &r.Infer, param.Parameter{
		Name: "infer", Choices: []string{inferText, inferJSON}, Examples: []any{inferJSON, inferText},
		Description: "What the first value makes of an attribute that is not declared. `text`: a string that is a whole JSON number (`\"5.1\"`) makes it continuous, unless it has a leading zero or more than 15 digits before the point, as identifiers have; `\"true\"` and `\"false\"` make it binary. `json`: every string makes it categorical. A new project has `text`. A project keeps its setting as long as no learner sets another one; projects from before this setting have `json`.",
	})
	param.Var(f, &r.Missing, param.Parameter{
		Name: "missing_values", Examples: []any{[]any{"", "NA", "?"}, []any{}},
		Description: "The strings that mean a missing value, in upper or lower case and with or without blanks around them. A new project has the empty string, `NaN`, `NA`, `N/A`, `null`, `none` and `-`. An empty list means that there are none. A project keeps its setting.",
	})
	param.Var(f, &r.DecimalMark, param.Parameter{
		Name: "decimal_mark", Choices: decimalMarks, Examples: []any{",", "."},
		Description: "The decimal mark of numbers in strings. A new project has `.`; a project keeps its setting. JSON numbers always have a point.",
	})
	param.Var(f, &r.ThousandsMark, param.Parameter{
		Name: "thousands_mark", Choices: thousandsMarks, Examples: []any{"'", noMark},
		Description: "The mark between groups of three digits of numbers in strings. A blank also stands for no-break spaces. A new project has `none`; a project keeps its setting.",
	})
	param.Var(f, &r.TimestampUnit, param.Parameter{
		Name: "timestamp_unit", Choices: timestampUnits, Examples: []any{unitMillis, unitAuto},
		Description: "The unit of numbers that are times since 1970: seconds, milliseconds, microseconds or nanoseconds. With `auto` the size tells them apart: seconds are below 1e11, milliseconds below 1e14, microseconds below 1e17. A new project has `auto`; a project keeps its setting; projects from before this setting have `s`.",
	})
	param.Var(f, &r.Timezone, param.Parameter{
		Name: "timezone", Examples: []any{"Europe/Berlin", "UTC"},
		Description: "Where times without an offset are, such as `2024-03-31 02:30:00` or `2024-03-31`: a name of the IANA database or an offset (`+02:00`). A time that the clocks skip is read with the offset of before; of a time that occurs twice it is the first. A new project has `UTC`; a project keeps its setting.",
	})
	param.Var(f, &r.Changes, param.Parameter{
		Name: "schema_changes", Choices: []string{changesAccept, changesRefuse}, Examples: []any{changesAccept},
		Description: "What becomes of a row with an attribute that the project does not have. `accept`: the attribute is added. `refuse`: the row is marked as failed and nothing of it is learned, once the project has any attributes; new categories are accepted. A new project has `accept`; a project keeps its setting.",
	})
}

// validate refuses what no parameter's choices refuse.
func (r *Reading) validate() error {
	if len(r.Missing) > maxMarkers {
		return fmt.Errorf("missing_values: %d strings are more than %d", len(r.Missing), maxMarkers)
	}
	for i, m := range r.Missing {
		if len(m) > maxValueBytes {
			return fmt.Errorf("missing_values.%d: %q has %d bytes, want at most %d", i, shorten(m), len(m), maxValueBytes)
		}
	}
	for _, field := range []struct {
		name, value string
		choices     []string
	}{
		{"infer", r.Infer, []string{inferText, inferJSON}}, {"decimal_mark", r.DecimalMark, decimalMarks}, {"thousands_mark", r.ThousandsMark, thousandsMarks},
		{"timestamp_unit", r.TimestampUnit, timestampUnits}, {"schema_changes", r.Changes, []string{changesAccept, changesRefuse}},
	} {
		if field.value != "" && !slices.Contains(field.choices, field.value) {
			return fmt.Errorf("%s: %q, want one of %s", field.name, shorten(field.value), strings.Join(field.choices, ", "))
		}
	}
	if r.ThousandsMark != "" && r.ThousandsMark == r.DecimalMark || r.DecimalMark == "" && r.ThousandsMark == "." {
		return fmt.Errorf("thousands_mark: %q is the decimal mark too: set decimal_mark to the other one", r.ThousandsMark)
	}
	if _, err := locationOf(r.Timezone); err != nil {
		return fmt.Errorf("timezone: %w", err)
	}
	return nil
}
