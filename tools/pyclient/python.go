package pyclient

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// argument is one argument of a function.
type argument struct {
	name, typ, about string // name as the interface has it
	required         bool
}

// keywords are the words of Python that no name may be, and type, which has a meaning.
var keywords = []string{
	"and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from",
	"global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
	"type",
}

// python is the name as Python takes it.
func (a *argument) python() string {
	if slices.Contains(keywords, a.name) {
		return a.name + "_"
	}
	return a.name
}

// kinds are the types of values by the kind of their parameter.
var kinds = map[string]string{
	"attribute": "str", "text": "str", "attributes": "Sequence[str]", "texts": "Sequence[str]",
	"number": "float", "integer": "int", "boolean": "bool", "duration": "str",
	"numbers": "Mapping[str, float] | str", "object": "Mapping[str, Any] | str", "objects": "Sequence[Mapping[str, Any] | str]", "options": "Mapping[str, Any]",
}

// typeOfKind is the type of a query parameter.
func typeOfKind(kind string, s *schema) string {
	switch {
	case len(s.Enum) > 0:
		return literal(s.Enum)
	case kind == "number" && s.Type == "string": // or a word
		return "float | str"
	}
	if t, ok := kinds[kind]; ok {
		return t
	}
	return "str"
}

// typeOf is the type of a JSON value.
func typeOf(s *schema) string {
	switch {
	case len(s.Enum) > 0:
		return literal(s.Enum)
	case s.Type == "number":
		return "float"
	case s.Type == "integer":
		return "int"
	case s.Type == "boolean":
		return "bool"
	case s.Type == "string":
		return "str"
	case s.Type == "array" && s.Items != nil:
		return "Sequence[" + typeOf(s.Items) + "]"
	case s.Type == "array":
		return "Sequence[Any]"
	case s.Type == "object":
		return "Mapping[str, Any]"
	}
	var types []string
	for i := range s.AnyOf {
		if t := typeOf(&s.AnyOf[i]); !slices.Contains(types, t) {
			types = append(types, t)
		}
	}
	if len(types) == 0 {
		return "Any"
	}
	return strings.Join(types, " | ")
}

// literal is the type of one of some values.
func literal(values []any) string {
	texts := make([]string, len(values))
	for i, v := range values {
		text, err := json.Marshal(v)
		if err != nil {
			return "Any"
		}
		texts[i] = string(text)
	}
	return "Literal[" + strings.Join(texts, ", ") + "]"
}

// about says what an argument is, with its default.
func about(description string, s *schema) string {
	if s.Default == nil || s.Default == "" {
		return description
	}
	text, err := json.Marshal(s.Default)
	if err != nil {
		return description
	}
	return strings.TrimSuffix(description, ".") + "; " + string(text) + " when left out."
}

// width is how long a line of a docstring may be.
const width = 100

// wrapped breaks a text into lines, each after the indent.
func wrapped(text, indent string) string {
	var b strings.Builder
	line := indent
	for _, word := range strings.Fields(strings.ReplaceAll(text, `\`, `\\`)) {
		if len(line)+1+len(word) > width && strings.TrimSpace(line) != "" {
			b.WriteString(line + "\n")
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	b.WriteString(line + "\n")
	return b.String()
}

// docstring documents a function.
func docstring(summary string, arguments []argument, indent string) string {
	var b strings.Builder
	text := wrapped(summary, indent)
	b.WriteString(indent + `"""` + strings.TrimPrefix(text, indent))
	if len(arguments) > 0 {
		b.WriteString("\n" + indent + "Args:\n")
	}
	for i := range arguments {
		a := &arguments[i]
		lines := wrapped(a.python()+": "+a.about, indent+"        ")
		b.WriteString(indent + "    " + strings.TrimPrefix(lines, indent+"        "))
	}
	b.WriteString(indent + `"""` + "\n")
	return b.String()
}

// signature lists the arguments: those that are required by place or name, the
// others by name only.
func signature(arguments []argument, indent string) string {
	var b strings.Builder
	star := false
	for i := range arguments {
		a := &arguments[i]
		if a.required {
			fmt.Fprintf(&b, "%s%s: %s,\n", indent, a.python(), a.typ)
			continue
		}
		if !star {
			b.WriteString(indent + "*,\n")
			star = true
		}
		fmt.Fprintf(&b, "%s%s: %s | None = None,\n", indent, a.python(), a.typ)
	}
	return b.String()
}

// requiredFirst orders arguments, and keeps the order of each sort.
func requiredFirst(arguments []argument) []argument {
	var out []argument
	for _, required := range []bool{true, false} {
		for _, a := range arguments {
			if a.required == required {
				out = append(out, a)
			}
		}
	}
	return out
}

// dictionary writes the arguments by the names that the interface has.
func dictionary(arguments []argument) string {
	parts := make([]string, len(arguments))
	for i := range arguments {
		parts[i] = fmt.Sprintf("%q: %s", arguments[i].name, arguments[i].python())
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
