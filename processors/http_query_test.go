package processors_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestHTTPQueryOfTheHost asks through the host's http_server: what it adds of its own
// to the metadata of every request (headers, cookies, path variables) is no query
// parameter, and one that a route does not have is refused with the nearest name.
func TestHTTPQueryOfTheHost(t *testing.T) {
	base := served(t)
	cases := map[string]struct {
		query   string
		headers map[string]string
		status  int
		says    string
	}{
		"as curl":    {query: "attribute=x", headers: map[string]string{"User-Agent": "curl/8.5.0", "Accept": "*/*"}, status: 200, says: `"count":2`},
		"as browser": {query: "attribute=x", headers: map[string]string{"Cookie": "theme=dark; session=abc", "sec-ch-ua": `"Chromium"`, "DNT": "1", "X-Requested-With": "fetch"}, status: 200, says: `"count":2`},
		"as proxy": {query: "attribute=x", status: 200, says: `"count":2`, headers: map[string]string{
			"X-Forwarded-For": "10.0.0.1", "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "b3": "0", "x-b3-traceid": "1", "x_custom": "1", "ETag": "1"}},
		"no query":      {query: "", status: 400, says: "attribute"},
		"typo":          {query: "atribute=x", status: 400, says: "did you mean attribute?"},
		"unknown":       {query: "attribute=x&nosuch=1", status: 400, says: "nosuch: unknown name"},
		"empty unknown": {query: "attribute=x&nosuch=", status: 400, says: "nosuch: unknown name"},
		"own metadata":  {query: "attribute=x", headers: map[string]string{"Set-Own": "1"}, status: 200, says: `"count":2`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			status, body := requested(t, "GET", base+"projects/p/explore/univariate?"+c.query, "", c.headers)
			if status != c.status || !strings.Contains(body, c.says) {
				t.Errorf("status %d, %.400s; want %d with %s", status, body, c.status, c.says)
			}
		})
	}
	for _, path := range []string{"", "projects", "projects/p", "openapi.json"} {
		if status, body := requested(t, "GET", base+path, "", nil); status != 200 {
			t.Errorf("%q: status %d, %.300s", path, status, body)
		}
	}
}

// served runs sml_http behind an http_server of the host on a free port, with a
// project p of two rows, and returns the address of the API.
func served(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	b := environment(t).NewStreamBuilder()
	err = b.SetYAML(fmt.Sprintf(`
logger: { level: "off" }
http: { enabled: false }
input:
  http_server:
    address: %s
    path: /sml/{rest:.*}
    allowed_verbs: [ GET, POST ]
    sync_response: { status: '${! meta("status") }' }
pipeline:
  processors:
    - mapping: meta own = 1
    - switch:
        - check: meta("http_server_verb") == "POST"
          processors: [ { sml_http: { writable: true, cache: sml_state, other_metadata: [ own ] } } ]
        - processors: [ { sml_http: { cache: sml_state, other_metadata: [ own ] } } ]
output: { sync_response: {} }
cache_resources: [ { label: sml_state, memory: {} } ]
`, address))
	if err != nil {
		t.Fatal(err)
	}
	stream, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- stream.Run(t.Context()) }()
	t.Cleanup(func() {
		if err := stream.StopWithin(30 * time.Second); err != nil {
			t.Error(err)
		}
		<-done
	})
	base := "http://" + address + "/sml/"
	requireListening(t, address)
	for _, step := range [][2]string{{"create", "{}"}, {"learn", `[{"x":1},{"x":2}]`}} {
		if status, said := requested(t, "POST", base+"projects/p/"+step[0], step[1], nil); status != 200 {
			t.Fatalf("%s: status %d, %s", step[0], status, said)
		}
	}
	return base
}

// requireListening waits until something listens at an address.
func requireListening(t *testing.T, address string) {
	t.Helper()
	for deadline := time.After(20 * time.Second); ; {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			_ = connection.Close() // it only asked whether the server is there
			return
		}
		select {
		case <-deadline:
			t.Fatal(err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// requested sends one request and returns status and body of the answer.
func requested(t *testing.T, verb, address, body string, headers map[string]string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), verb, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}
