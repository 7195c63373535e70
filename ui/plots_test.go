package ui_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// learnedAPI returns an API over a project p that has scored and learned the
// documents.
func learnedAPI(t testing.TB, documents ...string) *ui.API {
	t.Helper()
	w := newWorld(t, worldOf{})
	p := w.learn(t, "p", live.LearnSettings{Models: []model.Definition{{Name: "m", Type: "hba", Options: map[string]any{"min_rows": 0}}}}, documents...)
	score(t, p, "m", documents...)
	return w.API
}

// wide is a document of n attributes.
func wide(n, shift int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"attribute_%d":%d.5`, i, (i*7+shift*13)%101)
	}
	return "{" + b.String()[1:] + "}"
}

func requireSVG(t *testing.T, body []byte) {
	t.Helper()
	if text := string(body); strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Errorf("a number is missing in %.400s", text)
	}
	decoder := xml.NewDecoder(strings.NewReader(string(body)))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// TestPlotsOfAnything: a plot is drawn or refused with a reason, whatever has
// been learned, and has no coordinate that is no number.
func TestPlotsOfAnything(t *testing.T) {
	var many []string
	for i := range 50 {
		many = append(many, wide(200, i))
	}
	for name, c := range map[string]struct {
		documents []string
		a, b      string
		drawn     bool
	}{
		"nothing":          {a: "x", b: "y"},
		"one row":          {documents: []string{`{"x":1.5,"y":2.5}`}, a: "x", b: "y"},
		"constant":         {documents: []string{`{"x":1.5,"y":2.5}`, `{"x":1.5,"y":2.5}`, `{"x":1.5,"y":2.5}`}, a: "x", b: "y"},
		"one constant":     {documents: []string{`{"x":1.5,"y":2.5}`, `{"x":1.5,"y":3.5}`, `{"x":1.5,"y":9.5}`}, a: "x", b: "y"},
		"never together":   {documents: []string{`{"x":1.5}`, `{"y":2.5}`, `{"x":2.5}`, `{"y":7.5}`}, a: "x", b: "y"},
		"huge":             {documents: []string{`{"x":1e71,"y":-1e71}`, `{"x":-1e71,"y":1e-71}`, `{"x":3,"y":1e71}`}, a: "x", b: "y"},
		"one far out":      {documents: append(append([]string{}, many...), `{"attribute_0":1e12}`), a: "attribute_0", b: "attribute_1", drawn: true},
		"many attributes":  {documents: many, a: "attribute_0", b: "attribute_199", drawn: true},
		"binary":           {documents: []string{`{"x":true,"y":false}`, `{"x":false,"y":true}`, `{"x":true,"y":true}`}, a: "x", b: "y"},
		"only categorical": {documents: []string{`{"x":"a","y":"b"}`, `{"x":"b","y":"b"}`}, a: "x", b: "y"},
	} {
		t.Run(name, func(t *testing.T) {
			api := learnedAPI(t, c.documents...)
			for _, target := range []string{"plots/histogram?attribute=" + c.a, "plots/correlation", "plots/pca", "plots/bivariate?a=" + c.a + "&b=" + c.b, "models/m/plot?label=" + c.a, "summary", "live"} {
				r := call(api, "GET", "projects/p/"+target, "")
				switch {
				case r.Status == 200 && strings.HasPrefix(r.ContentType, "image/svg"):
					requireSVG(t, r.Body)
				case r.Status == 200 && r.ContentType == "application/json":
				case r.Status >= 500 || c.drawn:
					t.Errorf("%s: status %d, %s", target, r.Status, r.Body)
				}
			}
		})
	}
}

// TestHistogramShowsWhereTheValuesAre: one value far out is left out and said.
func TestHistogramShowsWhereTheValuesAre(t *testing.T) {
	var documents []string
	for i := range 1000 {
		documents = append(documents, fmt.Sprintf(`{"x":%d.5}`, i%50))
	}
	r := call(learnedAPI(t, append(documents, `{"x":1e9}`)...), "GET", "projects/p/plots/histogram?attribute=x", "")
	text := string(r.Body)
	if !strings.Contains(text, "1 above are not shown") || strings.Count(text, "<rect") < 20 {
		t.Errorf("%.2000s", text)
	}
}
