package health

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAnswers(t *testing.T) {
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch {
		case strings.HasPrefix(r.URL.Path, "/slow"):
			<-stop
		case strings.HasPrefix(r.URL.Path, "/secret") && (user != "sml" || password != "p w"):
			w.WriteHeader(http.StatusUnauthorized)
		case strings.HasPrefix(r.URL.Path, "/starts") && r.URL.Path != "/starts/ping":
			http.Error(w, "input not connected", http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(stop) })
	login := strings.Replace(server.URL, "http://", "http://sml:p%20w@", 1)
	for name, c := range map[string]struct {
		address, path string
		patience      time.Duration
		want          []string
	}{
		"ready":                 {address: server.URL, path: pathReady},
		"a slash at the end":    {address: server.URL + "/", path: pathReady},
		"not connected":         {address: server.URL + "/starts", path: pathReady, want: []string{"503", "input not connected"}},
		"alive":                 {address: server.URL + "/starts", path: pathPing},
		"no password":           {address: server.URL + "/secret", path: pathReady, want: []string{"wants a password"}},
		"a password":            {address: login + "/secret", path: pathReady},
		"no answer":             {address: server.URL + "/slow", path: pathReady, patience: 50 * time.Millisecond, want: []string{"does not answer"}},
		"nobody listens":        {address: "http://127.0.0.1:1", path: pathReady, want: []string{"127.0.0.1:1 does not answer"}},
		"no URL":                {address: "localhost:4195", path: pathReady, want: []string{`"localhost:4195"`, "http://"}},
		"an unknown protocol":   {address: "ftp://x", path: pathReady, want: []string{`"ftp://x"`}},
		"no time for an answer": {address: server.URL, path: pathReady, patience: -1, want: []string{"timeout"}},
	} {
		t.Run(name, func(t *testing.T) {
			patience := c.patience
			if patience == 0 {
				patience = 20 * time.Second
			}
			err := ask(t.Context(), c.address, c.path, patience)
			if (err != nil) != (len(c.want) > 0) {
				t.Fatalf("got %v", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
		})
	}
}
