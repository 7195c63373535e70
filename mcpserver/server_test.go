package mcpserver_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/mcpserver"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

type arguments = map[string]any

// clients connects one client over each transport to servers of the same API.
func clients(t *testing.T, writable bool, run func(t *testing.T, c *client)) {
	for name, transport := range transports {
		t.Run(name, func(t *testing.T) {
			s := mcpserver.New(mcpserver.Options{API: newAPI(t, writable), Writable: writable, Version: "test"})
			run(t, connect(t, transport(t, s)))
		})
	}
}

// choices are arguments for the required parameters of a question: every
// combination of the attributes, and the middle of what a number may be.
func choices(parameters []param.Parameter) []arguments {
	return slices.Concat(combined(parameters, false), combined(parameters, true))
}

// combined are those with the required parameters, and with those attributes that
// may be left out too.
func combined(parameters []param.Parameter, optional bool) []arguments {
	out := []arguments{{"project": "p"}}
	for _, p := range parameters {
		if !p.Required && (!optional || p.Kind != param.KindAttribute) {
			continue
		}
		values := []any{"x"}
		switch p.Kind {
		case param.KindAttribute:
			values = []any{"x", "y", "kind", "class"}
			if !p.Required {
				values = append([]any{nil}, values...)
			}
		case param.KindAttributes:
			values = []any{[]string{"x", "y", "z"}}
		case param.KindNumber, param.KindInteger:
			values = []any{0.5}
		}
		var next []arguments
		for _, before := range out {
			for _, v := range values {
				more := maps.Clone(before)
				more[p.Name] = v
				next = append(next, more)
			}
		}
		out = next
	}
	return out
}

// TestEveryQuestion asks each question of the catalogue, over both transports.
func TestEveryQuestion(t *testing.T) {
	clients(t, false, func(t *testing.T, c *client) {
		tools := c.tools()
		for _, q := range explore.Questions() {
			if tools[q.Name] == nil {
				t.Errorf("there is no tool %s", q.Name)
				continue
			}
			var last string
			answered := false
			for _, given := range choices(q.Parameters) {
				if _, compares := q.Reference(nil); compares {
					given["reference"] = "shard:s"
				}
				text, failed := c.call(q.Name, given)
				if answered = !failed; answered {
					break
				}
				last = text
			}
			if !answered {
				t.Errorf("%s has no answer: %s", q.Name, last)
			}
		}
	})
}

// TestEveryModel builds a model of each type and stores it, over both
// transports, and lets it predict once it has learned rows. A type that counts
// in a binning begins to count when it is stored.
func TestEveryModel(t *testing.T) {
	clients(t, true, func(t *testing.T, c *client) {
		tools, stored := c.tools(), map[string]bool{}
		for _, e := range catalogue.All() {
			name := "build_" + e.Type
			if tools[name] == nil {
				t.Errorf("there is no tool %s", name)
				continue
			}
			last := buildOf(c, e)
			if stored[e.Type] = last == ""; last != "" {
				t.Errorf("%s builds nothing: %s", name, last)
			}
		}
		for seed := range uint64(2) { // binnings are drawn after the first
			var learned struct{ Learned, Failed int }
			c.must("learn", arguments{"project": "p", "rows": drawn(700, seed)}, &learned)
			if learned.Learned != 700 || learned.Failed != 0 {
				t.Errorf("learned %+v", learned)
			}
		}
		var models []struct{ Name, Type string }
		c.must("models", arguments{"project": "p"}, &models)
		if len(models) != len(catalogue.All()) {
			t.Errorf("%d models are stored, want %d", len(models), len(catalogue.All()))
		}
		for _, m := range models {
			var described struct {
				Error     string
				WarmingUp bool    `json:"warming_up"`
				Waiting   string  `json:"waiting_for"`
				Built     float64 `json:"built_from"`
			}
			c.must("model", arguments{"project": "p", "model": m.Name}, &described)
			if described.Error != "" || described.WarmingUp {
				t.Errorf("%s: %+v", m.Name, described)
			}
			var results []map[string]any
			c.must("predict", arguments{"project": "p", "model": m.Name, "rows": drawn(2, 3)}, &results)
			if len(results) != 2 || results[0]["error"] != nil {
				t.Errorf("%s predicts %v", m.Name, results)
			} else if weights, _ := results[0]["members"].(map[string]any); m.Type == "pool" && len(weights) < 2 {
				t.Errorf("%s is a mixture and says %v of its members", m.Name, results[0])
			}
		}
	})
}

// buildOf stores a model of the type, of the first target that it takes. It returns
// "", or what was said of the last target.
func buildOf(c *client, e model.Entry) (last string) {
	targets := []string{""}
	if e.Target {
		targets = []string{"y", "class"}
	}
	for _, target := range targets {
		given := arguments{"project": "p", "store": true, "name": e.Type + "_" + target}
		if target != "" {
			given["target"] = target
		}
		text, failed := c.call("build_"+e.Type, given)
		if !failed && !strings.Contains(text, `"error"`) {
			return ""
		}
		last = text
		c.call("delete_model", arguments{"project": "p", "model": e.Type + "_" + target})
	}
	return last
}

