package ui_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// post sends a body of a content type.
func post(a *ui.API, target, contentType, body string) *ui.Response {
	path, query, _ := strings.Cut(target, "?")
	values, _ := url.ParseQuery(query)
	return a.Serve(context.Background(), &ui.Request{Verb: "POST", Path: path, Body: []byte(body), ContentType: contentType, Param: values.Get})
}

// taken is the answer of learn.
type taken struct {
	Learned, Failed int
	Errors          []struct {
		Row           int
		Detail, Field string
		Value         any
	}
}

// created is an API with the empty project new.
func created(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, worldOf{})
	send(t, w.API, "projects/new/create", "{}", 200)
	return w
}

// typesIn are the types of the attributes of a project.
func typesIn(t *testing.T, a *ui.API, project string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, attribute := range decoded[struct{ Schema []struct{ Name, Type string } }](t, get(t, a, "projects/"+project, 200)).Schema {
		out[attribute.Name] = attribute.Type
	}
	return out
}

// TestBodies: the types that a request says are those of the project, and what
// it does not say follows from the values.
func TestBodies(t *testing.T) {
	for name, c := range map[string]struct {
		content, query, body string
		learned              int
		types                map[string]string
	}{
		"frame with types": {
			body:    `{"attributes":["n","id","on","tags","at","skip"],"types":["continuous","categorical","binary","list","timestamp","ignore"],"rows":[["1.5",7,"yes",["a","b"],"2024-01-02T03:04:05Z",1],[2,"8",0,null,1700000000,2]]}`,
			learned: 2, types: map[string]string{"n": "continuous", "id": "categorical", "on": "binary", "tags": "list", "at": "timestamp"},
		},
		"frame without types": {
			body:    `{"attributes":["n","id","on"],"rows":[[1.5,"a",true],[2,"b",false]]}`,
			learned: 2, types: map[string]string{"n": "continuous", "id": "categorical", "on": "binary"},
		},
		"frame of short names": {
			body:    `{"attributes":["n","id"],"types":["C","S"],"rows":[[1,2]]}`,
			learned: 1, types: map[string]string{"n": "continuous", "id": "categorical"},
		},
		"row with such fields": {
			body:    `{"attributes":"a","rows":3}`,
			learned: 1, types: map[string]string{"attributes": "categorical", "rows": "continuous"},
		},
		"csv": {
			content: "text/csv; charset=utf-8", body: "n,id,on,code\n1.5,a,true,007\n2,b,false,12\n",
			learned: 2, types: map[string]string{"n": "continuous", "id": "categorical", "on": "binary", "code": "categorical"},
		},
		"csv with types": {
			content: "text/csv", query: "?types=continuous,categorical", body: "n,id\n1.5,1\n2,2",
			learned: 2, types: map[string]string{"n": "continuous", "id": "categorical"},
		},
		"csv with a mark, semicolons, quotes and missing values": {
			content: "TEXT/CSV", body: "\ufeffn;\"a;b\";c\r\n1;\"x\"\"y\";NA\r\n;z;n/a\r\n",
			learned: 2, types: map[string]string{"n": "continuous", "a;b": "categorical"},
		},
		"csv with tabs": {content: "text/csv", body: "n\tid\n1\ta\n", learned: 1, types: map[string]string{"n": "continuous", "id": "categorical"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := created(t)
			got := decoded[taken](t, require(t, post(w.API, "projects/new/learn"+c.query, c.content, c.body), "learn", 200))
			if got.Learned != c.learned || got.Failed != 0 {
				t.Errorf("learned %+v", got)
			}
			types := typesIn(t, w.API, "new")
			for attribute, want := range c.types {
				if types[attribute] != want {
					t.Errorf("%s is %q, want %q", attribute, types[attribute], want)
				}
			}
			if len(types) != len(c.types) {
				t.Errorf("the attributes are %v, want %v", types, c.types)
			}
		})
	}
}

