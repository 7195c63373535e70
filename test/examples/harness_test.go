//go:build integration

package examples

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// patience bounds each wait; nothing takes a tenth of it unless it hangs.
	patience = 2 * time.Minute
	// interval is how often a condition is looked at while waiting for it.
	interval = 100 * time.Millisecond
	root     = "../.."
)

// need returns the value of a variable that test/examples/run.sh sets.
func need(t *testing.T, name string) string {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		t.Fatalf("%s is not set; test/examples/run.sh starts servers and sets it", name)
	}
	return v
}

// process is a pipeline that runs in a process of its own.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	done chan error
	out  *buffer
	log  *buffer
}

// buffer is a buffer that a process writes and a test reads.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// path returns that of an example.
func path(name string) string { return filepath.Join("config-examples", name+".yaml") }

// command is the binary in the folder of the repository.
func command(t *testing.T, env map[string]string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(need(t, "SML_BINARY"), args...)
	cmd.Dir = root
	cmd.Env = os.Environ()
	for k, v := range env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	return cmd
}

// start runs an example; stdin may be nil.
func start(t *testing.T, name string, env map[string]string, stdin io.Reader) *process {
	t.Helper()
	p := &process{t: t, cmd: command(t, env, "run", path(name)), done: make(chan error, 1), out: &buffer{}, log: &buffer{}}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = stdin, p.out, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s said:\n%.4000s\n%.4000s", name, p.log, p.out)
		}
	})
	return p
}

// wait waits until the pipeline ends by itself, and returns what it wrote.
func (p *process) wait() string {
	p.t.Helper()
	select {
	case err := <-p.done:
		p.done <- err
		if err != nil {
			p.t.Fatalf("%v: %s", err, p.log)
		}
	case <-time.After(patience):
		p.t.Fatalf("the pipeline does not end: %s", p.log)
	}
	return p.out.String()
}

// kill ends the process at once, and waits for its end.
func (p *process) kill() { p.end(syscall.SIGKILL) }

// stop ends the process in order.
func (p *process) stop() { p.end(syscall.SIGTERM) }

func (p *process) end(s syscall.Signal) {
	_ = p.cmd.Process.Signal(s) // the process may have ended
	select {
	case err := <-p.done:
		p.done <- err
	case <-time.After(patience):
		p.t.Errorf("the process does not end by %v", s)
	}
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v", what, patience)
		}
		<-time.After(interval)
	}
}

// learned returns the rows of a project, -1 where it is not there yet.
func learned(t *testing.T, example, project string, env map[string]string) int {
	t.Helper()
	out, err := command(t, env, "sml", "info", "-c", path(example), project, "--json").Output()
	if err != nil {
		return -1
	}
	var info struct{ Rows float64 }
	if err := json.Unmarshal(out, &info); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return int(info.Rows)
}

// fresh returns the environment of an example with a folder, an address and
// names of the test's own.
func fresh(t *testing.T) map[string]string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return map[string]string{"STATE": t.TempDir(), "HTTP": l.Addr().String()}
}

// readings are the rows of the CSV file beside the examples, as JSON documents.
func readings(t *testing.T) []string {
	t.Helper()
	file, err := os.Open(filepath.Join(root, "config-examples/data/shuttle-2000.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, row := range rows[1:] {
		doc := map[string]int{}
		for i, cell := range row {
			if doc[rows[0][i]], err = strconv.Atoi(cell); err != nil {
				t.Fatal(err)
			}
		}
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return out
}

// documents decodes lines; those of the log are passed over.
func documents(t *testing.T, text string) []map[string]any {
	t.Helper()
	var out []map[string]any
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "{") {
			continue
		}
		var doc map[string]any
		if err := json.Unmarshal([]byte(line), &doc); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		out = append(out, doc)
	}
	return out
}

// get asks an address until it answers with status 200.
func get(t *testing.T, url string) string {
	t.Helper()
	var body string
	eventually(t, "an answer of "+url, func() bool {
		answer, err := http.Get(url)
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		body = string(text)
		return err == nil && answer.StatusCode == http.StatusOK
	})
	return body
}

// kafka is a broker with topics of two partitions.
func kafka(t *testing.T, topics ...string) (address string, client *kgo.Client) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, topics...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	address = cluster.ListenAddrs()[0]
	client, err = kgo.NewClient(kgo.SeedBrokers(address), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return address, client
}

// produce writes rows to a topic, and returns their records.
func produce(t *testing.T, client *kgo.Client, topic string, rows []string) []*kgo.Record {
	t.Helper()
	var records []*kgo.Record
	for _, row := range rows {
		records = append(records, &kgo.Record{Topic: topic, Value: []byte(row)})
	}
	if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	return records
}

// consume reads that many records of a topic.
func consume(t *testing.T, address, topic string, want int) []*kgo.Record {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(address), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var out []*kgo.Record
	for deadline := time.Now().Add(patience); len(out) < want; {
		fetched := client.PollRecords(t.Context(), want)
		out = append(out, fetched.Records()...)
		if time.Now().After(deadline) {
			t.Fatalf("topic %s has %d records, want %d: %v", topic, len(out), want, fetched.Errors())
		}
	}
	return out
}

// webhook is a server that keeps what is posted to it.
func webhook(t *testing.T) (url string, posted func() []string) {
	t.Helper()
	var mu sync.Mutex
	var bodies []string
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost {
			http.Error(w, fmt.Sprint(r.Method, err), http.StatusBadRequest)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		bodies = append(bodies, string(text))
	})}
	go func() { _ = server.Serve(l) }() // it ends with Close
	t.Cleanup(func() { _ = server.Close() })
	return "http://" + l.Addr().String() + "/alarm", func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), bodies...)
	}
}
