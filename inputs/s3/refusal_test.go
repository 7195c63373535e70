package s3

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// TestSettings: a setting that cannot be meant is an error that names field and value.
func TestSettings(t *testing.T) {
	s := newServer(t, nil)
	for name, c := range map[string]struct{ fields, want string }{
		"no bucket":            {`bucket: ""`, "bucket is empty"},
		"bucket's name":        {`bucket: a/b`, `bucket is "a/b"`},
		"scheme":               {`endpoint: ftp://host`, `endpoint is "ftp://host", want http or https`},
		"no host":              {`endpoint: "http://:9000"`, `endpoint is "http://:9000", which has no host`},
		"path":                 {`endpoint: http://host/bucket`, `endpoint is "http://host/bucket", want only host and port`},
		"password in endpoint": {`endpoint: http://me:` + testSecret + `@host`, "endpoint has a user or password"},
		"region":               {`region: eu central`, `region is "eu central"`},
		"id alone":             {`credentials: { id: x }`, "credentials.id is set and secret is empty"},
		"secret alone":         {`credentials: { secret: ` + testSecret + ` }`, "credentials.secret is set and id is empty"},
		"token alone":          {`credentials: { token: ` + testSecret + ` }`, "credentials.token is set without id and secret"},
		"anonymous and key":    {`credentials: { id: x, secret: ` + testSecret + `, anonymous: true }`, "credentials.anonymous is true"},
		"batches":              {`max_batch_count: 0`, "max_batch_count is 0, must be at least 1"},
		"timeout":              {`timeout: 0s`, "timeout is 0s, must be above 0"},
		"kind":                 {`path_style: perhaps`, "perhaps"},
		"scanner":              {`scanner: { morse: {} }`, "morse"},
	} {
		t.Run(name, func(t *testing.T) {
			env := service.NewEnvironment()
			if err := Register(env); err != nil {
				t.Fatal(err)
			}
			conf, err := spec().ParseYAML(strings.ReplaceAll(config(s, c.fields), "\n  ", "\n")[2:], env)
			if err == nil {
				_, err = newInput(conf, service.MockResources())
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), testSecret) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestRefusals: what the store refuses is said in words, no secret is, and a pipeline that
// waits for it ends at once.
func TestRefusals(t *testing.T) {
	silent := func(_ http.ResponseWriter, r *http.Request, _ string, _ int) bool {
		<-r.Context().Done()
		return true
	}
	code := func(status int, code string) func(http.ResponseWriter, *http.Request, string, int) bool {
		return func(w http.ResponseWriter, _ *http.Request, _ string, _ int) bool {
			refuse(w, status, code)
			return true
		}
	}
	for name, c := range map[string]struct {
		fields string
		fault  func(http.ResponseWriter, *http.Request, string, int) bool
		want   string
	}{
		"bucket": {"bucket: absent", nil, `bucket is \"absent\", which is not there`},
		"id":     {"credentials: { id: wrong, secret: " + testSecret + " }", nil, "credentials.id is not known there"},
		"secret": {"", code(403, codeSignature), "credentials.secret does not belong to id"},
		"token":  {"", code(400, codeExpired), "credentials.token has expired"},
		"denied": {"", code(403, codeDenied), "access is denied"},
		"region": {"region: eu-north-1", code(400, codeRegion), `region is \"eu-north-1\", and the bucket is in another`},
		"nobody": {"endpoint: http://127.0.0.1:1", nil, "connection refused"},
		"broken": {"", func(w http.ResponseWriter, _ *http.Request, _ string, _ int) bool {
			_, _ = w.Write([]byte("<html>hello"))
			return true
		}, `list bucket \"readings\" at http://127.0.0.1`},
		"silent":    {"timeout: 100ms", silent, "timeout"},
		"waits":     {"timeout: 1h", silent, ""},
		"anonymous": {"credentials: { anonymous: true }", nil, "credentials.id is not known there"},
		"silent object": {"timeout: 100ms", func(w http.ResponseWriter, r *http.Request, key string, _ int) bool {
			if key == "" {
				return false
			}
			head(w, "a row\n")
			_ = http.NewResponseController(w).Flush() // the client may have gone
			return silent(w, r, key, 0)
		}, "the server is silent for 100ms"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, map[string]string{"a": "a row\n"})
			s.fault = c.fault
			p := start(t, s, c.fields)
			if c.want == "" {
				<-s.asked
			}
			p.says(t, c.want)
			began := time.Now()
			if p.stop(t); time.Since(began) > 2*time.Second {
				t.Errorf("the end takes %s", time.Since(began))
			}
			if strings.Contains(p.log.String(), testSecret) {
				t.Errorf("the log has the secret:\n%s", &p.log)
			}
			if len(p.rows) > 0 {
				t.Errorf("got %v", p.rows)
			}
		})
	}
}
