package sml

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// line are documents of y = 3 x + 1 with two kinds.
func line(n int) (out []string) {
	for i := range n {
		x, kind := float64(i*37%101)/10, "cold"
		if x > 5 {
			kind = "hot"
		}
		out = append(out, fmt.Sprintf(`{"x":%g,"y":%g,"kind":%q}`, x, 3*x+1+float64(i%3-1)/100, kind))
	}
	return out
}

// TestModelCommands goes the way of somebody who looks for a model: explore,
// build, save, predict, freeze, serve.
func TestModelCommands(t *testing.T) {
	s := newSite(t, "p", "")
	s.learn("p", "t/0", line(300))
	file := filepath.Join(t.TempDir(), "in.jsonl")
	if err := os.WriteFile(file, []byte("{\"x\":2}\n\n{\"x\":\"warm\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{name: "questions", args: []string{"explore"}, want: []string{"univariate", "anova", "ATTRIBUTE"}},
		{name: "univariate", args: []string{"explore", "p", "univariate", "x"}, want: []string{"mean", "stddev"}},
		{name: "named", args: []string{"explore", "p", "anova", "y", "by=kind"}, want: []string{"kind=hot", "eta_squared"}},
		{name: "histogram", args: []string{"explore", "p", "density", "x", "bins=5"}, want: []string{"####"}},
		{name: "json", args: []string{"explore", "p", "correlation", "x", "y", "--json"}, want: []string{"0.99999"}},
		{name: "unknown question", args: []string{"explore", "p", "mode", "x"}, code: 2, want: []string{`unknown question "mode"`, "univariate"}},
		{name: "too much", args: []string{"explore", "p", "univariate", "x", "y"}, code: 2, want: []string{`no further argument "y"`}},
		{name: "unknown attribute", args: []string{"explore", "p", "univariate", "nope"}, code: 1, want: []string{`"nope"`}},
		{name: "build", args: []string{"build", "p", "--type", "ols", "--target", "y", "--inputs", "x", "--name", "line", "--save"}, want: []string{"coefficients", "std_error", "r2"}},
		{name: "a class", args: []string{"build", "p", "--type", "lda", "--target", "kind", "--inputs", "x"}, want: []string{"cold", "hot"}},
		{name: "no type", args: []string{"build", "p"}, code: 2, want: []string{"--type", "elastic_net"}},
		{name: "bad options", args: []string{"build", "p", "--type", "ols", "--target", "y", "--options", "{"}, code: 2, want: []string{"--options"}},
		{name: "predict", args: []string{"predict", "p", "line", file}, code: 1, want: []string{`"prediction":6.9999`, `"error":`, "1 of 2"}},
		{name: "unknown model", args: []string{"predict", "p", "nope", file}, code: 1, want: []string{`unknown model "nope"`, "line"}},
		{name: "freeze", args: []string{"freeze", "p", "line", "v1"}, want: []string{"line@v1"}},
		{name: "freeze again", args: []string{"freeze", "p", "line", "v1"}, code: 1, want: []string{"exists"}},
		{name: "serve", args: []string{"serve", "p", "line", "v1"}, want: []string{"line@v1 answers for line"}},
		{name: "serve what is not", args: []string{"serve", "p", "line", "v2"}, code: 1, want: []string{"line@v2", "line@v1"}},
		{name: "predict frozen", args: []string{"predict", "p", "line@v1", file}, code: 1, want: []string{`"prediction":6.9999`}},
		{name: "serve the living", args: []string{"serve", "p", "line"}, want: []string{"current model"}},
		{name: "rows stay", args: []string{"info", "p", "--json"}, want: []string{`"rows":300,`}},
		{name: "forget", args: []string{"forget-model", "p", "line"}, want: []string{"deleted"}},
		{name: "unknown project", args: []string{"explore", "q", "univariate", "x"}, code: 1, want: []string{`"q"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, code := s.run(c.args[0], c.args[1:]...)
			if code != c.code {
				t.Errorf("exit code is %d, want %d", code, c.code)
			}
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("says %q, want it to contain %q", out, want)
				}
			}
		})
	}
}
