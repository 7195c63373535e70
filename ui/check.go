package ui

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// bind gives a request the variables of its path and the query parameters of its
// route, and refuses what is wrong with it whatever the parameters mean: those
// that are too long or no text, and bodies that are packed.
func (r *route) bind(asked *Request, parts map[string]string) (*Request, error) {
	out := *asked
	out.parts, out.query = parts, param.Values{}
	for i := range r.parameters {
		name := r.parameters[i].Name
		if asked.Param == nil {
			break
		}
		value := asked.Param(name)
		if len(value) > maxParameter {
			return nil, fmt.Errorf("%w: %s has %d bytes, want at most %d", errBad, name, len(value), maxParameter)
		}
		if !utf8.ValidString(value) {
			return nil, fmt.Errorf("%w: %s is %s, which is no UTF-8", errBad, name, quote(value))
		}
		if value != "" {
			out.query[name] = value
		}
	}
	if asked.Given != nil {
		if err := r.refuseUnknown(asked.Given()); err != nil {
			return nil, err
		}
	}
	if e := asked.Encoding; e != "" && !strings.EqualFold(e, "identity") && len(asked.Body) > 0 {
		return nil, failf("unsupported-media-type", http.StatusUnsupportedMediaType, "the content encoding is %s, and bodies are taken as they are", quote(e))
	}
	return &out, nil
}

// refuseUnknown refuses a query parameter that the route has not.
func (r *route) refuseUnknown(given []string) error {
	known := make([]string, len(r.parameters))
	for i := range r.parameters {
		known[i] = r.parameters[i].Name
	}
	slices.Sort(given)
	for _, name := range given {
		if !slices.Contains(known, name) {
			return fmt.Errorf("%w: %w", errBad, &param.UnknownError{Name: name, Known: known})
		}
	}
	return nil
}
