package project_test

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func TestCompositionRoundTrip(t *testing.T) {
	for name, composition := range map[string]project.Composition{
		"plain":      {},
		"folds":      project.Composition{}.With(project.Folds(5), project.Partition("kind")),
		"window":     project.Composition{}.With(project.Window{Period: 90 * time.Minute, Tiles: 6, Beside: true}),
		"row window": project.Composition{}.With(project.Window{Rows: 100, Tiles: 4}, project.Decay{HalfLife: time.Hour, Beside: true}),
		// Two fields of one length are two fields.
		"equal times": project.Composition{}.With(project.Window{Period: time.Hour, Tiles: 4}, project.Decay{HalfLife: time.Hour, Beside: true}),
		"summaries":   {Summary: stats.SummaryOptions{ExtendedUpTo: -1, HistogramBins: 64, ConditionalBins: 32, MaxPatterns: 3}},
		"only decays": project.Composition{}.With(project.Decay{HalfLife: 1500 * time.Millisecond}),
	} {
		data, err := composition.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := project.DecodeComposition(data)
		if err != nil || !reflect.DeepEqual(got, composition) {
			t.Errorf("%s: %s gives %+v, %v", name, data, got, err)
		}
	}
	for _, bad := range []string{"", "{", `{"later":1}`, `{"window":{"period":"x"}}`, `{"window":{"period":"0s"}}`, `{"decay":{"half_life":"-1s"}}`, `{}{}`, `{} x`} {
		if _, err := project.DecodeComposition([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// TestStoredBytesStay: records that version 26a6b45 has written, for drawn
// settings, are read and written again byte for byte.
func TestStoredBytesStay(t *testing.T) {
	file, err := os.ReadFile("testdata/compositions_v1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range strings.Fields(string(file)) {
		c, err := project.DecodeComposition([]byte(record))
		if err != nil {
			t.Errorf("%s: %v", record, err)
			continue
		}
		if again, err := c.Encode(); err != nil || string(again) != record {
			t.Errorf("%s is written as %s (%v)", record, again, err)
		}
	}
}
