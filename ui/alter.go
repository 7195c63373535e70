package ui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// altered says what a change of settings did, or would do.
type altered struct {
	Done    bool           `json:"done"`
	Project string         `json:"project"`
	Before  param.Settings `json:"before"`
	After   param.Settings `json:"after"`
	// Effects say what becomes of what was learned, one for each setting that changes.
	Effects []string `json:"effects"`
}

// askAlter reads whether anything is to be done.
func askAlter(p *param.Reader) handler {
	dry := p.Boolean("dry_run", false, "Only say what becomes of what was learned.")
	return func(ctx context.Context, a *API, r *Request) (*Response, error) { return a.serveAlter(ctx, r, dry) }
}

// serveAlter changes settings of a project, which may be learned meanwhile.
func (a *API) serveAlter(ctx context.Context, r *Request, dry bool) (*Response, error) {
	name, place, err := a.place(r)
	if err != nil {
		return nil, err
	}
	given, err := alterations(r)
	if err != nil {
		return nil, err
	}
	open, findErr := a.options.Projects.Find(ctx, name)
	if findErr != nil {
		return nil, findErr
	}
	if err := open.Flush(ctx); err != nil { // stores what its learner keeps
		return nil, err
	}
	stored, err := project.Open(ctx, place.Store, place.Prefix, name)
	if err != nil {
		return nil, err
	}
	change, err := stored.Alter(ctx, given)
	if errors.Is(err, state.ErrStore) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBad, err)
	}
	out := altered{Project: name, Before: change.Before, After: change.After, Effects: append([]string{}, change.Effects...)}
	if dry || len(change.Effects) == 0 {
		return answer(out), nil
	}
	if err := change.Store(ctx, place.Store, stored.Base()); err != nil {
		return nil, err
	}
	out.Done = true
	if err := open.Reread(ctx); err != nil {
		return nil, err
	}
	return answer(out), nil
}

// alterations reads settings and their new values from the body, as the command line
// gives them.
func alterations(r *Request) (param.Values, error) {
	var fields map[string]json.RawMessage
	if err := decodeBody(r, &fields); err != nil {
		return nil, err
	}
	kinds, err := attributeKinds(fields)
	if err != nil {
		return nil, err
	}
	values, err := valuesOf(fields)
	if err != nil {
		return nil, err
	}
	out := param.Values{}
	for name, value := range values {
		inner, _ := value.(map[string]any)
		for field, v := range inner {
			out[name+"."+field] = settingText(v)
		}
		if len(inner) == 0 {
			out[name] = settingText(value)
		}
	}
	for attribute, kind := range kinds {
		out["attributes."+attribute] = kind
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: body: nothing to change, want settings by the names of sml_learn", errBad)
	}
	return out, nil
}

// settingText writes a value as the command line gives it. The text of a number is not
// the number, as in the rest of the interface: it stays quoted, and is refused.
func settingText(value any) string {
	if _, ok := value.(map[string]any); ok {
		return "{}"
	}
	text, ok := value.(string)
	if _, err := strconv.ParseFloat(text, 64); ok && err == nil || text == "true" || text == "false" {
		return strconv.Quote(text)
	}
	return fmt.Sprint(value)
}
