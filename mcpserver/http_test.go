package mcpserver_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/mcpserver"
)

// initialize is the first request of a client.
const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`

// TestGuard: pages of other origins, names that are not loopback, and requests
// without the token are refused.
func TestGuard(t *testing.T) {
	const page = "https://chat.example"
	for name, c := range map[string]struct {
		guard   mcpserver.Guard
		headers map[string]string
		host    string
		want    int
	}{
		"no page":               {want: 200},
		"own page":              {headers: map[string]string{"Origin": "own"}, want: 200},
		"other page":            {headers: map[string]string{"Origin": "https://evil.example"}, want: 403},
		"page without a host":   {headers: map[string]string{"Origin": "null"}, want: 403},
		"page that may":         {guard: mcpserver.Guard{Origins: []string{page}}, headers: map[string]string{"Origin": page}, want: 200},
		"page of another":       {guard: mcpserver.Guard{Origins: []string{page}}, headers: map[string]string{"Origin": page + ".evil.example"}, want: 403},
		"name that rebinds":     {host: "evil.example", want: 403},
		"rebinding page":        {host: "evil.example", headers: map[string]string{"Origin": "http://evil.example"}, want: 403},
		"token":                 {guard: mcpserver.Guard{Token: "secret"}, headers: map[string]string{"Authorization": "Bearer secret"}, want: 200},
		"no token":              {guard: mcpserver.Guard{Token: "secret"}, want: 401},
		"another token":         {guard: mcpserver.Guard{Token: "secret"}, headers: map[string]string{"Authorization": "Bearer secre"}, want: 401},
		"token without bearer":  {guard: mcpserver.Guard{Token: "secret"}, headers: map[string]string{"Authorization": "secret"}, want: 401},
		"token of another page": {guard: mcpserver.Guard{Token: "secret"}, headers: map[string]string{"Authorization": "Bearer secret", "Origin": page}, want: 403},
	} {
		t.Run(name, func(t *testing.T) {
			served := httptest.NewServer(mcpserver.Handler(newServer(t, false), c.guard))
			defer served.Close()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, served.URL, strings.NewReader(initialize))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept", "application/json, text/event-stream")
			for header, value := range c.headers {
				if value == "own" {
					value = served.URL
				}
				r.Header.Set(header, value)
			}
			r.Host = c.host
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := answer.Body.Close(); err != nil {
				t.Fatal(err)
			}
			if answer.StatusCode != c.want {
				t.Errorf("status %d, want %d", answer.StatusCode, c.want)
			}
		})
	}
}
