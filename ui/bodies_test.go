package ui_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// deep is an object in n others.
func deep(n int) string { return strings.Repeat(`{"x":`, n) + "1" + strings.Repeat("}", n) }

// TestBadBodies sends every operation that takes a body some that are wrong.
// Each is a problem, and the project holds afterwards what it held before.
func TestBadBodies(t *testing.T) {
	const limit = 1 << 18
	w := plainWorld(t, worldOf{limit: limit})
	file := idle(t, w)
	for _, o := range operations(t, w.API) {
		if o.RequestBody == nil {
			continue
		}
		path, good := o.good(file)
		target := path + "?" + good.query
		optional := !o.RequestBody.Required
		t.Run(o.name(), func(t *testing.T) {
			for name, body := range map[string]string{
				"empty": "", "blanks": " \n\t ", "not JSON": "hello", "half": `{"x":`, "half an array": `[{"x":1}`, "null": "null", "a number": "1", "a text": `"x"`,
				"an array of numbers": "[1]", "an empty array": "[]", "deep": deep(20_000), "a deep array": strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
				"something behind": `{"name":"q","version":"v"}]`, "something behind an array": `[{"x":1}]{}`, "two": `{"name":"q"} {"name":"r"}x`, "not UTF-8": "\xff\xfe",
				"a byte order mark": "\ufeff{}", "a NaN": `{"x":NaN}`, "a comment": `{"x":1}//`, "a comma": `[{"x":1},]`, "zeros": strings.Repeat("\x00", 100), "half a file": file[:len(file)/2], "a file and more": file + "x",
			} {
				r := call(w.API, "POST", target, body)
				if r.Status == 200 && optional && strings.TrimSpace(body) == "" || r.Status == 200 && optional && body == "null" {
					get(t, w.API, path[:strings.LastIndex(path, "/")], 200)
					send(t, w.API, path[:strings.LastIndex(path, "/")]+"/delete", "", 200) // it was made, as an empty body says
					continue
				}
				if r.Status < 400 || r.Status >= 500 {
					t.Errorf("%s: status %d, want a refusal: %.300s", name, r.Status, r.Body)
					continue
				}
				requireProblem(t, r)
			}
			large := call(w.API, "POST", target, strings.Repeat(" ", limit+1))
			require(t, large, "a large body", 413)
			for _, encoding := range []string{"gzip", "br", "identity, gzip", "x"} {
				query := goodQuery(t, good.query)
				r := w.Serve(context.Background(), &ui.Request{Verb: "POST", Path: path, Body: []byte("\x1f\x8b"), Encoding: encoding, Param: query})
				if got := require(t, r, encoding, 415); !strings.Contains(got, encoding) {
					t.Errorf("the encoding %s is not named: %s", encoding, got)
				}
			}
		})
	}
	if got := get(t, w.API, "projects/p/export", 200); got != file {
		t.Error("the project holds something else than before")
	}
	if got := get(t, w.API, "projects", 200); got != `[{"project":"idle"},{"project":"p"}]` {
		t.Errorf("the projects are %s", got)
	}
}

func goodQuery(t *testing.T, query string) func(string) string {
	values, _ := argumentsOf(t, query)
	return values.Get
}

// TestRowsThatDoNotFit are told with their number and why; the others count.
func TestRowsThatDoNotFit(t *testing.T) {
	type answer struct {
		Learned, Failed int
		Errors          []struct {
			Row    int
			Detail string
		}
	}
	for name, c := range map[string]struct {
		body   string
		failed []int
		says   string
	}{
		"another type":           {`[{"x":1},{"x":"warm"},{"x":2},{"x":[1]}]`, []int{1, 3}, `"x"`},
		"beyond all numbers":     {`[{"x":1e999},{"x":1e80}]`, []int{0, 1}, "x"},
		"bytes that are no text": {"[{\"kind\":\"k1\"},{\"kind\":\"\xff\"}]", []int{}, ""},
		"too deep for a row":     {`[{"x":1},` + deep(5000) + `]`, []int{1}, ""},
		"null":                   {`[{"x":null,"y":1}]`, nil, ""},
		"lines":                  {"{\"x\":1}\n\n  {\"x\":true}\r\n{\"x\":3}", nil, ""},
		"the same name twice":    {`[{"x":1,"x":2}]`, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := plainWorld(t, worldOf{limit: 1 << 20})
			before := rowsOf(t, w.API, "p")
			r := call(w.API, "POST", "projects/p/learn", c.body)
			if r.Status == 400 {
				requireProblem(t, r)
				if rowsOf(t, w.API, "p") != before {
					t.Error("a request that is refused as a whole has learned rows")
				}
				return
			}
			got := decoded[answer](t, require(t, r, name, 200))
			if got.Learned+got.Failed == 0 || got.Failed != len(got.Errors) {
				t.Fatalf("got %+v", got)
			}
			if c.says != "" {
				for i, e := range got.Errors {
					if i >= len(c.failed) || e.Row != c.failed[i] || !strings.Contains(e.Detail, c.says) {
						t.Errorf("error %d is %+v, want row %v with %q", i, e, c.failed, c.says)
					}
				}
			}
			if after := rowsOf(t, w.API, "p"); after != before+float64(got.Learned) {
				t.Errorf("%v rows became %v, and %d were learned", before, after, got.Learned)
			}
		})
	}
}

