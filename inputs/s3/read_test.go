package s3

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// TestRowsOfThreeFiles: 300 rows of CSV come once, in order, with their positions; objects
// without rows, folders and what has another prefix do not disturb them.
func TestRowsOfThreeFiles(t *testing.T) {
	objects := map[string]string{"in/": "", "in/a0.csv": "", "in/b0.csv": "x,y\n", "other.csv": "x,y\n9,9\n"}
	var want []string
	for _, name := range []string{"a", "b", "c d+é"} {
		content := "x,y\n"
		for i := range 100 {
			content += fmt.Sprintf("%d,%s\n", i, name)
			want = append(want, fmt.Sprintf(`{"x":"%d","y":"%s"}`, i, name))
		}
		objects["in/"+name+".csv"] = content
	}
	s := newServer(t, objects)
	rows := start(t, s, "prefix: in/\nscanner: { csv: {} }\nmax_batch_count: 7").all(t)
	if got := texts(rows); !slices.Equal(got, want) {
		t.Fatalf("got %d rows: %.300v", len(got), got)
	}
	for i, r := range rows {
		if n := strconv.Itoa(i % 100); r.meta[metaPosition] != n || r.meta["csv_row"] != n {
			t.Fatalf("row %d has the metadata %v", i, r.meta)
		}
	}
	for name, want := range map[string]string{
		metaKey: "in/c d+é.csv", metaBucket: testBucket, metaETag: strings.Trim(etag(objects["in/c d+é.csv"]), `"`), metaVersion: "v1",
		metaModified: "2026-01-05T10:00:00Z", metaUnix: "1767607200", metaOwn + "plant": "north",
	} {
		if got := rows[299].meta[name]; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// TestPages: more keys than a list holds, each read once.
func TestPages(t *testing.T) {
	objects := map[string]string{}
	for i := range 1005 {
		objects[fmt.Sprintf("%04d", i)] = fmt.Sprintf("row %d", i)
	}
	s := newServer(t, objects)
	rows := start(t, s, "").all(t)
	for i, r := range rows {
		if r.text != fmt.Sprintf("row %d", i) || r.meta[metaPosition] != "0" {
			t.Fatalf("row %d is %v", i, r)
		}
	}
	if len(rows) != 1005 || s.gets[""] != 2 {
		t.Errorf("%d rows of %d lists, want 1005 of 2", len(rows), s.gets[""])
	}
}

// TestFailures: whatever fails in lists, objects and outputs, each line comes once and in
// the order of its object.
func TestFailures(t *testing.T) {
	for seed := range drawn.Seeds(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel() // the host waits longer after each failure
			random := rand.New(rand.NewPCG(seed, 3))
			objects, want := map[string]string{}, []string{}
			for o := range 3 {
				var content strings.Builder
				for i := range 20 + random.IntN(400) {
					line := fmt.Sprintf("%d:%d:%s", o, i, strings.Repeat("x", random.IntN(60)))
					want = append(want, line)
					content.WriteString(line + "\n")
				}
				objects[strconv.Itoa(o)] = content.String()
			}
			s := newServer(t, objects)
			faults := rand.New(rand.NewPCG(seed, 4))
			s.fault = func(w http.ResponseWriter, _ *http.Request, key string, nth int) bool {
				s.mu.Lock()
				kind, content := faults.IntN(4), s.objects[key]
				at := faults.IntN(len(content) + 1)
				s.mu.Unlock()
				switch {
				case nth > 2 || kind == 3:
					return false
				case kind == 0:
					refuse(w, http.StatusServiceUnavailable, "SlowDown")
				case kind == 1 && key != "":
					cut(w, content, at)
				default:
					panic(http.ErrAbortHandler)
				}
				return true
			}
			p := start(t, s, fmt.Sprintf("max_batch_count: %d", 1+random.IntN(50)))
			rejected := 0
			p.mu.Lock()
			p.reject = func(first row) error {
				if rejected < 5 && random.IntN(3) == 0 {
					rejected++
					return errors.New("not now")
				}
				return nil
			}
			p.mu.Unlock()
			got := texts(p.all(t))
			slices.SortStableFunc(got, func(a, b string) int { return slices.Index(want, a) - slices.Index(want, b) })
			if !slices.Equal(got, want) {
				t.Fatalf("%d lines, want %d\n%s", len(got), len(want), &p.log)
			}
		})
	}
}

