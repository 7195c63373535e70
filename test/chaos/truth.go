//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// numeric are the numeric attributes of the rows.
var numeric = [...]string{"seq", "x0", "x1", "x2", "x3", "x4", "late", "flag"}

// document is a row as the batch computation reads it, with encoding/json.
type document struct {
	Seq     *float64 `json:"seq"`
	X0      *float64 `json:"x0"`
	X1      *float64 `json:"x1"`
	X2      *float64 `json:"x2"`
	X3      *float64 `json:"x3"`
	X4      *float64 `json:"x4"`
	Late    *float64 `json:"late"`
	Flag    *bool    `json:"flag"`
	State   *string  `json:"state"`
	Machine *string  `json:"machine"`
}

// truth is a batch computation over all rows that the topic has had, those of
// aborted transactions left out.
type truth struct {
	produced [partitions]int64 // messages
	learned  [partitions]int64 // those of them that are rows
	pairs    [len(numeric)][len(numeric)]pairSums
	state    map[string]int64
	machine  map[string]int64

	// epoch is the topic that exists now: the ones of its name that were deleted
	// are in the sums already.
	epoch epoch

	// summary is what one process learns from the topic in peace, with a
	// schema of its own; finish fills it in.
	peace   *live.Handle
	summary *stats.Summary
	schema  []live.AttributeInfo
}

func newTruth() (*truth, error) {
	peace, err := openPeace()
	return &truth{state: map[string]int64{}, machine: map[string]int64{}, peace: peace}, err
}

// add adds messages of the topic.
func (t *truth) add(ctx context.Context, records []*kgo.Record) error {
	messages := make([]live.Message, len(records))
	for i, r := range records {
		t.observe(r.Partition, r.Value)
		t.epoch.note(r.Partition, r.Offset)
		messages[i] = live.Message{Data: r.Value, Shard: "all"}
	}
	return t.peace.Project().Learn(ctx, messages)
}

// finish fills in what was learned in peace.
func (t *truth) finish(ctx context.Context) (err error) {
	if t.summary, err = t.peace.Project().Summary(ctx, ""); err != nil {
		return err
	}
	info, err := t.peace.Project().Info(ctx)
	if err != nil {
		return err
	}
	t.schema = info.Schema
	return t.peace.Close(ctx)
}

// observe adds one message to the sums.
func (t *truth) observe(partition int32, value []byte) {
	t.produced[partition]++
	var d document
	if json.Unmarshal(value, &d) != nil {
		return
	}
	t.learned[partition]++
	if d.State != nil {
		t.state[*d.State]++
	}
	if d.Machine != nil {
		t.machine[*d.Machine]++
	}
	var flag *float64
	if d.Flag != nil {
		flag = new(float64)
		if *d.Flag {
			*flag = 1
		}
	}
	var have [len(numeric)]int
	var values [len(numeric)]int64
	n := 0
	for i, v := range [...]*float64{d.Seq, d.X0, d.X1, d.X2, d.X3, d.X4, d.Late, flag} {
		if v != nil {
			have[n], values[n] = i, int64(math.Round(*v*unit))
			n++
		}
	}
	for a := range n {
		for b := range a + 1 {
			t.pairs[have[a]][have[b]].add(values[a], values[b])
		}
	}
}

// openPeace opens a project in memory that nothing disturbs.
func openPeace() (*live.Handle, error) {
	settings := live.Settings{
		Project: projectName, Prefix: prefix, Refresh: time.Hour,
		Learn: &live.LearnSettings{Every: time.Hour, Schema: schema.Config{Attributes: attributes()}},
	}
	return live.NewTable().Open(&live.Scope{}, settings, state.NewMemory(), "truth", quiet{})
}

// attributes are the types that the pipeline declares, too.
func attributes() map[string]string {
	return map[string]string{"flag": "binary", "state": "categorical", "machine": "categorical", "*": "continuous"}
}

// shardOf returns the shard of a partition of the topic.
func shardOf(partition int32) string { return fmt.Sprintf("%s/%d", topic, partition) }

// quiet is an observer that tells nobody.
type quiet struct{}

func (quiet) Learned(string, int, int, int)  {}
func (quiet) Built(string, string)           {}
func (quiet) Limited(string, string, string) {}
func (quiet) Warn(string)                    {}
