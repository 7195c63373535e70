package sml

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// TestEpoch: a shard whose source begins anew learns it after a new epoch, and what
// it had learned stays.
func TestEpoch(t *testing.T) {
	s := newSite(t, "p", "")
	rows := func(from int) (out []string) {
		for i := range 20 {
			out = append(out, fmt.Sprintf(`{"x":%d}`, from+i))
		}
		return out
	}
	s.learn("p", "t/0", rows(0))
	if out, code := s.run("epoch", "p", "t/0", "--cache", "first"); code != exitUsage || !strings.Contains(out, "would forget the positions of 20 messages (0-19)") {
		t.Errorf("without --yes: %d, %s", code, out)
	}
	if out, code := s.run("epoch", "p", "t/1", "--cache", "first", "--yes"); code != exitFailed || !strings.Contains(out, `no shard "t/1"`) {
		t.Errorf("another shard: %d, %s", code, out)
	}
	var did epochAnswer
	s.must(&did, "epoch", "p", "t/0", "--cache", "first", "--yes")
	if !did.Done || did.Messages != 20 || fmt.Sprint(did.Positions) != "[[0 19]]" {
		t.Errorf("answer %+v, want 20 messages forgotten", did)
	}
	s.learn("p", "t/0", rows(1000))
	var got infoAnswer
	s.must(&got, "info", "p", "--cache", "first")
	if got.Rows != 40 {
		t.Errorf("%v rows, want 40", got.Rows)
	}
}

// TestEpochOfFeatures: the same for a shard of the state of sml_features, whose features
// the command does not know.
func TestEpochOfFeatures(t *testing.T) {
	s := newSite(t, "p", "")
	p, err := open(t.Context(), &options{sources: pipeline.Sources{Configs: []string{s.config}}, cache: "first"}, "flow", true)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	plan, err := features.NewPlan([]features.Spec{{Type: "lag", Of: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := features.NewShards(p.store, project.FeaturesBase(p.prefix, "flow"), features.Settings{Plan: plan, Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	rows := []features.Delivery{{Shard: "t/0", Offset: 7, HasOffset: true, Row: features.Row{Key: "k", Values: []float64{1}}}}
	if err := f.Take(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	if out, code := s.run("epoch", "flow", "t/1", "--cache", "first", "--features", "--yes"); code != exitFailed || !strings.Contains(out, "it has t/0") {
		t.Errorf("another shard: %d, %s", code, out)
	}
	if out, code := s.run("epoch", "other", "t/0", "--cache", "first", "--features", "--yes"); code != exitFailed || !strings.Contains(out, "field `state`") {
		t.Errorf("another state: %d, %s", code, out)
	}
	var did epochAnswer
	s.must(&did, "epoch", "flow", "t/0", "--cache", "first", "--features", "--yes")
	if !did.Done || fmt.Sprint(did.Positions) != "[[7 7]]" {
		t.Errorf("answer %+v, want position 7 forgotten", did)
	}
}
