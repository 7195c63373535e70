//go:build integration

package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
	_ "github.com/redpanda-data/connect/v4/public/components/kafka"
	_ "github.com/redpanda-data/connect/v4/public/components/redis"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rpconnect-sml/rpconnect-sml/cli/simulate"
	examples "github.com/rpconnect-sml/rpconnect-sml/config-examples"
	"github.com/rpconnect-sml/rpconnect-sml/internal/shuttle"
	_ "github.com/rpconnect-sml/rpconnect-sml/plugin"
)

const (
	partitions = 4
	// patience bounds each wait for a server or a pipeline.
	patience = 2 * time.Minute
	// interval is how often a condition is looked at while waiting for it.
	interval = 50 * time.Millisecond
)

// site is the example pipeline with names of its own, so that a test can run
// again on servers that keep their data.
type site struct {
	t                            *testing.T
	config                       string
	source, sink, group, project string
	kafka, redis                 string
	client                       *kgo.Client
	admin                        *kadm.Client
}

func newSite(t *testing.T) *site {
	t.Helper()
	id := fmt.Sprintf("-%d", time.Now().UnixNano())
	s := &site{
		t: t, kafka: os.Getenv("SML_KAFKA"), redis: os.Getenv("SML_REDIS"),
		source: "shuttle-sensor" + id, sink: "shuttle-sensor" + id + "-preds", group: "sml-shuttle" + id, project: "shuttle" + id,
	}
	if s.kafka == "" || s.redis == "" {
		t.Fatal("SML_KAFKA and SML_REDIS name no servers; .ci/run starts them")
	}
	s.config = strings.NewReplacer(
		"shuttle-sensor-preds", s.sink, "shuttle-sensor", s.source, "sml-shuttle", s.group, "project: shuttle", "project: "+s.project,
	).Replace(examples.Shuttle)
	var err error
	if s.client, err = kgo.NewClient(kgo.SeedBrokers(s.kafka)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.client.Close)
	s.admin = kadm.NewClient(s.client)
	for _, topic := range []string{s.source, s.sink} {
		if err := simulate.EnsureTopic(t.Context(), s.client, topic, partitions); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// send streams the first rows of the data set (0: all) into the source.
func (s *site) send(rows int) {
	s.t.Helper()
	o := simulate.Options{Source: shuttle.Open, Brokers: []string{s.kafka}, Topic: s.source, Rows: rows}
	if _, err := simulate.Run(s.t.Context(), o); err != nil {
		s.t.Fatal(err)
	}
}

// start runs the pipeline; the function that it returns stops it cleanly.
func (s *site) start() (stop func()) {
	s.t.Helper()
	builder := service.NewStreamBuilder()
	builder.SetLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))
	builder.SetEnvVarLookupFunc(func(name string) (string, bool) {
		value, ok := map[string]string{"KAFKA": s.kafka, "REDIS_URL": s.redis}[name]
		return value, ok
	})
	if err := builder.SetYAML(s.config); err != nil {
		s.t.Fatal(err)
	}
	stream, err := builder.Build()
	if err != nil {
		s.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- stream.Run(context.Background()) }()
	stopped := false
	stop = func() {
		s.t.Helper()
		if stopped {
			return
		}
		stopped = true
		if err := stream.StopWithin(patience); err != nil {
			s.t.Errorf("stop the pipeline: %v", err)
		}
		if err := <-done; err != nil {
			s.t.Errorf("the pipeline ended: %v", err)
		}
	}
	s.t.Cleanup(stop)
	return stop
}

// stored returns how many messages the sink holds.
func (s *site) stored() (sum int64) {
	s.t.Helper()
	ends, err := s.admin.ListEndOffsets(s.t.Context(), s.sink)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	ends.Each(func(o kadm.ListedOffset) { sum += o.Offset })
	return sum
}

// waitStored waits until the sink holds want messages, and no more.
func (s *site) waitStored(want int64) {
	s.t.Helper()
	s.wait(fmt.Sprintf("%d predictions", want), func() (int64, bool) { n := s.stored(); return n, n >= want })
	if got := s.stored(); got != want {
		s.t.Fatalf("got %d predictions, want %d", got, want)
	}
}

// waitLearned waits until the project, open in this process, has learned want
// rows, and fails when it has learned more.
func (s *site) waitLearned(want int64) {
	s.t.Helper()
	query, err := bloblang.GlobalEnvironment().Parse(fmt.Sprintf("root = sml_info(%q).rows", s.project))
	if err != nil {
		s.t.Fatal(err)
	}
	learned := func() int64 {
		answer, err := query.Query(nil)
		if err != nil {
			s.t.Fatal(err)
		}
		rows, err := bloblang.ValueAsInt64(answer)
		if err != nil {
			s.t.Fatal(err)
		}
		return rows
	}
	s.wait(fmt.Sprintf("%d rows learned", want), func() (int64, bool) { n := learned(); return n, n >= want })
	if got := learned(); got != want {
		s.t.Fatalf("got %d rows learned, want %d", got, want)
	}
}

func (s *site) wait(what string, look func() (int64, bool)) {
	s.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		got, ok := look()
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			s.t.Fatalf("no %s within %v: got %d", what, patience, got)
		}
	}
}

// rewind makes the group read the source from its beginning again. The group
// must have no members.
func (s *site) rewind() {
	s.t.Helper()
	offsets := kadm.Offsets{}
	for p := range int32(partitions) {
		offsets.AddOffset(s.source, p, 0, -1)
	}
	if err := s.admin.CommitAllOffsets(s.t.Context(), s.group, offsets); err != nil {
		s.t.Fatal(err)
	}
}

// scores reads all predictions back: the score of each row and its truth.
func (s *site) scores(n int) (scores []float64, anomalous []bool) {
	s.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(s.kafka), kgo.ConsumeTopics(s.sink))
	if err != nil {
		s.t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	for len(scores) < n {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			s.t.Fatalf("after %d of %d predictions: %v", len(scores), n, err)
		}
		for _, record := range fetches.Records() {
			var row struct {
				Class int `json:"class"`
				Sml   struct {
					Hba1 struct {
						Score *float64 `json:"score"`
					} `json:"hba1"`
				} `json:"sml"`
			}
			if err := json.Unmarshal(record.Value, &row); err != nil {
				s.t.Fatal(err)
			}
			if row.Sml.Hba1.Score == nil {
				s.t.Fatalf("not scored: %s", record.Value)
			}
			scores = append(scores, *row.Sml.Hba1.Score)
			anomalous = append(anomalous, row.Class != shuttle.NormalClass)
		}
	}
	return scores, anomalous
}
