package ui_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// readNothing are the reads of a project that no statistics are behind.
var readNothing = []string{"GET projects/{project}/questions"}

// TestEveryReadSaysOfWhen: whatever is read off statistics says of when they are: no
// later than the answer, and no earlier than the project has rows. So do predictions,
// and what is built to be tried.
func TestEveryReadSaysOfWhen(t *testing.T) {
	for _, exact := range []bool{true, false} {
		began := time.Now().Truncate(time.Millisecond)
		w := plainWorld(t, worldOf{})
		if exact { // which no memory of answers stands in front of
			h, err := w.table.Open(w.projects.scope, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour, Exact: true}, w.store, "exact", quiet{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = h.Close(context.Background()) })
		}
		file := idle(t, w)
		walked := 0
		for _, o := range operations(t, w.API) {
			reads := o.verb == "GET" && strings.HasPrefix(o.path, "projects/{project}") || strings.HasSuffix(o.path, "/predict") || strings.HasSuffix(o.path, "/try")
			if !reads {
				continue
			}
			path, good := o.good(file)
			query, err := url.ParseQuery(good.query)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time from memory
				r := w.Serve(t.Context(), &ui.Request{Verb: o.verb, Path: path, Body: []byte(good.body), Param: query.Get})
				require(t, r, o.name(), 200)
				said, none := r.Headers["Sml-As-Of"], o.name() == readNothing[0]
				if none && said == "" {
					continue
				}
				at, err := time.Parse(time.RFC3339, said)
				if err != nil || at.Before(began) || at.After(time.Now()) {
					t.Errorf("exact %v, %s: as of %q, want a time from %v on", exact, o.name(), said, began)
				}
				walked++
			}
		}
		if walked < 60 {
			t.Errorf("%d answers, want those of all questions and plots", walked)
		}
	}
}

// TestAsOfOfJobs: the answer of a job says of when it is, as it would have at once.
func TestAsOfOfJobs(t *testing.T) {
	w := plainWorld(t, worldOf{})
	query := url.Values{"attribute": {"x"}, "async": {"true"}}
	r := w.Serve(t.Context(), &ui.Request{Verb: "GET", Path: "projects/p/explore/univariate", Param: query.Get})
	job := decoded[struct{ Job string }](t, string(r.Body)).Job
	if r.Status != 202 || job == "" {
		t.Fatalf("status %d, %s", r.Status, r.Body)
	}
	for begin := time.Now(); ; {
		if r = w.Serve(t.Context(), &ui.Request{Verb: "GET", Path: "jobs/" + job + "/result"}); r.Status == 200 {
			break
		}
		if time.Since(begin) > time.Minute {
			t.Fatalf("status %d, %s", r.Status, r.Body)
		}
	}
	if _, err := time.Parse(time.RFC3339, r.Headers["Sml-As-Of"]); err != nil {
		t.Errorf("the headers are %v", r.Headers)
	}
}
