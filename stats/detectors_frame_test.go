package stats_test

import (
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// FuzzDecodeFrame: no panic for any bytes. A frame that is taken is valid and
// encodes to the bytes that were read, and rows can be counted in it and
// forgotten, which leaves no counts.
func FuzzDecodeFrame(f *testing.F) {
	for _, frame := range statstest.LawFrames() {
		w := wire.NewWriter(nil)
		frame.Encode(w)
		f.Add(w.Bytes())
	}
	f.Add([]byte{4, 'l', 'o', 'd', 'a'})
	rows := statstest.LawRows(1, 6)
	f.Fuzz(func(t *testing.T, data []byte) {
		r := wire.NewReader(data)
		frame, err := stats.DecodeFrame(r)
		if err != nil || r.Close() != nil {
			return
		}
		w := wire.NewWriter(nil)
		if frame.Encode(w); string(w.Bytes()) != string(data) {
			t.Fatalf("% x encodes to % x", data, w.Bytes())
		}
		// More is valid and only takes longer.
		const few = 1 << 12
		if frame.Components*frame.Cells > few || len(frame.Inputs) > 16 {
			return
		}
		d, err := stats.NewDetectors(frame)
		if err != nil {
			t.Fatalf("%+v is valid, and detectors say %v", frame, err)
		}
		if err := d.Learn(statstest.LawLayout(), rows); err != nil {
			t.Fatalf("learn: %v", err)
		}
		if _, weight, counts := d.Counts(frame.ID()); weight != d.Weight() || len(counts) == 0 {
			t.Fatalf("%v of weight %v in %d counts", weight, d.Weight(), len(counts))
		}
		if err := d.Forget(statstest.LawLayout(), rows); err != nil {
			t.Fatalf("forget: %v", err)
		}
		_, _, counts := d.Counts(frame.ID())
		for i, n := range counts {
			if n != 0 {
				t.Fatalf("count %d of what was forgotten is %v", i, n)
			}
		}
	})
}
