//go:build integration

package shutdown

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// brokers are inputs whose broker may be away, by the address.
var brokers = map[string]string{
	"nats":           `nats: { urls: [ "nats://%s" ], subject: rows, queue: q }`,
	"nats_jetstream": `nats_jetstream: { urls: [ "nats://%s" ], subject: rows, durable: d, stream: s }`,
	"amqp_0_9":       `amqp_0_9: { urls: [ "amqp://guest:guest@%s/" ], queue: rows }`,
	"amqp_1":         `amqp_1: { urls: [ "amqp://guest:guest@%s/" ], source_address: /queue/rows }`,
	"mqtt":           `mqtt: { urls: [ "tcp://%s" ], topics: [ rows ] }`,
	"redis_streams":  `redis_streams: { url: "redis://%s", streams: [ rows ], consumer_group: g }`,
	"sml_kafka":      `sml_kafka: { seed_brokers: [ "%s" ], topics: [ rows ], consumer_group: g }`,
}

// learning is a pipeline that learns what an input gives, over a cache in memory.
func learning(t *testing.T, input string) string {
	t.Helper()
	return config(t, input, pipelines["sml_learn"], `memory: { compaction_interval: "" }%.0s`, "")
}

// nobody is an address at which nothing listens.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// says waits until the process has written the text.
func (p *started) says(t *testing.T, text string) {
	t.Helper()
	for began := time.Now(); !strings.Contains(p.out.String(), text); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatalf("it does not say %q: %s", text, p.out)
		}
	}
}

// TestInputEnds: a pipeline whose broker takes connections and never answers, or does
// not listen, ends in time.
func TestInputEnds(t *testing.T) {
	rpconnect := binary(t)
	for name, input := range brokers {
		t.Run(name+", silent", func(t *testing.T) {
			address, met := silent(t)
			p := start(t, rpconnect, "run", learning(t, fmt.Sprintf(input, address)))
			wait(t, met, p)
			p.ends(t, 0, bound)
		})
		t.Run(name+", nobody", func(t *testing.T) {
			p := start(t, rpconnect, "run", learning(t, fmt.Sprintf(input, nobody(t))))
			p.says(t, "Launching")
			time.Sleep(500 * time.Millisecond) // a few attempts to connect
			p.ends(t, 0, bound)
		})
	}
}

// broker starts nats-server at an address and waits until it listens.
func broker(t *testing.T, address string) *started {
	t.Helper()
	path, err := exec.LookPath("nats-server")
	if err != nil {
		path = "/usr/sbin/nats-server"
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("nats-server is needed: %v", err)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, path, "-a", host, "-p", port, "-js", "-sd", filepath.Join(t.TempDir(), "js"))
	p.says(t, "Server is ready")
	return p
}

// addStream makes the stream that nats_jetstream reads.
func addStream(t *testing.T, address string) {
	t.Helper()
	conn, err := nats.Connect("nats://" + address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := conn.JetStream()
	if err == nil {
		_, err = js.AddStream(&nats.StreamConfig{Name: "s", Subjects: []string{"rows"}})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestInputEndsWithoutBroker: a broker goes away while the pipeline reads from it; then
// the pipeline ends in time all the same.
func TestInputEndsWithoutBroker(t *testing.T) {
	rpconnect := binary(t)
	for _, name := range []string{"nats", "nats_jetstream"} {
		for _, away := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, away %v", name, away), func(t *testing.T) {
				address := nobody(t)
				server := broker(t, address)
				input := fmt.Sprintf(brokers[name], address)
				addStream(t, address)
				p := start(t, rpconnect, "run", learning(t, input))
				p.says(t, "is now active")
				if away {
					if err := server.cmd.Process.Kill(); err != nil {
						t.Fatal(err)
					}
					_ = server.cmd.Wait() // it was killed
					time.Sleep(500 * time.Millisecond)
				}
				p.ends(t, 0, bound)
			})
		}
	}
}
