package ui_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// TestUnknownParametersAreRefused: every route refuses a query parameter that it has
// not, by its name; a typo of one that it has leads to it.
func TestUnknownParametersAreRefused(t *testing.T) {
	w := plainWorld(t, worldOf{})
	file := idle(t, w)
	for _, o := range operations(t, w.API) {
		path, good := o.good(file)
		asked := func(name string) *ui.Response {
			values, err := url.ParseQuery(good.query)
			if err != nil {
				t.Fatal(err)
			}
			given := append(slices.Sorted(maps.Keys(values)), name)
			return w.API.Serve(t.Context(), &ui.Request{Verb: o.verb, Path: path, Body: []byte(good.body), Param: values.Get, Given: func() []string { return given }})
		}
		if r := asked("nosuch"); r.Status != 400 || !strings.Contains(string(r.Body), "nosuch: unknown name") {
			t.Errorf("%s: %d %.200s", o.name(), r.Status, r.Body)
		}
		for i := range o.Parameters {
			p := o.Parameters[i].Name
			if o.Parameters[i].In != "query" {
				continue
			}
			if typo := p + "e"; len(p) > 3 {
				if r := asked(typo); r.Status != 400 || !strings.Contains(string(r.Body), "did you mean "+p+"?") {
					t.Errorf("%s with %s: %d %.300s", o.name(), typo, r.Status, r.Body)
				}
			}
		}
	}
}
