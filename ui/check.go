package ui

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// check refuses what is wrong with a request whatever the project: parameters
// that are missing or have the wrong form, and bodies that are packed.
func (r *route) check(asked *Request) error {
	for _, p := range r.parameters {
		if err := p.check(asked.param(p.name)); err != nil {
			return fmt.Errorf("%w: %w", errBad, err)
		}
	}
	if e := asked.Encoding; e != "" && !strings.EqualFold(e, "identity") && len(asked.Body) > 0 {
		return failf("unsupported-media-type", http.StatusUnsupportedMediaType, "the content encoding is %s, and bodies are taken as they are", quote(e))
	}
	return nil
}

// decimal is the form of a number: Go would take hexadecimal ones, underscores,
// infinities and NaN as well.
var decimal = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

// check refuses a value that is missing, too long or of another kind.
func (p *parameter) check(value string) error {
	if value == "" {
		if p.required {
			return fmt.Errorf("%s is missing", p.name)
		}
		return nil
	}
	if len(value) > maxParameter {
		return fmt.Errorf("%s has %d bytes, want at most %d", p.name, len(value), maxParameter)
	}
	if !utf8.ValidString(value) {
		return fmt.Errorf("%s is %s, which is no UTF-8", p.name, quote(value))
	}
	var err error
	switch p.kind {
	case "boolean":
		_, err = strconv.ParseBool(value)
	case "integer":
		_, err = strconv.ParseInt(value, 10, 64)
	case "number":
		if _, err = strconv.ParseFloat(value, 64); err == nil && !decimal.MatchString(value) {
			err = strconv.ErrSyntax
		}
	}
	if err != nil {
		return fmt.Errorf("%s is %s, want a value of type %s", p.name, quote(value), p.kind)
	}
	return nil
}
