package first

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// Forms of numbers in texts that are no JSON numbers.
var (
	wholeForm     = regexp.MustCompile(`^[+-]?\d+$`)
	commaForm     = regexp.MustCompile(`^[+-]?(\d+|\d{1,3}([.  ']\d{3})+),\d+$`)
	thousandsForm = regexp.MustCompile(`^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$`)
	zeroForm      = regexp.MustCompile(`^0\d+$`)
)

// marks are the settings of sml_learn by which texts are numbers; empty for none.
type marks struct{ Decimal, Thousands string }

// textsOf returns the texts of an attribute in the rows that are no missing markers.
func textsOf(rows [][]byte, name string) (out []string) {
	for _, row := range rows {
		var document map[string]any
		if json.Unmarshal(row, &document) != nil {
			continue
		}
		text, ok := document[name].(string)
		text = strings.TrimSpace(text)
		if ok && !slices.ContainsFunc(schema.DefaultReading().Missing, func(marker string) bool { return strings.EqualFold(text, marker) }) {
			out = append(out, text)
		}
	}
	return out
}

// marksOf returns the marks by which texts are numbers, and a text that shows it. Where
// each text could be read in two ways, such as 1,234, none is certain: both is true.
func marksOf(texts []string) (m marks, example string, both bool) {
	thousands := true
	for _, text := range texts {
		isComma, isThousands := commaForm.MatchString(text), thousandsForm.MatchString(text)
		switch {
		case wholeForm.MatchString(text):
		case !isComma && !isThousands:
			return marks{}, "", false
		case example == "" || isComma != isThousands:
			example = text
		}
		if isComma && !isThousands {
			m.Decimal, thousands = ",", false
			if i := strings.IndexAny(text, ".  '"); i >= 0 {
				m.Thousands = string([]rune(text[i:])[:1])
			}
		}
		if isThousands && !isComma {
			m.Thousands = ","
		}
	}
	switch {
	case example == "":
		return marks{}, "", false
	case m.Decimal == "," && m.Thousands == ",":
		return marks{}, "", false // some are read in one way and some in the other
	case m == (marks{}) && thousands:
		return marks{}, example, true
	}
	return m, example, false
}

// hint notes what the texts of an attribute say beside its type: numbers that need marks,
// and identifiers with leading zeros.
func (a *attribute) hint(texts []string) {
	if a.Type == "categorical" {
		m, example, both := marksOf(texts)
		switch {
		case both:
			a.bare = true
			a.Hint = fmt.Sprintf("texts such as %q are numbers with a decimal comma (`decimal_mark: \",\"`) or with a mark of thousands (`thousands_mark: \",\"`): sml_learn has to be told which", example)
		case m != marks{}:
			a.marks = m
			a.Hint = fmt.Sprintf("texts such as %q are numbers: %s of sml_learn reads them as such", example, m)
		}
	}
	i := slices.IndexFunc(texts, zeroForm.MatchString)
	switch {
	case i < 0:
	case a.Type == "categorical":
		a.Hint = fmt.Sprintf("texts with a leading zero, such as %q, are identifiers (a zip code, say): they stay categories", texts[i])
	case a.Type == "continuous":
		a.zeros = true
		a.Hint = fmt.Sprintf("some texts have a leading zero, such as %q, which a number loses: `attributes: { %q: categorical }` keeps identifiers such as zip codes apart", texts[i], a.Name)
	}
}

// String is the settings as they stand in a configuration.
func (m marks) String() string {
	var out []string
	if m.Decimal != "" {
		out = append(out, fmt.Sprintf("`decimal_mark: %q`", m.Decimal))
	}
	if m.Thousands != "" {
		out = append(out, fmt.Sprintf("`thousands_mark: %q`", m.Thousands))
	}
	return strings.Join(out, " and ")
}

// fields are the settings as fields in braces, with a comma after each.
func (m marks) fields() (out string) {
	if m.Decimal != "" {
		out += fmt.Sprintf("decimal_mark: %q, ", m.Decimal)
	}
	if m.Thousands != "" {
		out += fmt.Sprintf("thousands_mark: %q, ", m.Thousands)
	}
	return out
}

// common returns the marks that all attributes with marks agree on, where no other text
// would be read otherwise by them; none else.
func (p *preview) common() marks {
	var out marks
	for i := range p.Attributes {
		m := p.Attributes[i].marks
		switch {
		case m == marks{}:
		case out == marks{}:
			out = m
		case out.Decimal != m.Decimal, out.Thousands != "" && m.Thousands != "" && out.Thousands != m.Thousands:
			return marks{}
		case out.Thousands == "":
			out.Thousands = m.Thousands
		}
	}
	for i := range p.Attributes {
		a := &p.Attributes[i]
		if out == (marks{}) || a.marks != (marks{}) || !slices.Contains(numeric, a.Type) && !a.Numbers {
			continue
		}
		mark := "."
		if out.Decimal == "" {
			mark = out.Thousands
		}
		if slices.ContainsFunc(textsOf(p.documents, a.Name), func(text string) bool { return strings.Contains(text, mark) }) {
			return marks{} // there are numbers with a point too
		}
	}
	return out
}
