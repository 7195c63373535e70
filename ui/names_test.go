package ui_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// oddNames are names that something on the way might take for something else.
func oddNames() []string {
	return []string{
		"a/b", "a b", " x ", "temp.erature", "50%", "%2F", "a+b", "a&b=c", "#1", "?q", "a,b", `"quoted"`, `back\slash`, "<b>bold</b>", "&amp;", "]]>", "<!--", "-->",
		"ß", "温度", "🌡️", "e\u0301", "\u202eright", "nul\x00byte", "bell\a", "line\nbreak", "tab\t", "null", "true", "0", "__proto__", "$tower", "part", "attribute", "..", "../..", "key:k", strings.Repeat("long", 60),
		"{project}", "a;b", "'", "`", "\u2028", "\ufffe",
	}
}

// TestOddNames: an attribute may be called anything, and each read of it finds
// it and is well formed.
func TestOddNames(t *testing.T) {
	for _, name := range oddNames() {
		t.Run(fmt.Sprintf("%.20q", name), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, worldOf{})
			var documents []string
			for i := range 60 {
				text, err := json.Marshal(map[string]any{name: float64(i%9) + 0.5, "other": float64(i % 4), "group": []string{name, "rest"}[i%2]})
				if err != nil {
					t.Fatal(err)
				}
				documents = append(documents, string(text))
			}
			p := w.learn(t, "p", live.LearnSettings{Schema: asWritten(), Models: []model.Definition{{Name: "m", Type: "hba", Inputs: []string{name, "other"}, Options: map[string]any{"min_rows": 1}}}}, documents...)
			score(t, p, "m", documents...)
			escaped := url.QueryEscape(name)
			list, err := json.Marshal([]string{name, "other"})
			if err != nil {
				t.Fatal(err)
			}
			// Of 60 values, 0.5 to 8.5 in turn, six whole rounds and 0.5 to 5.5.
			mean := (6*9*4.5 + 6*3.0) / 60
			requireSame(t, "mean", decoded[map[string]any](t, get(t, w.API, "projects/p/explore/univariate?attribute="+escaped, 200))["mean"], mean, closeEnough)
			matrix := decoded[struct{ Attributes []string }](t, get(t, w.API, "projects/p/explore/correlation_matrix?attributes="+url.QueryEscape(string(list)), 200))
			if len(matrix.Attributes) != 2 || matrix.Attributes[0] != name {
				t.Errorf("the matrix is of %q, want %q first", matrix.Attributes, name)
			}
			conditional := decoded[struct {
				Conditional map[string]struct{ Count float64 }
			}](t, get(t, w.API, "projects/p/explore/bivariate?a=group&b=other", 200)).Conditional
			if conditional[name].Count != 30 {
				t.Errorf("%v rows of the group, want 30", conditional[name].Count)
			}
			summary := get(t, w.API, "projects/p/summary", 200)
			if !strings.Contains(summary, quotedJSON(t, name)) {
				t.Errorf("the summary does not have it: %.300s", summary)
			}
			scores := get(t, w.API, "projects/p/models/m/scores?recent=1&label="+escaped, 200)
			if !strings.Contains(scores, `"label":5.5`) {
				t.Errorf("the label of the last row is not 5.5: %.300s", scores)
			}
			result := decoded[[]struct{ Contributions map[string]float64 }](t, send(t, w.API, "projects/p/predict?model=m", documents[0], 200))[0]
			if _, ok := result.Contributions[name]; !ok {
				t.Errorf("contributions are %v", result.Contributions)
			}
			for _, plot := range []string{"plots/histogram?attribute=" + escaped, "plots/bivariate?a=" + escaped + "&b=other", "plots/bivariate?b=" + escaped + "&a=other", "plots/correlation", "plots/pca?attributes=" + url.QueryEscape(string(list)), "models/m/plot?usual=x&label=" + escaped} {
				requireSVG(t, []byte(get(t, w.API, "projects/p/"+plot, 200)))
			}
			unknown := get(t, w.API, "projects/p/explore/univariate?attribute="+escaped+"x", 400)
			if !json.Valid([]byte(unknown)) {
				t.Errorf("the problem is no JSON: %s", unknown)
			}
		})
	}
}

func quotedJSON(t *testing.T, s string) string {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// asWritten reads every string as a category, also one that looks like a number or like
// a missing value.
func asWritten() schema.Config {
	return schema.Config{Reading: schema.Reading{Infer: "json", Missing: []string{}}}
}

// TestAnswersOfOtherNamesAreOthers: values that would be the same when they are
// strung together are told apart by what remembers answers.
func TestAnswersOfOtherNamesAreOthers(t *testing.T) {
	w := newWorld(t, worldOf{})
	w.learn(t, "p", live.LearnSettings{}, `{"a":1,"a\u0000b":2,"b\u0000c":4,"c":3}`, `{"a":2,"a\u0000b":4,"b\u0000c":9,"c":1}`, `{"a":4,"a\u0000b":5,"b\u0000c":1,"c":1}`)
	first := get(t, w.API, "projects/p/explore/correlation?a=a&b=b%00c", 200)
	second := get(t, w.API, "projects/p/explore/correlation?a=a%00b&b=c", 200)
	if first == second {
		t.Errorf("both correlations are %s", first)
	}
	if again := get(t, w.API, "projects/p/explore/correlation?b=b%00c&a=a&wait=9", 200); again != first {
		t.Errorf("%s, with another order of the parameters %s", first, again)
	}
}

// TestOddKeys: a key may be anything of 1 to 200 bytes.
func TestOddKeys(t *testing.T) {
	w := newWorld(t, worldOf{})
	w.learn(t, "p", live.LearnSettings{Composition: project.Composition{}.With(project.Entities{On: true})})
	for i, name := range oddNames() {
		if name == "null" || len(name) > 200 {
			continue
		}
		document := fmt.Sprintf(`{"x":%d,"id":%s}`, i, quotedJSON(t, name))
		send(t, w.API, "projects/p/learn?key=id", document, 200)
		got := get(t, w.API, "projects/p/explore/univariate?attribute=x&part="+url.QueryEscape("key:"+name), 200)
		if mean := decoded[map[string]any](t, got)["mean"]; mean != float64(i) {
			t.Errorf("the mean of %q is %v, want %d", name, mean, i)
		}
	}
}