// TestOrder: keys that come in order are all read, whether or not the store begins a list
// where it is asked to; keys out of order are an error, as some could be passed over.
func TestOrder(t *testing.T) {
	for seed := range drawn.Seeds(20) {
		random := rand.New(rand.NewPCG(seed, 5))
		objects, keys := map[string]string{}, []string{}
		for i := range 2 + random.IntN(20) {
			keys = append(keys, fmt.Sprintf("%02d", i))
			objects[keys[i]] = "row of " + keys[i]
		}
		sorted := random.IntN(2) == 0
		if !sorted {
			from := random.IntN(len(keys) - 1)
			keys[from], keys[from+1] = keys[from+1], keys[from]
		}
		s := newServer(t, objects)
		ignoresStart := random.IntN(2) == 0
		s.fault = func(w http.ResponseWriter, r *http.Request, key string, _ int) bool {
			if key != "" {
				return false
			}
			after := r.URL.Query().Get("start-after")
			if ignoresStart {
				after = ""
			}
			s.write(w, slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return k <= after }), false)
			return true
		}
		p := start(t, s, "")
		if !sorted {
			p.says(t, "which come out of order")
			p.stop(t)
			continue
		}
		if got := texts(p.all(t)); len(got) != len(keys) {
			t.Errorf("seed %d: %d objects of %d", seed, len(got), len(keys))
		}
	}
}

// TestPassedOver: what cannot be read at all is said, and the others are read.
func TestPassedOver(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(s *server, w http.ResponseWriter) bool
		says  string
		// want is what comes of the object in question, in the scanner csv.
		want []string
	}{
		"deleted":  {func(_ *server, w http.ResponseWriter) bool { refuse(w, 404, codeNoKey); return true }, `Object \"b\" of bucket \"readings\" is passed over from message 0 on, as it was deleted`, nil},
		"archived": {func(_ *server, w http.ResponseWriter) bool { refuse(w, 403, codeArchived); return true }, `Object \"b\" of bucket \"readings\" is passed over, as it is archived`, nil},
		"content":  {func(s *server, w http.ResponseWriter) bool { s.objects["b"] = "x\n1\n2,3\n4\n"; return false }, `The rest of object \"b\" of bucket \"readings\", from message 1 on, is passed over`, []string{`{"x":"1"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, map[string]string{"a": "x\na\n", "b": "x\nb\n", "c": "x\nc\n"})
			s.fault = func(w http.ResponseWriter, _ *http.Request, key string, _ int) bool {
				s.mu.Lock()
				defer s.mu.Unlock()
				return key == "b" && c.fault(s, w)
			}
			p := start(t, s, "scanner: { csv: {} }")
			want := slices.Concat([]string{`{"x":"a"}`}, c.want, []string{`{"x":"c"}`})
			if got := texts(p.all(t)); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if !strings.Contains(p.log.String(), c.says) {
				t.Errorf("the log does not say %q:\n%s", c.says, &p.log)
			}
		})
	}
}

// TestChanged: an object that is replaced while it is read is read anew.
func TestChanged(t *testing.T) {
	first, second := strings.Repeat("old row\n", 2000), "new row\n"
	s := newServer(t, map[string]string{"a": first})
	s.fault = func(w http.ResponseWriter, _ *http.Request, key string, nth int) bool {
		if key != "a" || nth > 1 {
			return false
		}
		s.mu.Lock()
		s.objects["a"] = second
		s.mu.Unlock()
		cut(w, first, 15000)
		return true
	}
	p := start(t, s, "max_batch_count: 10")
	rows := p.all(t)
	if last := rows[len(rows)-1]; last.text != "new row" || last.meta[metaPosition] != "0" || !strings.Contains(p.log.String(), "has changed while it was read") {
		t.Errorf("the last of %d rows is %v:\n%s", len(rows), last, &p.log)
	}
}
