package project_test

import (
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func TestCompositionRoundTrip(t *testing.T) {
	for name, composition := range map[string]project.Composition{
		"plain":      {},
		"folds":      {Folds: 5, Partition: "kind"},
		"window":     {Window: project.Window{Period: 90 * time.Minute, Tiles: 6, Beside: true}},
		"row window": {Window: project.Window{Rows: 100, Tiles: 4}, Decay: project.Decay{HalfLife: time.Hour, Beside: true}},
		// Two fields of one length are two fields.
		"equal times": {Window: project.Window{Period: time.Hour, Tiles: 4}, Decay: project.Decay{HalfLife: time.Hour, Beside: true}},
		"summaries":   {Summary: stats.SummaryOptions{ExtendedUpTo: -1, HistogramBins: 64, ConditionalBins: 32, MaxPatterns: 3}},
		"only decays": {Decay: project.Decay{HalfLife: 1500 * time.Millisecond}},
	} {
		data, err := composition.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := project.DecodeComposition(data)
		if err != nil || got != composition {
			t.Errorf("%s: %s gives %+v, %v", name, data, got, err)
		}
	}
	for _, bad := range []string{"", "{", `{"later":1}`, `{"window":{"period":"x"}}`, `{"window":{"period":"0s"}}`, `{"decay":{"half_life":"-1s"}}`, `{}{}`, `{} x`} {
		if _, err := project.DecodeComposition([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
