package pipeline

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The forms of a variable, and of a variable that is meant as it stands, in the host.
var (
	variableForm = regexp.MustCompile(`\$\{[0-9A-Za-z_.]+(:((\$\{[^}]+\})|[^}])*)?(?:\|[0-9A-Za-z]+)?\}`)
	escapedForm  = regexp.MustCompile(`\$\{(\{[0-9A-Za-z_.]+(:((\$\{[^}]+\})|[^}])*)?\})\}`)
)

// shortestSecret is the length from which the value of a variable is left out of
// errors. A shorter one would be found in any text.
const shortestSecret = 4

// variables replaces variables in texts and remembers their values.
type variables struct {
	lookup func(name string) (string, bool)
	names  map[string]string // by value
}

// expand puts the values of variables into a text, as the host does before it reads
// it as YAML: an empty or missing one has the default of the text, and without one it
// is empty.
func (v *variables) expand(text string) (string, error) {
	var failed []error
	out := variableForm.ReplaceAllStringFunc(text, func(found string) string {
		value, err := v.value(found[2 : len(found)-1])
		failed = append(failed, err)
		return strings.ReplaceAll(value, "\n", "\\n")
	})
	return escapedForm.ReplaceAllString(out, "$$$1"), errors.Join(failed...)
}

// value reads what stands between the braces: NAME, NAME:DEFAULT, and after either
// |FUNCTION.
func (v *variables) value(inside string) (string, error) {
	name, rest, hasDefault := strings.Cut(inside, ":")
	text := name
	if hasDefault {
		text = rest
	}
	function := ""
	if at := strings.LastIndexByte(text, '|'); at >= 0 {
		text, function = text[:at], text[at+1:]
	}
	if !hasDefault {
		name = text
	}
	value, _ := v.lookup(name)
	if value == "" && hasDefault {
		return decode(name, text, function)
	}
	value, err := decode(name, value, function)
	if len(value) >= shortestSecret {
		v.names[value] = name
	}
	return value, err
}

func decode(name, value, function string) (string, error) {
	switch function {
	case "":
		return value, nil
	case "base64decode":
		plain, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return value, fmt.Errorf("variable %s is no base64: %w", name, err)
		}
		return string(plain), nil
	}
	return value, fmt.Errorf("variable %s: unknown function %q, want base64decode", name, function)
}

// hide puts the names of variables in place of their values.
func (v *variables) hide(text string) string {
	values := slices.SortedFunc(maps.Keys(v.names), func(a, b string) int { return len(b) - len(a) })
	for _, value := range values {
		text = strings.ReplaceAll(text, value, "${"+v.names[value]+"}")
	}
	return text
}

// escape marks what looks like a variable as meant as it stands, for a host that
// would replace it again.
func escape(text string) string {
	return variableForm.ReplaceAllStringFunc(text, func(found string) string { return "${" + found[1:] + "}" })
}