// TestErrorsOfRowsAreBounded: of many that do not fit the first few are told.
func TestErrorsOfRowsAreBounded(t *testing.T) {
	a := api(t, true)
	got := decoded[struct {
		Failed int
		Errors []struct{ Row int }
	}](t, send(t, a, "projects/p/learn", "["+strings.Repeat(`{"x":"warm"},`, 999)+`{"x":"warm"}]`, 200))
	if got.Failed != 1000 || len(got.Errors) != 20 || got.Errors[19].Row != 19 {
		t.Errorf("%d failed and %d are told, want 1000 and 20", got.Failed, len(got.Errors))
	}
}

// TestBodiesTakeBoundedMemory: a body of the shortest rows, far more than are
// taken, costs about its own size, and results that would be many times as large
// as the rows are refused.
func TestBodiesTakeBoundedMemory(t *testing.T) {
	w := plainWorld(t, worldOf{})
	body := "[" + strings.Repeat("{},", 5_000_000) + "{}]" // 15 MB
	allocated := allocatedBy(func() {
		if got := send(t, w.API, "projects/p/learn", body, 400); !strings.Contains(got, "more than 100000 rows") {
			t.Errorf("got %s", got)
		}
	})
	if most := uint64(5 * len(body)); allocated > most {
		t.Errorf("%d bytes were allocated for a body of %d, want at most %d", allocated, len(body), most)
	}
	var wide strings.Builder
	for i := range 300 {
		fmt.Fprintf(&wide, `,"a%d":%d`, i, i)
	}
	p := w.learn(t, "wide", live.LearnSettings{Models: []model.Definition{{Name: "m", Type: "zscore", Options: map[string]any{"min_rows": 0}}}}, "{"+wide.String()[1:]+"}", "{"+strings.ReplaceAll(wide.String()[1:], ":", ":1")+"}")
	if _, err := p.Summary(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	send(t, w.API, "projects/wide/predict?model=m", strings.Repeat(`{"a1":3}`, 10), 200)
	if got := send(t, w.API, "projects/wide/predict?model=m", strings.Repeat(`{"a1":3}`, 100_000), 413); !strings.Contains(got, "send fewer rows") {
		t.Errorf("got %s", got)
	}
}

// allocatedBy returns how many bytes f allocates.
func allocatedBy(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// FuzzBodies: whatever is sent to whatever is answered with 2xx or a problem.
func FuzzBodies(f *testing.F) {
	targets := []string{"learn", "learn?shard=a&offset=0", "forget", "learn-predict?model=m", "predict?model=m", "models", "models/m/freeze", "models/m/serve", "merge", "rename", "create", "import"}
	for i, body := range []string{`[{"x":1}]`, `{"x":1}`, `{"name":"n","type":"ols","target":"x"}`, `{"version":"v"}`, `{"models":[{"name":"n","type":"hba"}]}`, "[", "{", "null", "\xff", deep(100)} {
		f.Add(uint8(i), body)
	}
	w := plainWorld(f, worldOf{limit: 1 << 16})
	f.Fuzz(func(t *testing.T, target uint8, body string) {
		r := call(w.API, "POST", "projects/p/"+targets[int(target)%len(targets)], body)
		if r.Status != 200 {
			requireProblem(t, r)
		}
	})
}

// TestPositionsAreCountedOnce draws requests whose rows overlap, come again and
// come out of order, and forgets among them: the statistics are those of each
// row once, less those forgotten.
func TestPositionsAreCountedOnce(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 2))
			w := newWorld(t, worldOf{})
			send(t, w.API, "projects/p/create", "", 200)
			value := func(offset int) float64 { return float64(offset*offset%97) / 8 } // sums of eighths are exact
			learned, forgotten := map[int]bool{}, map[int]bool{}
			for range 60 {
				from := r.IntN(200)
				rows := make([]string, 1+r.IntN(20))
				for i := range rows {
					rows[i] = fmt.Sprintf(`{"x":%v}`, value(from+i))
				}
				forget := r.IntN(4) == 0
				if forget { // only what has been learned
					n := 0
					for n < len(rows) && learned[from+n] {
						n++
					}
					if rows = rows[:n]; n == 0 {
						continue
					}
				}
				verb, into := "learn", learned
				if forget {
					verb, into = "forget", forgotten
				}
				for range 1 + r.IntN(2) { // sent again, as by a client without an answer
					got := send(t, w.API, fmt.Sprintf("projects/p/%s?shard=s&offset=%d", verb, from), "["+strings.Join(rows, ",")+"]", 200)
					fresh := 0
					for i := range rows {
						if !into[from+i] {
							fresh++
						}
						into[from+i] = true
					}
					answer := decoded[struct {
						Learned, Forgotten, Failed, Replayed int
						LeftOut                              map[string]int `json:"left_out"`
					}](t, got)
					if answer.Learned+answer.Forgotten != fresh || answer.Failed != 0 || answer.Replayed != len(rows)-fresh || answer.LeftOut["replayed"] != answer.Replayed {
						t.Fatalf("%s of %d rows, %d of them for the first time: %s", verb, len(rows), fresh, got)
					}
				}
			}
			var sum, count float64
			for _, offset := range slices.Sorted(keysOf(learned)) {
				if !forgotten[offset] {
					sum, count = sum+value(offset), count+1
				}
			}
			got := decoded[struct{ Count, Mean float64 }](t, get(t, w.API, "projects/p/explore/univariate?attribute=x", 200))
			if got.Count != count {
				t.Errorf("%v rows count, want %v", got.Count, count)
			}
			requireSame(t, "mean", got.Mean, sum/count, closeEnough)
		})
	}
}

func keysOf(m map[int]bool) func(func(int) bool) {
	return func(yield func(int) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
