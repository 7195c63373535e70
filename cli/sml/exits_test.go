package sml

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// slot is one argument of a command: what is right, and the kind of what may stand there.
type slot struct{ right, kind string }

// calls are the commands with arguments that are right, in an order in which they can
// run one after another. The kind of an argument decides what is wrong in its place.
func calls(export, rows string) map[string][]slot {
	flag := func(name string) slot { return slot{right: name} }
	project, cache := slot{"p", "project"}, []slot{flag("--cache"), {"first", "cache"}}
	with := func(more ...slot) []slot { return append(append([]slot{project}, more...), cache...) }
	return map[string][]slot{
		"info": with(), "check": with(), "models": with(), "list": cache, "repair": with(),
		"model":        with(slot{"line", "model"}),
		"explore":      with(slot{"univariate", "question"}, slot{"x", "attribute"}),
		"build":        with(flag("--type"), slot{"ols", "type"}, flag("--target"), slot{"y", "attribute"}, flag("--inputs"), slot{"x", "attribute"}),
		"predict":      with(slot{"line", "model"}, slot{rows, "file"}),
		"serve":        with(slot{"line", "model"}),
		"freeze":       with(slot{"line", "model"}, slot{"v1", "version"}),
		"forget-model": with(slot{"other", "model"}),
		"alter":        with(flag("--set"), slot{"attributes.x=continuous", "assignment"}),
		"forget":       with(flag("--shard"), slot{"t/0", "shard"}),
		"epoch":        append([]slot{project, {"t/0", "shard"}}, cache...),
		"merge":        append([]slot{{"", ""}, {export, "file"}}, cache...)[1:],
		"import":       append([]slot{{export, "file"}, {"q", ""}}, cache...),
		"export":       with(flag("-o"), slot{"-", ""}),
		"rename":       with(slot{"r", ""})[:2],
		"delete":       with(),
		"features":     {{"none", "features"}},
		"thresholds":   with(),
		"incidents":    with(),
	}
}

// wrong is a text of the kind that names nothing.
func wrong(r *rand.Rand, kind string) string {
	word := make([]byte, 3+r.IntN(6))
	for i := range word {
		word[i] = byte('a' + r.IntN(26))
	}
	name := "zz" + string(word)
	switch kind {
	case "file":
		return filepath.Join("/nonexistent", name)
	case "assignment":
		return "attributes." + name + "=continuous"
	case "version":
		return "bad version " + name
	}
	return name
}

var typeOfGo = regexp.MustCompile(`\*?\b(live|stats|project|schema|state|model|portable|wire)\.[A-Z]|map\[string\]|\bstruct\b|0x[0-9a-f]{6}`)

// TestExitCodes: each command succeeds with what is right, and with one argument that
// names nothing, whichever it is, it does not succeed and names it.
func TestExitCodes(t *testing.T) {
	s := newSite(t, "p", "")
	s.learn("p", "t/0", line(120))
	s.learn("p", "t/1", line(60))
	rows, export := filepath.Join(s.dir, "in.jsonl"), filepath.Join(s.dir, "p.sml")
	if err := os.WriteFile(rows, []byte("{\"x\":2}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"build", "p", "--type", "ols", "--target", "y", "--inputs", "x", "--name", "line", "--save"},
		{"build", "p", "--type", "zscore", "--name", "other", "--save"},
		{"export", "p", "-o", export},
	} {
		if out, code := s.run(args[0], args[1:]...); code != 0 {
			t.Fatalf("%v exits with %d: %s", args, code, out)
		}
	}
	all := calls(export, rows)
	for _, c := range commands() {
		if _, ok := all[c.name]; !ok && c.name != "mcp" {
			t.Errorf("command %s has no row", c.name)
		}
	}
	r := rand.New(rand.NewPCG(12, 4))
	for name, slots := range all {
		for at, of := range slots {
			if of.kind == "" {
				continue
			}
			for range 2 {
				var args []string
				word := wrong(r, of.kind)
				for i := range slots {
					if i == at {
						args = append(args, word)
					} else {
						args = append(args, slots[i].right)
					}
				}
				if name == "delete" || name == "forget" || name == "epoch" || name == "alter" {
					args = append(args, "--yes")
				}
				t.Run(fmt.Sprint(name, " ", of.kind, " ", word), func(t *testing.T) {
					out, code := s.run(name, args...)
					if code != exitFailed && code != exitUsage {
						t.Errorf("%v exits with %d: %s", args, code, out)
					}
					if !strings.Contains(out, strings.TrimSuffix(strings.TrimPrefix(word, "attributes."), "=continuous")) {
						t.Errorf("%v does not name it: %s", args, out)
					}
					if found := typeOfGo.FindString(out); found != "" {
						t.Errorf("%v has %q: %s", args, found, out)
					}
				})
			}
		}
	}
}

// TestBuildOfWhatNoRowHas: a target or an input that no row has fails the command, with
// the name, what is near and what there is; nothing is stored.
func TestBuildOfWhatNoRowHas(t *testing.T) {
	s := newSite(t, "p", "")
	s.learn("p", "t/0", line(300))
	for name, c := range map[string]struct {
		args []string
		code int
		want []string
	}{
		"target":      {[]string{"--type", "ols", "--target", "nosuch"}, 1, []string{`target "nosuch" was seen in no row of 300`, "the project has x, y, kind"}},
		"a class":     {[]string{"--type", "naive_bayes", "--target", "kin"}, 1, []string{`target "kin" was seen in no row of 300`, "did you mean kind?"}},
		"input":       {[]string{"--type", "ols", "--target", "y", "--inputs", "x,z"}, 1, []string{`input "z" was seen in no row of 300`}},
		"to be saved": {[]string{"--type", "ols", "--target", "nosuch", "--save", "--name", "kept"}, 1, []string{`"nosuch"`}},
		"few rows":    {[]string{"--type", "ols", "--target", "y", "--inputs", "x", "--options", `{"min_rows":1000}`}, 0, []string{"warming_up"}},
	} {
		t.Run(name, func(t *testing.T) {
			out, code := s.run("build", append([]string{"p"}, c.args...)...)
			if code != c.code {
				t.Errorf("exits with %d: %s", code, out)
			}
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("says %s, want %s", out, want)
				}
			}
		})
	}
	if out, _ := s.run("models", "p"); strings.Contains(out, "kept") {
		t.Errorf("it was stored: %s", out)
	}
}

// TestTree: an answer begins with its first line, and an empty list is one.
func TestTree(t *testing.T) {
	for data, want := range map[string]string{
		`[]`:                      "none\n",
		`[{"a":1}]`:               "a\n1\n",
		`{"a":[{"b":1}]}`:         "a\nb\n1\n",
		`{"n":1,"a":[{"b":1}]}`:   "n  1\n\na\nb\n1\n",
		`{"a":{"b":[1]},"c":[2]}`: "a.b\n0  1  ########################################\n\nc\n0  2  ########################################\n",
	} {
		var out strings.Builder
		if writeTree(&out, []byte(data)); out.String() != want {
			t.Errorf("%s: %q, want %q", data, out.String(), want)
		}
	}
}
