package ui

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
)

// TestRouteParameters: every query parameter of every route is described, has a
// default that it takes, refuses what is out of its bounds, and is declared
// whatever the other values are; OpenAPI lists it.
func TestRouteParameters(t *testing.T) {
	draws := &paramtest.Draws{Random: rand.New(rand.NewPCG(5, 1)), Attributes: []string{"x", "y"}}
	document := openAPI(routes())["paths"].(map[string]any)
	for _, r := range routes() {
		name := r.verb + " " + r.path
		if (r.ask == nil) == (r.serve == nil) {
			t.Errorf("%s is answered by both or none of serve and ask", name)
			continue
		}
		if r.ask == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			paramtest.Declared(t, name, r.parameters)
			paramtest.Steady(t, name, draws, func(p *param.Reader) { r.ask(p) })
			listed := document["/"+r.path].(map[string]any)[strings.ToLower(r.verb)].(map[string]any)["parameters"].([]any)
			for i := range r.parameters {
				p := &r.parameters[i]
				if !slices.ContainsFunc(listed, func(l any) bool {
					o := l.(map[string]any)
					return o["name"] == p.Name && o["in"] == "query" && o["description"] == p.Description && o["required"] == p.Required
				}) {
					t.Errorf("OpenAPI does not list %s", p.Name)
				}
				for _, wrong := range draws.Outside(p) {
					text, isText := wrong.(string)
					if _, err := p.Parse(text, param.Texts); !isText || text == "" || err == nil {
						continue
					}
					query := needed(draws, r.parameters)
					query[p.Name] = text
					if _, err := r.handler(&Request{query: query}); err == nil {
						t.Errorf("takes %s=%s", p.Name, text)
					}
				}
			}
		})
	}
}

// needed returns values of the parameters that must be given.
func needed(draws *paramtest.Draws, parameters []param.Parameter) param.Values {
	out := param.Values{}
	for i := range parameters {
		if parameters[i].Required {
			out[parameters[i].Name] = draws.Inside(&parameters[i])
		}
	}
	return out
}

// TestNeededParameters: a request without a parameter that must be given is
// refused, whatever the project.
func TestNeededParameters(t *testing.T) {
	draws := &paramtest.Draws{Random: rand.New(rand.NewPCG(5, 2)), Attributes: []string{"x"}}
	for _, r := range routes() {
		for i := range r.parameters {
			if p := &r.parameters[i]; p.Required {
				query := needed(draws, r.parameters)
				delete(query, p.Name)
				if _, err := r.handler(&Request{query: query}); err == nil || !strings.Contains(err.Error(), p.Name+" is missing") {
					t.Errorf("%s %s without %s: %v", r.verb, r.path, p.Name, err)
				}
			}
		}
	}
}

// TestPlaceOfRows: shard and offset go together, and leave room for the rows.
func TestPlaceOfRows(t *testing.T) {
	for name, c := range map[string]struct {
		query param.Values
		want  placing
		wrong string
	}{
		"none":             {want: placing{at: position{shard: "rest"}}},
		"both":             {query: param.Values{"shard": "a", "offset": "7", "key": "m.id"}, want: placing{at: position{shard: "rest/a", offset: 7, given: true}, key: "m.id"}},
		"large offset":     {query: param.Values{"shard": "a", "offset": "1700000000000000000"}, want: placing{at: position{shard: "rest/a", offset: 1_700_000_000_000_000_000, given: true}}},
		"shard alone":      {query: param.Values{"shard": "a"}, wrong: "offset is missing"},
		"offset alone":     {query: param.Values{"offset": "7"}, wrong: `shard: "", want 1 to 100 letters`},
		"name of no shard": {query: param.Values{"shard": "../a", "offset": "7"}, wrong: "shard: ../a, want 1 to 100 letters"},
		"before the first": {query: param.Values{"shard": "a", "offset": "-1"}, wrong: "offset: -1, want a whole number of 0 or more"},
		"no room":          {query: param.Values{"shard": "a", "offset": "9223372036854775807"}, wrong: "offset: 9223372036854775807, want a number that leaves room"},
	} {
		t.Run(name, func(t *testing.T) {
			p := param.NewReader(c.query, param.Texts)
			got, err := placingOf(p), p.Close()
			if c.wrong == "" && (err != nil || got != c.want) {
				t.Errorf("%+v, %v, want %+v", got, err, c.want)
			}
			if c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
				t.Errorf("%v, want %s", err, c.wrong)
			}
		})
	}
}

// TestBind: what is no text, or too long, is refused whatever it means.
func TestBind(t *testing.T) {
	r := route{parameters: param.List(func(p *param.Reader) { partOf(p) })}
	for name, c := range map[string]struct{ value, wrong string }{
		"text":     {value: "window"},
		"nothing":  {value: ""},
		"long":     {value: strings.Repeat("a", maxParameter+1), wrong: "part has 1048577 bytes"},
		"no UTF-8": {value: "\xff", wrong: "no UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := r.bind(&Request{Verb: http.MethodGet, Param: func(string) string { return c.value }}, nil)
			switch {
			case c.wrong != "":
				if err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Errorf("%v, want %s", err, c.wrong)
				}
			case err != nil || len(got.query) != min(1, len(c.value)):
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	if got, err := r.bind(&Request{}, map[string]string{"project": "p"}); err != nil || got.part("project") != "p" {
		t.Errorf("%v, %v", got, err)
	}
}
