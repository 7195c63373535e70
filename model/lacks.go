package model

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/internal/glob"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Lacks says what a model of the definition misses in what has been learned before it
// can be built: any row, a row that has the target, or a row that has an input. A model that
// predicts nothing takes those inputs that there are. Inputs
// that are patterns or products are not looked at, as attributes that fit may still
// come. It is empty where nothing of the kind is missing. Unseen says that it is the
// name of an attribute, which may be misspelt.
func Lacks(d *Definition, s *stats.Summary) (text string, unseen string) {
	if !(s.Weight() > 0) {
		return "nothing has been learned yet", ""
	}
	rows := strconv.FormatFloat(s.Weight(), 'f', -1, 64)
	if d.Target != "" && !seen(s, d.Target) {
		return fmt.Sprintf("target %q was seen in no row of %s", d.Target, rows), d.Target
	}
	some := d.Target == "" && slices.ContainsFunc(d.Inputs, func(input string) bool { return glob.Is(input) || seen(s, input) })
	for _, input := range d.Inputs {
		if !some && !glob.Is(input) && !seen(s, input) {
			return fmt.Sprintf("input %q was seen in no row of %s", input, rows), input
		}
	}
	return "", ""
}

// seen reports whether a row has the attribute.
func seen(s *stats.Summary, attribute string) bool {
	l := s.Layout()
	if i := l.NumericIndex(attribute); i >= 0 {
		return s.Moments(i).Weight() > 0
	}
	i := l.CategoricalIndex(attribute)
	return i >= 0 && s.Present(i) > 0
}