// TestTools: names are those that clients take, each tool says what it does and
// describes its arguments, its schema is JSON Schema, and what writes is there
// only where that was said.
func TestTools(t *testing.T) {
	form := regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	read, written := connect(t, transports["standard input and output"](t, newServer(t, false))).tools(), connect(t, transports["standard input and output"](t, newServer(t, true))).tools()
	for name, tool := range written {
		if !form.MatchString(name) || tool.Description == "" || tool.Annotations == nil {
			t.Errorf("tool %q: %q", name, tool.Description)
		}
		checkSchema(t, tool)
		if read[name] == nil && tool.Annotations.ReadOnlyHint {
			t.Errorf("%s only reads, and is not there for who only reads", name)
		}
	}
	for name, tool := range read {
		if !tool.Annotations.ReadOnlyHint {
			t.Errorf("%s writes, and is there for who only reads", name)
		}
	}
	for _, name := range []string{"learn", "forget", "create_project", "delete_project", "define_model", "delete_model"} {
		if read[name] != nil || written[name] == nil {
			t.Errorf("%s: read %v, written %v", name, read[name] != nil, written[name] != nil)
		}
	}
	for _, name := range []string{"projects", "project", "models", "model", "predict", "scores", "evaluation", "model_types"} {
		if read[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
}

func newServer(t *testing.T, writable bool) *mcp.Server {
	t.Helper()
	return mcpserver.New(mcpserver.Options{API: newAPI(t, writable), Writable: writable, Version: "test"})
}

// TestCallErrors: what is wrong with a call is said as the tool's error, by
// argument and value.
func TestCallErrors(t *testing.T) {
	cl := connect(t, transports["streamable HTTP"](t, newServer(t, true)))
	for name, c := range map[string]struct {
		tool string
		with arguments
		want string
	}{
		"no project":          {"univariate", arguments{"attribute": "x"}, "project is missing"},
		"unknown project":     {"univariate", arguments{"project": "q", "attribute": "x"}, `"q"`},
		"name of no project":  {"univariate", arguments{"project": "../p", "attribute": "x"}, `"../p"`},
		"unknown attribute":   {"univariate", arguments{"project": "p", "attribute": "speed"}, `"speed"`},
		"missing attribute":   {"univariate", arguments{"project": "p"}, "attribute is missing"},
		"unknown argument":    {"univariate", arguments{"project": "p", "attribute": "x", "atribute": "y"}, `atribute: unknown name`},
		"number out of range": {"quantile", arguments{"project": "p", "attribute": "x", "q": 1.5}, "q: 1.5, want a number from 0 to 1"},
		"no number":           {"quantile", arguments{"project": "p", "attribute": "x", "q": "high"}, "q: high, want a number"},
		"unknown model":       {"predict", arguments{"project": "p", "model": "none", "rows": []any{arguments{}}}, "none"},
		"rows are none":       {"learn", arguments{"project": "p", "rows": []any{1}}, "row 0 is no object"},
		"no rows":             {"learn", arguments{"project": "p"}, "0 rows"},
		"bad option":          {"build_ols", arguments{"project": "p", "target": "y", "options": arguments{"ridge": -1}}, "ridge"},
		"unknown option":      {"build_ols", arguments{"project": "p", "target": "y", "options": arguments{"rigde": 1}}, "rigde"},
		"no target":           {"build_ols", arguments{"project": "p"}, "target"},
		"target for none":     {"build_zscore", arguments{"project": "p", "target": "y"}, "target"},
		"store is no boolean": {"build_ols", arguments{"project": "p", "target": "y", "store": "yes"}, `store: "yes"`},
		"project is there":    {"create_project", arguments{"project": "p"}, "exists"},
		"setting of none":     {"create_project", arguments{"project": "new", "fold": 3}, "fold"},
		"unknown job":         {"job", arguments{"job": "none"}, "none"},
	} {
		t.Run(name, func(t *testing.T) {
			if text, failed := cl.call(c.tool, c.with); !failed || !strings.Contains(text, c.want) {
				t.Errorf("%s says %q (failed: %v), want an error with %q", c.tool, text, failed, c.want)
			}
		})
	}
}

// TestNull: null is the same as left out, as assistants fill in what they do not
// use.
func TestNull(t *testing.T) {
	c := connect(t, transports["standard input and output"](t, newServer(t, false)))
	var got map[string]any
	c.must("univariate", arguments{"project": "p", "attribute": "x", "part": nil}, &got)
	c.must("build_ols", arguments{"project": "p", "target": "y", "name": nil, "inputs": nil, "options": nil}, &got)
	if got["name"] != "ols" {
		t.Errorf("the model is %v", got["name"])
	}
}

// TestProjectFromNothing makes a project, learns, asks, forgets and deletes it.
func TestProjectFromNothing(t *testing.T) {
	clients(t, true, func(t *testing.T, c *client) {
		var out map[string]any
		c.must("create_project", arguments{"project": "new", "folds": 3, "window": arguments{"rows": 100, "tiles": 4}}, &out)
		c.must("learn", arguments{"project": "new", "rows": []arguments{{"x": 1}, {"x": 3}}, "shard": "s", "offset": 0}, &out)
		c.must("univariate", arguments{"project": "new", "attribute": "x"}, &out)
		if out["mean"] != 2.0 {
			t.Errorf("the mean is %v, want 2", out["mean"])
		}
		var listed []struct{ Project string }
		c.must("projects", nil, &listed)
		if len(listed) != 2 || !slices.ContainsFunc(listed, func(p struct{ Project string }) bool { return p.Project == "new" }) {
			t.Errorf("projects are %v", listed)
		}
		c.must("rename_project", arguments{"project": "new", "name": "newer"}, &out)
		c.must("delete_project", arguments{"project": "newer"}, &out)
		if text, failed := c.call("project", arguments{"project": "newer"}); !failed {
			t.Errorf("the project is still there: %s", text)
		}
	})
}
