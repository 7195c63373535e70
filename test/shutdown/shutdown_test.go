//go:build integration

package shutdown

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	// bound is what a user waits at most after SIGTERM. The host kills a pipeline by
	// force a second after shutdown_timeout, with another exit code.
	bound = 2 * time.Second
	// connecting is added for a cache whose client connects where the host cannot
	// give it up, until its own time-out (2 seconds for NATS).
	connecting = time.Second
	// patience bounds everything else.
	patience = time.Minute
)

// killed is the exit code of a process that a signal has ended.
const killed = -1

// buffer is written by a process and read by the test.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func binary(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("SML_BINARY"); path != "" {
		return path
	}
	path := filepath.Join(t.TempDir(), "rpconnect-sml")
	if out, err := exec.Command("go", "build", "-o", path, "../../cmd/rpconnect-sml").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// silent is a server that takes connections and never answers. met is told of
// each connection.
func silent(t *testing.T) (address string, met <-chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	connected := make(chan struct{}, 1000)
	go func() {
		var held []net.Conn // open until the listener closes
		defer func() {
			for _, c := range held {
				c.Close()
			}
		}()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			held = append(held, c)
			connected <- struct{}{}
		}
	}()
	return l.Addr().String(), connected
}

// started is a process and what it has written.
type started struct {
	cmd *exec.Cmd
	out *buffer
}

func start(t *testing.T, binary string, args ...string) *started {
	t.Helper()
	p := &started{cmd: exec.Command(binary, args...), out: &buffer{}}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	p.cmd.Dir = t.TempDir()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // nothing to kill when it has ended
	return p
}

// ends requires that the process ends in time after SIGTERM, with the code.
func (p *started) ends(t *testing.T, code int, bound time.Duration) {
	t.Helper()
	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatalf("%v: it has ended already: %s", err, p.out)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = p.cmd.Wait() // its code is looked at below
	}()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("it does not end: %s", p.out)
	}
	if took := time.Since(began); took > bound {
		t.Errorf("it has ended after %v, want at most %v: %s", took, bound, p.out)
	}
	// The signal may come before the process has a handler for it.
	if got := p.cmd.ProcessState.ExitCode(); got != code && got != killed {
		t.Errorf("it has ended with %d, want %d: %s", got, code, p.out)
	}
}

// wait waits until the process has reached the silent server.
func wait(t *testing.T, met <-chan struct{}, p *started) {
	t.Helper()
	select {
	case <-met:
	case <-time.After(patience):
		t.Fatalf("it has not reached the server: %s", p.out)
	}
}

// caches are the kinds of cache whose server may not answer.
var caches = map[string]string{
	"redis":     `redis: { url: "redis://%s" }`,
	"memcached": `memcached: { addresses: [ "%s" ] }`,
	"nats_kv":   `nats_kv: { urls: [ "nats://%s" ], bucket: b }`,
	"sql":       `sql: { driver: postgres, dsn: "postgres://u@%s/db?sslmode=disable", table: t, key_column: k, value_column: v }`,
}

// pipelines are the processors that wait for a cache.
var pipelines = map[string]string{
	"sml_learn":           `sml_learn: { project: p, cache: c, models: [ { name: m, type: zscore } ] }`,
	"sml_learn, interval": `sml_learn: { project: p, cache: c, durability: interval }`,
	"sml_learn, keys":     `sml_learn: { project: p, cache: c, key: '${! this.x }', entities: { resident: 100 } }`,
	"sml_learn, forget":   `sml_learn: { project: p, cache: c, mode: forget }`,
	"sml_score":           `sml_score: { project: p, cache: c, model: m }`,
	"sml_change":          `sml_change: { name: p, cache: c, key: '${! this.x }', value: 'root = this.x' }`,
	"sml_features":        `sml_features: { name: p, cache: c, key: '${! this.x }', features: [ { type: difference, of: x } ] }`,
}

func config(t *testing.T, input, processor, cache, address string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipeline.yaml")
	text := fmt.Sprintf(`
http: { enabled: false }
input: { %s }
pipeline:
  threads: 4
  processors:
    - %s
output: { sync_response: {} }
cache_resources:
  - label: c
    %s
`, input, processor, fmt.Sprintf(cache, address))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const generate = `generate: { interval: 1ms, mapping: 'root.x = random_int(max: 10)' }`

// TestPipelineEnds: every processor, over every cache that has a server, while
// that does not answer.
func TestPipelineEnds(t *testing.T) {
	rpconnect := binary(t)
	for cache, settings := range caches {
		for name, processor := range pipelines {
			if cache != "redis" && name != "sml_learn" {
				continue // what waits is the store, which is the same for all
			}
			t.Run(cache+"/"+name, func(t *testing.T) {
				address, met := silent(t)
				p := start(t, rpconnect, "run", config(t, generate, processor, settings, address))
				wait(t, met, p)
				within := bound
				if cache == "nats_kv" {
					within += connecting
				}
				p.ends(t, 0, within)
			})
		}
	}
}

// TestRequestEnds: a request to the REST interface that waits for the cache.
func TestRequestEnds(t *testing.T) {
	address, met := silent(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	own := l.Addr().String()
	l.Close()
	input := fmt.Sprintf(`http_server: { address: "%s", path: '/sml/{rest:.*}', allowed_verbs: [ GET, POST ], timeout: 60s }`, own)
	p := start(t, binary(t), "run", config(t, input, "sml_http: { cache: c }", caches["redis"], address))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	answered := make(chan error, 1)
	go func() {
		for {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+own+"/sml/projects", nil)
			if err != nil {
				answered <- err
				return
			}
			response, err := http.DefaultClient.Do(request)
			if err == nil {
				_, _ = io.Copy(io.Discard, response.Body) // the answer does not matter
				response.Body.Close()
				answered <- nil
				return
			}
			if !strings.Contains(err.Error(), "refused") {
				answered <- err
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	wait(t, met, p)
	p.ends(t, 0, bound)
	<-answered
}

// TestCommandEnds: every command that reads a cache.
func TestCommandEnds(t *testing.T) {
	rpconnect := binary(t)
	file := filepath.Join(t.TempDir(), "rows.jsonl")
	if err := os.WriteFile(file, []byte("{\"x\":1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{
		"info p", "list", "export p", "merge p --from q", "rename p q --yes", "delete p --yes", "check p", "repair p --yes",
		"explore p univariate x", "build p --type zscore", "predict p m " + file, "freeze p m v1", "serve p m v1", "forget-model p m",
	} {
		t.Run(strings.Fields(command)[0], func(t *testing.T) {
			address, met := silent(t)
			args := append([]string{"sml"}, strings.Fields(command)...)
			p := start(t, rpconnect, append(args, "-c", config(t, generate, pipelines["sml_learn"], caches["redis"], address))...)
			wait(t, met, p)
			p.ends(t, 1, bound)
		})
	}
}
