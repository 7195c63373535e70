// Package yamlwords puts what the YAML library and the host say of a configuration into
// the words of a user.
package yamlwords

import (
	"errors"
	"regexp"
	"strings"
)

// wrongKind is how the YAML library says that a value is of another kind than the
// program reads.
var wrongKind = regexp.MustCompile("(?:line \\d+: )?cannot unmarshal !!(\\w+)(?: `([^`]*)`)? into ([\\w.*\\[\\]{} ]+)")

// wrongShape is how the host says the same of lists and objects.
var wrongShape = regexp.MustCompile(`(?:line \d+: )?expected (\w+) value, got !!(\w+)`)

// Text says an error of the YAML library or the host in the words of a user: what was
// found and what is wanted, not which type of the program it was read into.
func Text(text string) string {
	text = strings.ReplaceAll(text, "yaml: unmarshal errors:\n  ", "")
	text = wrongKind.ReplaceAllStringFunc(text, func(found string) string {
		m := wrongKind.FindStringSubmatch(found)
		return said(m[1], m[2]) + ", want " + wanted(m[3])
	})
	return wrongShape.ReplaceAllStringFunc(text, func(found string) string {
		m := wrongShape.FindStringSubmatch(found)
		return said(m[2], "") + ", want " + wanted(m[1])
	})
}

// Error is Text of an error. One that is in words already stays the same error; others
// have no meaning to a program.
func Error(err error) error {
	if err == nil {
		return nil
	}
	if text := Text(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}

// said names a value that was found by its tag and, for a scalar, its text.
func said(tag, text string) string {
	kind, ok := map[string]string{"str": "the text", "int": "the number", "float": "the number", "bool": "", "seq": "a list", "map": "an object", "null": "null"}[tag]
	if !ok {
		kind = "a value of the kind " + tag
	}
	if text == "" {
		return kind
	}
	return strings.TrimSpace(kind + " " + text)
}

// wanted names what a type of the program takes.
func wanted(typ string) string {
	switch {
	case strings.HasPrefix(typ, "[]"), typ == "array":
		return "a list"
	case strings.HasPrefix(typ, "map"), strings.HasPrefix(typ, "struct"), typ == "object":
		return "an object"
	case strings.HasPrefix(typ, "int"), strings.HasPrefix(typ, "uint"):
		return "a whole number"
	case strings.HasPrefix(typ, "float"):
		return "a number"
	case typ == "bool":
		return "true or false"
	case typ == "string":
		return "a text"
	}
	return "an object"
}
