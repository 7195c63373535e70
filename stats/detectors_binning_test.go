package stats_test

import (
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// FuzzDecodeBinning: no panic for any bytes. A binning that is taken is valid and
// encodes to the bytes that were read, and rows can be counted in it and
// forgotten, which leaves no counts.
func FuzzDecodeBinning(f *testing.F) {
	for _, binning := range statstest.LawBinnings() {
		w := wire.NewWriter(nil)
		binning.Encode(w)
		f.Add(w.Bytes())
	}
	f.Add([]byte{4, 'l', 'o', 'd', 'a'})
	rows := statstest.LawRows(1, 6)
	f.Fuzz(func(t *testing.T, data []byte) {
		r := wire.NewReader(data)
		binning, err := stats.DecodeBinning(r)
		if err != nil || r.Close() != nil {
			return
		}
		w := wire.NewWriter(nil)
		if binning.Encode(w); string(w.Bytes()) != string(data) {
			t.Fatalf("% x encodes to % x", data, w.Bytes())
		}
		// More is valid and only takes longer.
		const few = 1 << 12
		if binning.Components*binning.Cells > few || len(binning.Inputs) > 16 {
			return
		}
		d, err := stats.NewDetectors(binning)
		if err != nil {
			t.Fatalf("%+v is valid, and detectors say %v", binning, err)
		}
		if err := d.Learn(statstest.LawLayout(), rows); err != nil {
			t.Fatalf("learn: %v", err)
		}
		if _, weight, counts := d.Counts(binning.ID()); weight != d.Weight() || len(counts) == 0 {
			t.Fatalf("%v of weight %v in %d counts", weight, d.Weight(), len(counts))
		}
		if err := d.Forget(statstest.LawLayout(), rows); err != nil {
			t.Fatalf("forget: %v", err)
		}
		_, _, counts := d.Counts(binning.ID())
		for i, n := range counts {
			if n != 0 {
				t.Fatalf("count %d of what was forgotten is %v", i, n)
			}
		}
	})
}
