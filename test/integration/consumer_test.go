//go:build integration

package integration

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rpconnect-sml/rpconnect-sml/inputs"
)

// consumerEnv makes this program a consumer instead of a test: its value is
// the configuration of the input sml_kafka.
const consumerEnv = "SML_TEST_CONSUMER"

func TestMain(m *testing.M) {
	if input := os.Getenv(consumerEnv); input != "" {
		if err := consume(input); err != nil {
			fmt.Fprintln(os.Stderr, "consumer:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// consume prints the id of the topic and the content of every message that the
// input delivers, until SIGTERM.
func consume(input string) error {
	env := service.NewEnvironment()
	if err := inputs.Register(env); err != nil {
		return err
	}
	builder := env.NewStreamBuilder()
	builder.SetLogger(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err := builder.AddInputYAML(input); err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	err := builder.AddBatchConsumerFunc(func(_ context.Context, batch service.MessageBatch) error {
		for _, m := range batch {
			b, err := m.AsBytes()
			if err != nil {
				return err
			}
			id, _ := m.MetaGet("kafka_topic_id")
			fmt.Fprintf(out, "%s %s\n", id, b)
		}
		return out.Flush()
	})
	if err != nil {
		return err
	}
	stream, err := builder.Build()
	if err != nil {
		return err
	}
	term := make(chan os.Signal, 1)
	notify(term)
	go func() {
		<-term
		_ = stream.StopWithin(patience)
	}()
	return stream.Run(context.Background())
}

// consumer is a process that consumes.
type consumer struct {
	t     *testing.T
	input string
	seen  *deliveries
	cmd   *exec.Cmd
	read  sync.WaitGroup
	log   *os.File
}

// deliveries counts the lines of all consumers.
type deliveries struct {
	mu    sync.Mutex
	lines map[string]int
}

func (d *deliveries) add(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines[line]++
}

// of returns how often a content was delivered, and under which topic ids.
func (d *deliveries) of(content string) (times int, ids []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for line, n := range d.lines {
		if id, text, _ := strings.Cut(line, " "); text == content {
			times += n
			ids = append(ids, id)
		}
	}
	return times, ids
}

// contents returns all that was delivered.
func (d *deliveries) contents() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := map[string]int{}
	for line, n := range d.lines {
		_, text, _ := strings.Cut(line, " ")
		out[text] += n
	}
	return out
}

func newConsumer(t *testing.T, seen *deliveries, input string) *consumer {
	t.Helper()
	log, err := os.CreateTemp(t.TempDir(), "consumer")
	if err != nil {
		t.Fatal(err)
	}
	c := &consumer{t: t, input: input, seen: seen, log: log}
	c.start()
	t.Cleanup(func() {
		c.end(syscall.SIGKILL)
		if t.Failed() {
			if text, err := os.ReadFile(log.Name()); err == nil {
				t.Logf("log of a consumer:\n%s", text)
			}
		}
		log.Close()
	})
	return c
}

func (c *consumer) start() {
	c.t.Helper()
	c.cmd = exec.Command(os.Args[0])
	c.cmd.Env = append(os.Environ(), consumerEnv+"="+c.input)
	c.cmd.Stderr = c.log
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.read.Go(func() {
		for lines := bufio.NewReader(out); ; {
			line, err := lines.ReadString('\n')
			if err != nil {
				return // a line that was cut short was not acknowledged
			}
			c.seen.add(strings.TrimSuffix(line, "\n"))
		}
	})
}

// end ends the process by a signal, if it runs.
func (c *consumer) end(sig syscall.Signal) {
	if c.cmd == nil {
		return
	}
	_ = c.cmd.Process.Signal(sig)
	c.read.Wait()
	_ = c.cmd.Wait()
	c.cmd = nil
}

// transact produces contents to a partition in one transaction.
func transact(ctx context.Context, client *kgo.Client, topic string, partition int32, contents []string, commit bool) error {
	if err := client.BeginTransaction(); err != nil {
		return err
	}
	records := make([]*kgo.Record, len(contents))
	for i, v := range contents {
		records[i] = &kgo.Record{Topic: topic, Partition: partition, Value: []byte(v)}
	}
	if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return err
	}
	return client.EndTransaction(ctx, kgo.TransactionEndTry(commit))
}
