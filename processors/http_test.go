package processors_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// asked is a request as http_server hands it on: parameters, headers and path
// variables in one metadata.
type asked struct {
	meta map[string]string
	body string
}

// ask sends requests through a stream of the processors and returns the
// answers in order.
func ask(t *testing.T, processor string, requests ...asked) (out []*service.Message) {
	t.Helper()
	b := builder(t, environment(t), thenLearn)
	if err := b.AddProcessorYAML(processor); err != nil {
		t.Fatal(err)
	}
	send, err := b.AddBatchProducerFunc()
	if err != nil {
		t.Fatal(err)
	}
	err = b.AddBatchConsumerFunc(func(_ context.Context, batch service.MessageBatch) error {
		for _, m := range batch {
			out = append(out, m.Copy())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	stream, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- stream.Run(context.Background()) }()
	batch := service.MessageBatch{}
	for _, r := range requests {
		m := service.NewMessage([]byte(r.body))
		for name, value := range r.meta {
			m.MetaSetMut(name, value)
		}
		batch = append(batch, m)
	}
	if err := send(context.Background(), batch); err != nil {
		t.Fatal(err)
	}
	if err := stream.StopWithin(30 * time.Second); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return out
}

func TestHTTP(t *testing.T) {
	rest := func(path string, more ...string) map[string]string {
		out := map[string]string{"rest": path}
		for i := 0; i < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	const learn = `[{"x":1}]`
	cases := map[string]struct {
		processor string
		request   asked
		status    string
		contains  string
	}{
		"page":                {"sml_http: {}", asked{meta: rest("")}, "200", "<main"},
		"projects":            {"sml_http: {}", asked{meta: rest("projects")}, "200", `[{"project":"p"}]`},
		"question":            {"sml_http: {}", asked{meta: rest("projects/p/explore/univariate", "attribute", "z")}, "400", `\"z\"`},
		"export of another":   {"sml_http: {}", asked{meta: rest("projects/p/export")}, "200", ""},
		"export of nothing":   {"sml_http: {}", asked{meta: rest("projects/q/export")}, "403", "set cache"},
		"forged verb":         {"sml_http: {}", asked{meta: rest("projects/p/learn", "http_server_verb", "POST")}, "405", "POST"},
		"write where reading": {"sml_http: {}", asked{meta: rest("projects/p/learn", "http_server_verb", "POST"), body: learn}, "403", "writable"},
		"write":               {"sml_http: { writable: true }", asked{meta: rest("projects/p/learn"), body: learn}, "200", `"learned":1`},
		"read where writing":  {"sml_http: { writable: true }", asked{meta: rest("projects/p/live")}, "405", "GET"},
		"large body":          {"sml_http: { writable: true, max_body_bytes: 4 }", asked{meta: rest("projects/p/learn"), body: learn}, "413", "at most 4"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			// The learner before it marks what is no row; that does not matter here.
			out := ask(t, c.processor, c.request)
			if len(out) != 1 {
				t.Fatalf("%d messages came out, want 1", len(out))
			}
			body, err := out[0].AsBytes()
			if err != nil {
				t.Fatal(err)
			}
			status, _ := out[0].MetaGet("status")
			if status != c.status || !strings.Contains(string(body), c.contains) {
				t.Errorf("status %s, body %.300s; want %s with %q", status, body, c.status, c.contains)
			}
		})
	}
}

// TestHTTPLearnsWhatItCreated: requests create a project in the cache, learn into
// it and ask a model, without an sml_learn of that project.
func TestHTTPLearnsWhatItCreated(t *testing.T) {
	to := func(path, body string, more ...string) asked {
		a := asked{meta: map[string]string{"rest": path}, body: body}
		for i := 0; i < len(more); i += 2 {
			a.meta[more[i]] = more[i+1]
		}
		return a
	}
	rows := `[{"x":1,"y":2},{"x":2,"y":4.5},{"x":3,"y":6}]`
	out := ask(t, "sml_http: { writable: true, cache: sml_state }",
		to("projects/new/create", `{"models":[{"name":"line","type":"ols","target":"y","options":{"min_rows":2}}]}`),
		to("projects/new/learn", rows, "shard", "s", "offset", "0"),
		to("projects/new/learn", rows, "shard", "s", "offset", "0"),
		to("projects/new/predict", `{"x":2}`, "model", "line"),
		to("projects/new/rename", `{"name":"p"}`),
		to("projects/new/delete", ""),
	)
	for i, want := range []struct{ status, contains string }{
		{"200", `"done":true`}, {"200", `"learned":3`}, {"200", `"replayed":3`},
		{"200", `"prediction":4.16666666666666`}, // the mean of y, as 2 is that of x
		{"409", "project-exists"}, {"200", `"done":true`},
	} {
		status, _ := out[i].MetaGet("status")
		body, err := out[i].AsBytes()
		if err != nil {
			t.Fatal(err)
		}
		if status != want.status || !strings.Contains(string(body), want.contains) {
			t.Errorf("request %d: status %s, body %.300s; want %s with %q", i, status, body, want.status, want.contains)
		}
	}
}

// TestHTTPSettings: what cannot work is said at the start.
func TestHTTPSettings(t *testing.T) {
	for name, c := range map[string]struct{ processor, want string }{
		"projects without a cache": {"sml_http: { projects: [ p ] }", "cache is empty"},
		"name of a project":        {"sml_http: { cache: sml_state, projects: [ ../p ] }", "../p"},
	} {
		t.Run(name, func(t *testing.T) {
			b := builder(t, environment(t), c.processor)
			err := func() error {
				if err := b.AddInputYAML("generate: { count: 1, mapping: 'root = {}' }"); err != nil {
					return err
				}
				stream, err := b.Build()
				if err != nil {
					return err
				}
				return stream.Run(context.Background())
			}()
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}