// TestBodiesRefused: what is wrong with a body as a whole, and nothing is learned.
func TestBodiesRefused(t *testing.T) {
	for name, c := range map[string]struct {
		content, query, body, want string
		status                     int
	}{
		"types that do not fit":  {body: `{"attributes":["a","b"],"types":["C"],"rows":[[1,2]]}`, want: "1 types for 2 attributes", status: 400},
		"unknown type":           {body: `{"attributes":["a"],"types":["real"],"rows":[[1]]}`, want: `types.0: unknown attribute type \"real\"`, status: 400},
		"name twice":             {body: `{"attributes":["a","a"],"rows":[[1,2]]}`, want: `attributes.1: \"a\"`, status: 400},
		"empty name":             {content: "text/csv", body: "a,\n1,2\n", want: "attributes.1", status: 400},
		"no names":               {body: `{"attributes":[],"rows":[[]]}`, want: "attributes: the list is empty", status: 400},
		"no rows":                {body: `{"attributes":["a"],"rows":[]}`, want: "0 rows", status: 400},
		"csv of names":           {content: "text/csv", body: "a,b\n", want: "0 rows", status: 400},
		"empty csv":              {content: "text/csv", want: "the line of names", status: 400},
		"types and no csv":       {query: "?types=continuous", body: `[{"a":1}]`, want: "types: the body is no CSV", status: 400},
		"types of known":         {body: `{"attributes":["x"],"types":["categorical"],"rows":[["a"]]}`, want: `\"x\" is declared as categorical, and the project has learned it as continuous`, status: 409},
		"types of known, in csv": {content: "text/csv", query: "?types=binary", body: "x\n1\n", want: `\"x\" is declared as binary`, status: 409},
	} {
		t.Run(name, func(t *testing.T) {
			w := created(t)
			send(t, w.API, "projects/new/learn", `[{"x":1}]`, 200)
			for _, path := range []string{"learn", "forget"} {
				text := require(t, post(w.API, "projects/new/"+path+c.query, c.content, c.body), path, c.status)
				if !strings.Contains(text, c.want) {
					t.Errorf("%s says %s, want %q", path, text, c.want)
				}
			}
			if got := rowsOf(t, w.API, "new"); got != 1 {
				t.Errorf("the project has %v rows, want 1", got)
			}
		})
	}
}

// badCell is a value that its column does not take, as the frame and as CSV has it.
type badCell struct{ column, json, text string }

// TestBadRowsAreRefusedSingly draws frames with bad cells at drawn places: each bad
// row is refused with its number, its field and its value, and what was learned is
// what the good rows alone teach; in a frame and in CSV.
func TestBadRowsAreRefusedSingly(t *testing.T) {
	names, types := []string{"n", "on", "kind"}, []string{"continuous", "binary", "categorical"}
	bad := []badCell{{"n", `"warm"`, "warm"}, {"n", `"1e"`, "1e"}, {"on", `"maybe"`, "maybe"}, {"on", `"2"`, "2"}}
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 3))
		var inFrame, good []string
		inText := []string{strings.Join(names, ",")}
		wrong := map[int]badCell{}
		for i := range 30 {
			cells := map[string]string{"n": fmt.Sprint(r.IntN(50)), "on": fmt.Sprint(r.IntN(2)), "kind": fmt.Sprint("k", r.IntN(3))}
			values := map[string]string{"n": cells["n"], "on": cells["on"], "kind": fmt.Sprintf("%q", cells["kind"])}
			if r.IntN(4) == 0 {
				b := bad[r.IntN(len(bad))]
				wrong[i], cells[b.column], values[b.column] = b, b.text, b.json
			} else {
				good = append(good, fmt.Sprintf(`{"n":%s,"on":%s,"kind":%s}`, values["n"], map[string]string{"0": "false", "1": "true"}[values["on"]], values["kind"]))
			}
			inFrame = append(inFrame, "["+values["n"]+","+values["on"]+","+values["kind"]+"]")
			inText = append(inText, cells["n"]+","+cells["on"]+","+cells["kind"])
		}
		alone := created(t)
		send(t, alone.API, "projects/new/learn", "["+strings.Join(good, ",")+"]", 200)
		quoted, _ := json.Marshal(names)
		said, _ := json.Marshal(types)
		for form, body := range map[string]string{
			"":         fmt.Sprintf(`{"attributes":%s,"types":%s,"rows":[%s]}`, quoted, said, strings.Join(inFrame, ",")),
			"text/csv": strings.Join(inText, "\n"),
		} {
			w, query := created(t), ""
			if form != "" {
				query = "?types=" + strings.Join(types, ",")
			}
			got := decoded[taken](t, require(t, post(w.API, "projects/new/learn"+query, form, body), "learn", 200))
			if got.Failed != len(wrong) || got.Learned != len(good) || len(got.Errors) != len(wrong) {
				t.Fatalf("%s: %+v, want %d bad rows", form, got, len(wrong))
			}
			for _, e := range got.Errors {
				b, ok := wrong[e.Row]
				value, _ := json.Marshal(e.Value)
				if !ok || e.Field != b.column || string(value) != b.json || !strings.Contains(e.Detail, b.column) {
					t.Errorf("%s: %+v, want the column %s and the value %s", form, e, b.column, b.json)
				}
			}
			for _, n := range names {
				path := "projects/new/explore/univariate?attribute=" + n
				if mine, theirs := get(t, w.API, path, 200), get(t, alone.API, path, 200); mine != theirs {
					t.Errorf("%s: %s of the good rows is\n%s, want\n%s", form, n, mine, theirs)
				}
			}
		}
	}
}

