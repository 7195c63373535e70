package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// errorSites are the texts of fmt.Errorf in all functions of a folder that can be
// reached from some of them, by the names that they call.
func errorSites(t *testing.T, folder string, from ...string) []string {
	t.Helper()
	functions := map[string][]*ast.FuncDecl{}
	names, err := filepath.Glob(filepath.Join("..", "..", folder, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files in %s: %v", len(names), folder, err)
	}
	set := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
				functions[f.Name.Name] = append(functions[f.Name.Name], f)
			}
		}
	}
	var sites []string
	seen := map[string]bool{}
	for len(from) > 0 {
		name := from[0]
		from = from[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		for _, f := range functions[name] {
			ast.Inspect(f.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Ident:
					from = append(from, n.Name)
				case *ast.CallExpr:
					if text, ok := errorText(n); ok {
						sites = append(sites, text)
					}
				}
				return true
			})
		}
	}
	slices.Sort(sites)
	return slices.Compact(sites)
}

// errorText is the text of a call of fmt.Errorf that says more than where it is.
func errorText(call *ast.CallExpr) (string, bool) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "Errorf" || len(call.Args) == 0 {
		return "", false
	}
	literal, ok := call.Args[0].(*ast.BasicLit)
	if !ok {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	if err != nil || !regexp.MustCompile(`[a-z]{3}`).MatchString(regexp.MustCompile(`%\w`).ReplaceAllString(text, "")) {
		return "", false // it only puts a name before another error
	}
	return text, true
}

// unseen returns the sites that none of the errors can come from.
func unseen(sites, errors []string) (out []string) {
	for _, site := range sites {
		form := regexp.MustCompile(`%[a-z+.0-9]*`).ReplaceAllString(regexp.QuoteMeta(site), `.*`)
		form = strings.ReplaceAll(form, `\.*`, `.*`)
		re := regexp.MustCompile("(?s)" + form)
		if !slices.ContainsFunc(errors, re.MatchString) {
			out = append(out, site)
		}
	}
	return out
}

// constructors are where a start begins, by folder.
var constructors = map[string][]string{
	"processors": {"newLearn", "newScore", "newThreshold", "newFeatures", "newChange", "newHTTP"},
	"inputs":     {"readSettings"},
	"outputs":    {"readSettings", "newKafka"},
	"broker":     {"Options"},
}

// atRunTime are the sites that the start does not reach, though functions that it calls
// or passes on have them: each is about a message, a request or a fault of the program.
var atRunTime = []string{
	"%q begins with ~, which is reserved",
	"%s: %q begins with ~, which is reserved",
	"%s of the sml_learn of this project cannot be read at %s: %v",
	"%s: %q is not a positive number",
	"gives %v, want true or false",
	"%s is no finite number",
	"%s: %s is no object of attributes and numbers",
	"message is not JSON",
	"message is not JSON: %w",
	"%q is no name",
	"%s: %q is no name",
	"%q is not an integer",
	"%s: %q is not an integer",
	"%s: something else of this process keeps its state where the projects have theirs",
	"%w: %q is open for reading only in this process, and sml_http has no %s to learn it in",
	"%w; the cache has %s",
	"message of topic %q, which is not among the %s %q of the project",
}

// contradictions are configurations of which each field by itself would be taken.
func contradictions() (out []wrong) {
	for component, list := range map[string][]object{
		"sml_kafka": {
			{"topics": []any{"t:0:x"}, "consumer_group": ""}, {"topics": []any{"t:x"}, "consumer_group": ""}, {"in_flight": 0}, {"max_batch_count": -1}, {"topics": []any{"t:0"}},
			{"topics": []any{"t:0"}, "consumer_group": "", "start_offset": "committed"}, {"heartbeat_interval": "2s", "session_timeout": "1s"}, {"regexp_topics_exclude": []any{"a"}},
			{"topics": []any{":0"}, "consumer_group": ""}, {"topics": []any{"a:0", "b"}, "consumer_group": ""}, {"topics": []any{"a:0", "a:0"}, "consumer_group": ""},
			{"topics": []any{"a:0"}, "regexp_topics": true, "consumer_group": ""}, {"topics": []any{"a:3-1"}, "consumer_group": ""}, {"sasl": []any{object{"mechanism": "PLAIN"}}},
			{"revoke_timeout": "5s", "rebalance_timeout": "5s"}, {"max_yield_batch_bytes": "2MB", "partition_buffer_bytes": "1MB"}, {"max_buffer_bytes": "1MB"},
		},
		"output sml_kafka": {
			{"partitioner": "manual"}, {"partition": "3"}, {"acks": "leader"}, {"max_in_flight": 0}, {"timeout": "1ms"}, {"timeout": "-1s"}, {"max_message_bytes": "1B"}, {"max_message_bytes": "3GB"},
			{"sasl": []any{object{"mechanism": "SCRAM-SHA-256", "username": "u"}}}, {"max_in_flight_requests": 5}, {"record_delivery_timeout": "10ms"}, {"broker_write_max_bytes": "1B"},
		},
		"sml_score":     {{"result_path": "a..b"}, {"left_out": object{"interval": "10ms"}}, {"refresh": "-1s"}},
		"sml_threshold": {{"result_path": "x."}},
		"sml_incidents": {
			{"name": ""}, {"name": "a/b"}, {"result_path": "x."}, {"ahead": "0s"}, {"every": "1ms", "durability": "interval"}, {"max_keys": 0}, {"keep_closed": -1}, {"replay_rows": 100001},
			{"open": object{"alarms": 0}}, {"open": object{"alarms": 3}}, {"open": object{"rows": 3}}, {"open": object{"alarms": 4, "rows": 3}}, {"open": object{"alarms": 2, "rows": 3, "within": "5m"}},
			{"open": object{"alarms": 2, "rows": 3, "lasting": "5m"}}, {"open": object{"within": "-5m"}}, {"close": object{"rows": -1}}, {"close": object{"quiet": "-1s"}}, {"close": object{"max_duration": "-1s"}},
		},
		"sml_http": {{"cache": "", "projects": []any{"a"}}},
		"sml_drift": {
			{"name": ""}, {"name": "a/b"}, {"part": "windw"}, {"part": "window", "reference": "window"}, {"part": "project:a/project:b"}, {"rows": -1}, {"every": "0s"}, {"begin_after": 0}, {"end_after": 0},
			{"min_rows": 1}, {"alpha": 2}, {"min_effect": -1}, {"joint": "x"},
		},
		"sml_change":   {{"detector": "eddm", "options": object{"beta": 0.99}}, {"options": object{"dleta": 1}}, {"result_path": "a..b"}},
		"sml_features": {{"features": []any{}}, {"replay_rows": -1}},
		"sml_learn":    {{"models": []any{object{"name": "m", "type": "hba"}, object{"name": "m", "type": "zscore"}}}},
	} {
		for _, fields := range list {
			out = append(out, wrong{component: component, value: fields})
		}
	}
	return out
}
