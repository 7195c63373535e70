package s3

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
)

const (
	testBucket = "readings"
	testID     = "test-id"
	testSecret = "test-secret-8d1f"
	// patience is how long a test waits for what has to come.
	patience = 20 * time.Second
)

// server is a bucket that answers ListObjectsV2 and GetObject.
type server struct {
	*httptest.Server
	mu      sync.Mutex
	objects map[string]string
	// gets counts the requests by key, "" for lists.
	gets map[string]int
	// fault is set before the first request and may answer a request for a key ("" for a list) by itself; nth counts from 1.
	fault func(w http.ResponseWriter, r *http.Request, key string, nth int) bool
	// asked is closed by the first request.
	asked chan struct{}
	once  sync.Once
}

func newServer(t *testing.T, objects map[string]string) *server {
	t.Helper()
	s := &server{objects: objects, gets: map[string]int{}, asked: make(chan struct{})}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// refuse answers as S3 does where it refuses.
func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code><Message>test</Message></Error>`, code)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.once.Do(func() { close(s.asked) })
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	s.mu.Lock()
	s.gets[key]++
	nth := s.gets[key]
	s.mu.Unlock()
	if s.fault != nil && s.fault(w, r, key, nth) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	content, ok := s.objects[key]
	switch {
	case !strings.Contains(r.Header.Get("Authorization"), "Credential="+testID+"/"):
		refuse(w, http.StatusForbidden, codeNoID)
	case bucket != testBucket:
		refuse(w, http.StatusNotFound, codeNoBucket)
	case key == "":
		s.list(w, r)
	case !ok:
		refuse(w, http.StatusNotFound, codeNoKey)
	case r.Header.Get("If-Match") != "" && r.Header.Get("If-Match") != etag(content):
		refuse(w, http.StatusPreconditionFailed, codeChanged)
	default:
		head(w, content)
		fmt.Fprint(w, content)
	}
}

func etag(content string) string { return fmt.Sprintf("%q", strconv.Itoa(len(content))) }

func head(w http.ResponseWriter, content string) {
	w.Header().Set("ETag", etag(content))
	w.Header().Set("Last-Modified", "Mon, 05 Jan 2026 10:00:00 GMT")
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.Header().Set("X-Amz-Version-Id", "v1")
	w.Header().Set("X-Amz-Meta-Plant", "north")
}

// list answers with at most 1,000 keys, as S3 does.
func (s *server) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	after := max(q.Get("start-after"), q.Get("continuation-token"))
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(s.objects)) {
		if key > after && strings.HasPrefix(key, q.Get("prefix")) {
			keys = append(keys, key)
		}
	}
	s.write(w, keys[:min(len(keys), 1000)], len(keys) > 1000)
}

// write answers with a list of keys.
func (s *server) write(w http.ResponseWriter, keys []string, truncated bool) {
	type entry struct {
		Key, ETag    string
		Size         int
		LastModified string
	}
	var answer struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		NextContinuationToken string
		Contents              []entry
	}
	for _, key := range keys {
		answer.Contents = append(answer.Contents, entry{key, etag(s.objects[key]), len(s.objects[key]), "2026-01-05T10:00:00Z"})
	}
	if truncated {
		answer.IsTruncated, answer.NextContinuationToken = true, keys[len(keys)-1]
	}
	text, err := xml.Marshal(answer)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "InternalError")
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	_, _ = w.Write(text) // the client may have gone
}

// cut answers with the first bytes of the content and breaks the connection.
func cut(w http.ResponseWriter, content string, after int) {
	head(w, content)
	fmt.Fprint(w, content[:after])
	panic(http.ErrAbortHandler)
}

// lockedBuffer is a log that can be read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// row is a message that came out: its content and metadata.
type row struct {
	text string
	meta map[string]string
}

// running is a pipeline that reads the bucket.
type running struct {
	stream *service.Stream
	log    lockedBuffer
	ended  chan error

	mu   sync.Mutex
	rows []row
	// reject may refuse a batch of which the first message is given.
	reject func(first row) error
}

// start runs the input with the fields; credentials and endpoint are set for it. Until the
// server is asked or the log says something, the pipeline cannot be stopped.
func start(t *testing.T, s *server, fields string) *running {
	t.Helper()
	p := &running{ended: make(chan error, 1)}
	env := service.NewEnvironment()
	if err := Register(env); err != nil {
		t.Fatal(err)
	}
	b := env.NewStreamBuilder()
	b.SetLogger(slog.New(slog.NewTextHandler(&p.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err := b.AddInputYAML("sml_s3:\n" + config(s, fields)); err != nil {
		t.Fatal(err)
	}
	if err := b.AddBatchConsumerFunc(p.take); err != nil {
		t.Fatal(err)
	}
	var err error
	if p.stream, err = b.Build(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.stream.Run(context.Background()) }()
	return p
}

// config is what all tests set, with the fields in place of it.
func config(s *server, fields string) string {
	for name, value := range map[string]string{
		"bucket": testBucket, "endpoint": s.URL, "credentials": fmt.Sprintf("{ id: %s, secret: %s }", testID, testSecret),
	} {
		if !strings.Contains(fields, name+":") {
			fields += "\n" + name + ": " + value
		}
	}
	return "  " + strings.ReplaceAll(strings.TrimSpace(fields), "\n", "\n  ")
}

func (p *running) take(_ context.Context, batch service.MessageBatch) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var rows []row
	for _, m := range batch {
		text, err := m.AsBytes()
		if err != nil {
			return err
		}
		r := row{string(text), map[string]string{}}
		if err := m.MetaWalk(func(k, v string) error { r.meta[k] = v; return nil }); err != nil {
			return err
		}
		rows = append(rows, r)
	}
	if p.reject != nil {
		if err := p.reject(rows[0]); err != nil {
			return err
		}
	}
	p.rows = append(p.rows, rows...)
	return nil
}

// all waits for the end and returns what came out.
func (p *running) all(t *testing.T) []row {
	t.Helper()
	select {
	case err := <-p.ended:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(patience):
		p.stop(t)
		t.Fatalf("the input does not end:\n%s", &p.log)
	}
	return p.rows
}

// stop ends the pipeline.
func (p *running) stop(t *testing.T) {
	t.Helper()
	if err := p.stream.StopWithin(patience); err != nil {
		t.Error(err)
	}
	<-p.ended
}

// says waits until the log has the text.
func (p *running) says(t *testing.T, text string) {
	t.Helper()
	for began := time.Now(); !strings.Contains(p.log.String(), text); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > patience {
			p.stop(t)
			t.Fatalf("the log does not say %q:\n%s", text, &p.log)
		}
	}
}

func texts(rows []row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.text)
	}
	return out
}
