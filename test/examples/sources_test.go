//go:build integration

package examples

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// numbered are rows with a sender and a number, as mqtt.yaml wants them.
func numbered(n int) []string {
	var rows []string
	for i := range n {
		rows = append(rows, fmt.Sprintf(`{"device":"d%d","seq":%d,"temp":%d}`, i%3, i/3, i%17))
	}
	return rows
}

// send gives rows to an output of the host.
func send(t *testing.T, rows []string, output string) {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "send.yaml")
	text := "http: { enabled: false }\ninput: { stdin: {} }\npipeline: { threads: 1 }\noutput:\n  " + output + "\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := command(t, nil, "run", config)
	cmd.Stdin = strings.NewReader(strings.Join(rows, "\n"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("send: %v: %s", err, out)
	}
}

// source is an example that reads a broker.
type source struct {
	example, project string
	env              func(t *testing.T) map[string]string
	prepare          func(t *testing.T, env map[string]string)
	output           func(env map[string]string) string
	// acknowledgesAtOnce is set where the host's input tells the broker that it
	// has a message before it is learned: a kill then loses messages.
	acknowledgesAtOnce bool
	// subscribesLate is set where the host's input subscribes after it has connected.
	// What the broker sends in between waits for the next connection, and once as much
	// waits as may be in flight, nothing comes any more.
	subscribesLate bool
}

// Sources with positions, killed while they are learned: each row counts once.
func TestSourcesWithPositions(t *testing.T) {
	const all = 1500
	for _, c := range []source{
		{
			example: "redis-streams", project: "redis-readings",
			env: func(t *testing.T) map[string]string {
				return map[string]string{"REDIS_URL": need(t, "SML_REDIS") + "/3"}
			},
			prepare: func(*testing.T, map[string]string) {},
			output: func(env map[string]string) string {
				return "redis_streams: { url: " + env["REDIS_URL"] + ", stream: readings, body_key: body, max_in_flight: 1 }"
			},
		},
		{
			example: "nats", project: "nats-readings",
			env:     func(t *testing.T) map[string]string { return map[string]string{"NATS_URL": need(t, "SML_NATS")} },
			prepare: prepareNATS,
			output: func(env map[string]string) string {
				return "nats_jetstream: { urls: [ " + env["NATS_URL"] + " ], subject: readings, max_in_flight: 1 }"
			},
		},
		{
			example: "mqtt", project: "mqtt-readings", acknowledgesAtOnce: true, subscribesLate: true,
			env: func(t *testing.T) map[string]string {
				env := fresh(t)
				env["MQTT_URL"] = need(t, "SML_MQTT")
				return env
			},
			prepare: func(*testing.T, map[string]string) {},
			output: func(env map[string]string) string {
				return "mqtt: { urls: [ " + env["MQTT_URL"] + " ], topic: readings, client_id: sender, qos: 1, max_in_flight: 1 }"
			},
		},
	} {
		t.Run(c.example, func(t *testing.T) {
			c.run(t, all)
		})
	}
}

// run sends all numbered rows, the process killed or stopped in between, and holds
// that each is learned once.
func (c *source) run(t *testing.T, all int) {
	env := c.env(t)
	c.prepare(t, env)
	if c.subscribesLate {
		c.subscribe(t, env)
	}
	rows := numbered(all)
	p := start(t, c.example, env, nil)
	send(t, rows[:all/2], c.output(env))
	if c.acknowledgesAtOnce {
		p = c.until(t, p, env, all/2)
		send(t, rows[:all/2], c.output(env)) // a sender that repeats itself
		p.stop()
	} else {
		eventually(t, "some rows", func() bool { return learned(t, c.example, c.project, env) > 0 })
		p.kill()
	}
	send(t, rows[all/2:], c.output(env)) // nobody listens
	p = start(t, c.example, env, nil)
	p = c.until(t, p, env, all)
	p.stop()
	if n := learned(t, c.example, c.project, env); n != all {
		t.Errorf("%d rows are learned, want %d", n, all)
	}
}

// stall is how long nothing is learned until the process is started anew, where that may
// help.
const stall = 15 * time.Second

// until waits until as many rows are learned, and returns the process that runs then.
func (c *source) until(t *testing.T, p *process, env map[string]string, rows int) *process {
	t.Helper()
	last, changed := 0, time.Now()
	eventually(t, fmt.Sprintf("%d rows of %s", rows, c.example), func() bool {
		n := learned(t, c.example, c.project, env)
		switch {
		case n != last:
			last, changed = n, time.Now()
		case c.subscribesLate && time.Since(changed) > stall:
			t.Logf("%d rows of %d, and no more come: the process is started anew", n, rows)
			p.stop()
			p, changed = start(t, c.example, env, nil), time.Now()
		}
		return n >= rows
	})
	return p
}

// prepareNATS makes the stream and the bucket, as the example's comment says.
func prepareNATS(t *testing.T, env map[string]string) {
	t.Helper()
	conn, err := nats.Connect(env["NATS_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := conn.JetStream()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.AddStream(&nats.StreamConfig{Name: "READINGS", Subjects: []string{"readings"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateKeyValue(&nats.KeyValueConfig{Bucket: "sml_state"}); err != nil {
		t.Fatal(err)
	}
}

// subscribe lets the broker know the learner, for which it keeps messages from
// then on: once a row has come, which is sent until it does, the learner is subscribed.
func (c *source) subscribe(t *testing.T, env map[string]string) {
	t.Helper()
	p := start(t, c.example, env, nil)
	eventually(t, "the subscription", func() bool {
		send(t, numbered(1), c.output(env))
		return learned(t, c.example, c.project, env) > 0
	})
	p.stop()
}
