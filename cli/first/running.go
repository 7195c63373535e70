package first

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// nearlyAll is the share of the rows that have a value of their own from which on an
// attribute says which row it is, and nothing of what comes with it.
const nearlyAll = 0.98

var (
	// dateForm is a date in digits, with a time or without.
	dateForm = regexp.MustCompile(`^(\d{4}([-/.])\d{1,2}([-/.])\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{4}-?[QqMm]\d{1,2}|\d{4}[-/.]\d{1,2})([T ].*)?$`)
	// identifierForm is the name of a number that says which row it is.
	identifierForm = regexp.MustCompile(`^(?i:id|uuid|guid|index|idx|key|nr|no|num|row|rowid|rownum|serial|unnamed: ?\d+|)$|[_\s-](?i:id|uuid|guid|index|idx|key|nr|no|number|serial)$|[a-z](Id|ID|Key|No|Nr)$`)
)

// tells says why an attribute tells one row from the others and is no input of a model: a
// date, a running number or an identifier. It is empty for all others.
func (p *preview) tells(a *attribute) string {
	switch a.Type {
	case "timestamp":
		if values := numbersOf(p.documents, a.Name); len(values) == 0 || ownShare(values) >= nearlyAll {
			return "a time: nearly every row has its own"
		}
	case "categorical":
		if a.Distinct == nil || a.Count < identifierRows || *a.Distinct < nearlyAll*a.Count {
			return ""
		}
		texts, dates := textsOf(p.documents, a.Name), 0
		for _, text := range texts {
			if dateForm.MatchString(text) {
				dates++
			}
		}
		switch {
		case len(texts) > 0 && float64(dates) >= nearlyAll*float64(len(texts)):
			return "a date: nearly every row has its own"
		case *a.Distinct >= a.Count:
			return "an identifier: every value is there once"
		}
		return "an identifier: nearly every value is there once"
	case "continuous":
		return runningNumber(a.Name, numbersOf(p.documents, a.Name))
	}
	return ""
}

// runningNumber says that whole numbers rise or fall by the same step from row to row, or
// that those of an identifier's name are there once each.
func runningNumber(name string, values []float64) string {
	if len(values) < identifierRows {
		return ""
	}
	rises, step := true, values[1]-values[0]
	for i, x := range values {
		if x != math.Trunc(x) {
			return ""
		}
		if i > 0 && (step == 0 || values[i]-values[i-1] != step) {
			rises = false
		}
	}
	switch {
	case rises:
		return "a running number: it counts the rows"
	case identifierForm.MatchString(name) && ownShare(values) >= nearlyAll:
		return "an identifier: nearly every value is there once"
	}
	return ""
}

// ownShare returns how many different values there are for each one.
func ownShare(values []float64) float64 {
	different := map[float64]bool{}
	for _, x := range values {
		different[x] = true
	}
	return float64(len(different)) / float64(len(values))
}

// numbersOf returns the numbers of an attribute in the rows that have it, texts of numbers
// included.
func numbersOf(rows [][]byte, name string) (out []float64) {
	for _, row := range rows {
		var document map[string]any
		if json.Unmarshal(row, &document) != nil {
			continue
		}
		switch value := document[name].(type) {
		case float64:
			out = append(out, value)
		case string:
			if x, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && !isMarker(value) {
				out = append(out, x)
			}
		}
	}
	return out
}

// isMarker reports whether a text stands for a missing value.
func isMarker(text string) bool {
	for _, marker := range schema.DefaultReading().Missing {
		if strings.EqualFold(strings.TrimSpace(text), marker) {
			return true
		}
	}
	return false
}
