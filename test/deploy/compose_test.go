//go:build integration

package deploy

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"gopkg.in/yaml.v3"
)

const (
	patience = 2 * time.Minute
	interval = 100 * time.Millisecond
	rows     = 2000
)

// service is what compose.yaml says of one of our services.
type service struct {
	Image       string
	Command     any
	Environment map[string]string
	Volumes     []string
}

// site runs our services of compose.yaml as processes.
type site struct {
	t        *testing.T
	binary   string
	names    *strings.Replacer
	services map[string]service
	http     map[string]string
}

func TestCompose(t *testing.T) {
	s := newSite(t)
	for _, name := range []string{"learner", "scorer", "page"} {
		s.start(name)
	}
	for name, address := range s.http {
		eventually(t, name+" to be healthy", func() bool {
			return exec.Command(s.binary, "health", "--address", "http://"+address).Run() == nil
		})
	}
	// The scorer has a model from the learner's first rows on, so the readings come
	// twice here.
	for i := range 2 {
		s.send()
		s.everythingArrives((i + 1) * rows)
	}
	// The scorer may have been through all of them before it had a model.
	eventually(t, "all metrics: "+strings.Join(s.missingMetrics(), ", "), func() bool {
		if len(s.missingMetrics()) == 0 {
			return true
		}
		s.send()
		return false
	})
}

// send runs the service readings, as fast as it can.
func (s *site) send() {
	s.t.Helper()
	readings := s.command("readings")
	for i, arg := range readings.Args {
		if arg == "--rate" {
			readings.Args[i+1] = "0"
		}
	}
	if out, err := readings.CombinedOutput(); err != nil {
		s.t.Fatalf("readings: %v: %s", err, out)
	}
}

// newSite has a broker of Kafka in this process, and takes the addresses of
// compose.yaml for it and for SML_REDIS.
func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, binary: os.Getenv("SML_BINARY"), http: map[string]string{}}
	redis := os.Getenv("SML_REDIS")
	if s.binary == "" || redis == "" {
		t.Fatal("SML_BINARY and SML_REDIS are not set; test/deploy/run.sh sets them")
	}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, "readings", "readings-scored", "readings-alarms"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	s.names = strings.NewReplacer("broker:9092", cluster.ListenAddrs()[0], "redis://redis:6379", redis+"/4")
	var compose struct{ Services map[string]service }
	if err := yaml.Unmarshal([]byte(read(t, "compose.yaml")), &compose); err != nil {
		t.Fatal(err)
	}
	s.services = compose.Services
	return s
}

// command is that of a service, its paths and addresses those of this machine.
func (s *site) command(name string) *exec.Cmd {
	s.t.Helper()
	found := s.services[name]
	list, ok := found.Command.([]any)
	if !ok || found.Image != "rpconnect-sml" {
		s.t.Fatalf("the service %s is %+v", name, found)
	}
	var args []string
	for _, arg := range list {
		text := s.names.Replace(arg.(string))
		for _, volume := range found.Volumes {
			from, to, _ := strings.Cut(strings.TrimSuffix(volume, ":ro"), ":")
			if rest, ok := strings.CutPrefix(text, to+"/"); ok {
				path, err := filepath.Abs(filepath.Join(root, from, rest))
				if err != nil {
					s.t.Fatal(err)
				}
				text = path
			}
		}
		args = append(args, text)
	}
	cmd := exec.Command(s.binary, args...)
	cmd.Dir = s.t.TempDir()
	cmd.Env = os.Environ()
	for key, value := range found.Environment {
		cmd.Env = append(cmd.Env, key+"="+s.names.Replace(value))
	}
	return cmd
}

// start runs a service at an address of its own, until the test ends.
func (s *site) start(name string) {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.http[name] = l.Addr().String()
	if err := l.Close(); err != nil {
		s.t.Fatal(err)
	}
	cmd, log := s.command(name), &journal{}
	cmd.Env = append(cmd.Env, "HTTP="+s.http[name])
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			s.t.Errorf("%s has ended: %v", name, err)
		}
		if err := cmd.Wait(); err != nil {
			s.t.Errorf("%s: %v", name, err)
		}
		if s.t.Failed() {
			s.t.Logf("%s said: %.4000s", name, log)
		}
	})
}

// everythingArrives waits for the page to show that many readings and for the
// scorer to have written each.
func (s *site) everythingArrives(want int) {
	s.t.Helper()
	eventually(s.t, "the page to show all readings", func() bool {
		return strings.Contains(body("http://"+s.http["page"]+"/sml/projects/readings"), `"rows":`+strconv.Itoa(want))
	})
	client, err := kgo.NewClient(kgo.SeedBrokers(s.names.Replace("broker:9092")), kgo.ConsumeTopics("readings-scored", "readings-alarms"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		s.t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	for n := 0; n < want; {
		fetched := client.PollFetches(ctx)
		if err := fetched.Err0(); err != nil {
			s.t.Fatalf("%d of %d readings are scored: %v", n, want, err)
		}
		n += fetched.NumRecords()
	}
}

// missingMetrics are those that a stream that works must export and does not; a
// name that is exported and not registered in the sources is an error.
func (s *site) missingMetrics() (missing []string) {
	s.t.Helper()
	exported := map[string]bool{}
	for _, address := range s.http {
		for _, m := range regexp.MustCompile(`(?m)^(sml_[a-z_]+)[{ ]`).FindAllStringSubmatch(body("http://"+address+"/metrics"), -1) {
			exported[m[1]] = true
		}
	}
	for _, name := range []string{
		"sml_rows_delivered_total", "sml_rows_learned_total", "sml_rows_scored_total", "sml_rows_waiting", "sml_shards", "sml_staleness_seconds", "sml_flushes_total",
		"sml_cache_down", "sml_kafka_lag", "sml_kafka_brokers_up", "sml_kafka_written_total", "sml_offsets_unseen", "sml_model_builds_total",
	} {
		if !exported[name] {
			missing = append(missing, name)
		}
	}
	known := map[string]bool{}
	for _, name := range registered(s.t) {
		known[name] = true
	}
	for name := range exported {
		base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_sum"), "_count"), "_bucket")
		if !known[name] && !known[base] {
			s.t.Errorf("%s is exported, and the sources do not register it", name)
		}
	}
	return missing
}

// body is what an address answers, "" where it does not.
func body(url string) string {
	answer, err := http.Get(url)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return ""
	}
	return string(text)
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v", what, patience)
		}
		<-time.After(interval)
	}
}

// journal is a log that a process writes and a test reads.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}
