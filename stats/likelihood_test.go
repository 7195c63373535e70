package stats_test

import (
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// lawLikelihoods have learned law rows: as they are, and as sums of one and of several
// predictors.
func lawLikelihoods() *stats.Likelihoods {
	l := (*stats.Likelihoods)(nil).Following(statstest.LawLikelihoods(), func(string) bool { return false })
	l.Learn(statstest.LawLayout(), statstest.LawRows(9, 40))
	return l
}

// TestLikelihoodsGolden compares with stored bytes, and reads these back.
func TestLikelihoodsGolden(t *testing.T) {
	bytes := golden.Encoded(lawLikelihoods())
	golden.Check(t, "likelihoods_v1_three.bin", []byte(bytes))
	r := wire.NewReader([]byte(bytes))
	back, err := stats.DecodeLikelihoods(r)
	if err == nil {
		err = r.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if golden.Encoded(back) != bytes {
		t.Error("encoding what was decoded gives other bytes")
	}
}

// TestLikelihoodFrameRefuses: damaged bytes and numbers out of range are errors that say
// what.
func TestLikelihoodFrameRefuses(t *testing.T) {
	good := statstest.LawLikelihoods()[1].Frame
	for name, spoil := range map[string]func(f *stats.LikelihoodFrame){
		"no scale":       func(f *stats.LikelihoodFrame) { f.Inputs[0].Scale = 0 },
		"no level scale": func(f *stats.LikelihoodFrame) { f.Inputs[2].Levels[1].Scale = -1 },
		"short origin":   func(f *stats.LikelihoodFrame) { f.Origin = f.Origin[:2] },
		"far point":      func(f *stats.LikelihoodFrame) { f.Point = []float64{1e9, 0, 0, 0, 0} },
		"no family":      func(f *stats.LikelihoodFrame) { f.Kernel.Family = "normal" },
		"no target":      func(f *stats.LikelihoodFrame) { f.Scale = 0 },
	} {
		f := *good
		f.Inputs = append([]stats.LikelihoodInput(nil), good.Inputs...)
		f.Inputs[2].Levels = append([]stats.LikelihoodLevel(nil), good.Inputs[2].Levels...)
		if spoil(&f); f.Validate() == nil {
			t.Errorf("%s: taken", name)
		}
	}
	w := wire.NewWriter(nil)
	good.Encode(w)
	for cut := range w.Bytes() {
		r := wire.NewReader(w.Bytes()[:cut])
		if _, err := stats.DecodeLikelihoodFrame(r); err == nil {
			t.Fatalf("bytes cut at %d of %d are taken", cut, len(w.Bytes()))
		}
	}
}