// TestRowsOfAnotherLength: a row with too few or too many values is refused by itself.
func TestRowsOfAnotherLength(t *testing.T) {
	for form, body := range map[string]string{
		"":         `{"attributes":["a","b"],"rows":[[1,2],[3],[4,5,6],7,[8,9]]}`,
		"text/csv": "a,b\n1,2\n3\n4,5,6\n7,\"x\"y\n8,9\n",
	} {
		w := created(t)
		got := decoded[taken](t, require(t, post(w.API, "projects/new/learn?shard=s&offset=0", form, body), "learn", 200))
		var refused []int
		for _, e := range got.Errors {
			refused = append(refused, e.Row)
		}
		if got.Learned != 2 || !slices.Equal(refused, []int{1, 2, 3}) {
			t.Errorf("%q: %+v, want rows 1 to 3 refused", form, got)
		}
	}
}

// TestPredictBodies: a frame and CSV are predicted as objects are; a bad row has an
// error with its field.
func TestPredictBodies(t *testing.T) {
	w := plainWorld(t, worldOf{})
	want := send(t, w.API, "projects/p/predict?model=m", `[{"x":1.5,"y":2.25,"kind":"k1"},{"x":2}]`, 200)
	for form, body := range map[string]string{
		"":         `{"attributes":["x","y","kind"],"types":["continuous","continuous","categorical"],"rows":[[1.5,"2.25","k1"],[2,null,""]]}`,
		"text/csv": "x,y,kind\n1.5,2.25,k1\n2,,\n",
	} {
		if got := require(t, post(w.API, "projects/p/predict?model=m", form, body), "predict", 200); got != want {
			t.Errorf("%q: %s, want %s", form, got, want)
		}
	}
	bad := decoded[[]map[string]any](t, require(t, post(w.API, "projects/p/predict?model=m", "text/csv", "x,y\nwarm,2\n1,2\n"), "predict", 200))
	if bad[0]["field"] != "x" || bad[0]["value"] != "warm" || bad[0]["error"] == nil || bad[1]["error"] != nil {
		t.Errorf("the results are %v", bad)
	}
	if text := require(t, post(w.API, "projects/p/predict?model=m", "", `{"attributes":["x"],"types":["categorical"],"rows":[["a"]]}`), "predict", 409); !strings.Contains(text, "other-type") {
		t.Errorf("another type is %s", text)
	}
}

// TestAsync: rows are learned by a job that is made at once.
func TestAsync(t *testing.T) {
	w := created(t)
	told := decoded[struct{ Job, Result string }](t, require(t, post(w.API, "projects/new/learn?async=true", "text/csv", "x\n1\n2\n"), "learn", 202))
	r := call(w.API, "GET", told.Result, "")
	for r.Status == 202 {
		runtime.Gosched()
		r = call(w.API, "GET", told.Result, "")
	}
	if got := decoded[taken](t, require(t, r, told.Result, 200)); got.Learned != 2 {
		t.Errorf("the job says %+v", got)
	}
	require(t, post(w.API, "projects/new/learn?async=true&wait=3", "", `[{"x":1}]`), "learn", 400)
	require(t, post(w.API, "projects/new/learn?async=perhaps", "", `[{"x":1}]`), "learn", 400)
}
