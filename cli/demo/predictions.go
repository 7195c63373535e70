package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
)

// prediction is what the demo needs of one message of the sink.
type prediction struct {
	// scored is false while the model is warming up and for rows that failed.
	scored        bool
	score         float64
	flagged       bool
	contributions map[string]float64
	// class is the truth that travelled with the row: 1 is normal. labelled
	// is false for a row without one.
	class    int
	labelled bool
	// row is the message itself, without the result.
	row json.RawMessage
}

// flagText is how sml_score writes that a row is an anomaly. While rows stream,
// the demo only looks for it, so as not to take the processor from the pipeline
// that it measures.
const flagText = `"is_anomaly":true`

// sinkReader reads the messages of the sink from given offsets on.
type sinkReader struct {
	client   *kgo.Client
	next     map[int32]int64
	messages []*kgo.Record
	flagged  int
}

func newSinkReader(brokers []string, topic string, from map[int32]int64) (*sinkReader, error) {
	offsets := make(map[int32]kgo.Offset, len(from))
	for partition, offset := range from {
		offsets[partition] = kgo.NewOffset().At(offset)
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(brokers...),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: offsets}),
	)
	if err != nil {
		return nil, fmt.Errorf("read topic %q: %w", topic, err)
	}
	return &sinkReader{client: client, next: maps.Clone(from)}, nil
}

func (r *sinkReader) close() { r.client.Close() }

// readTo reads on until every partition is read up to its end.
func (r *sinkReader) readTo(ctx context.Context, ends map[int32]int64) error {
	for r.behind(ends) {
		fetches := r.client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return fmt.Errorf("read the predictions: %w", err)
		}
		for _, record := range fetches.Records() {
			if bytes.Contains(record.Value, []byte(flagText)) {
				r.flagged++
			}
			r.messages = append(r.messages, record)
			r.next[record.Partition] = record.Offset + 1
		}
	}
	return nil
}

func (r *sinkReader) behind(ends map[int32]int64) bool {
	for partition, end := range ends {
		if r.next[partition] < end {
			return true
		}
	}
	return false
}

// predictions parses all messages that were read.
func (r *sinkReader) predictions(model string) ([]prediction, error) {
	all := make([]prediction, len(r.messages))
	for i, record := range r.messages {
		var err error
		if all[i], err = parsePrediction(record.Value, model); err != nil {
			return nil, fmt.Errorf("prediction at partition %d, offset %d: %w", record.Partition, record.Offset, err)
		}
	}
	return all, nil
}

// parsePrediction reads a message as sml_score leaves it.
func parsePrediction(message []byte, model string) (prediction, error) {
	var document struct {
		Class *int `json:"class"`
		Sml   map[string]struct {
			Score         *float64           `json:"score"`
			IsAnomaly     bool               `json:"is_anomaly"`
			Contributions map[string]float64 `json:"contributions"`
		} `json:"sml"`
	}
	if err := json.Unmarshal(message, &document); err != nil {
		return prediction{}, err
	}
	p := prediction{row: message}
	if document.Class != nil {
		p.class, p.labelled = *document.Class, true
	}
	if result := document.Sml[model]; result.Score != nil {
		p.scored, p.score = true, *result.Score
		p.flagged, p.contributions = result.IsAnomaly, result.Contributions
	}
	return p, nil
}

// strongest returns the names of the largest contributions, the largest first.
func (p *prediction) strongest(n int) []string {
	sorted := slices.SortedFunc(maps.Keys(p.contributions), func(a, b string) int {
		switch x, y := p.contributions[a], p.contributions[b]; {
		case x > y:
			return -1
		case x < y:
			return 1
		case a < b:
			return -1
		}
		return 1
	})
	return sorted[:min(n, len(sorted))]
}
