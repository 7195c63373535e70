package stats

import (
	"math"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// goldenSummaryRows are eight rows of the law layout with every kind of cell:
// missing numbers and codes, Other, lists, weights and times in half-lives.
func goldenSummaryRows() *Rows {
	none := math.NaN()
	return &Rows{
		N: 8, Numeric: 4, Categorical: 2,
		Values: []float64{
			1, 2.5, 0, 1000000.25,
			-2, none, 1, 1000000.5,
			0.25, 2, 1, none,
			1, 2.5, none, 1000000.25,
			3, -1.75, 0, 999999,
			none, none, 1, 1000001,
			-0.5, 4, 0, 1000000,
			2, 1, 1, 1000002.75,
		},
		Codes: []int32{
			1, -2,
			2, -3,
			Other, Missing,
			Missing, -4,
			3, -5,
			1, -3,
			2, -2,
			1, Missing,
		},
		Sets:    [][]int32{{1}, {1, 2}, {}, {0, 2}},
		Weights: []float64{1, 2, 1, 1, 3, 1, 0.5, 1},
		Times: []int64{
			0, int64(3 * time.Second), int64(3 * time.Second), int64(6 * time.Second),
			int64(6 * time.Second), int64(9 * time.Second), 0, int64(9 * time.Second),
		},
	}
}

// goldenOf learns the rows one by one: the mean of a block is then exact, so
// that the bytes are the same whichever kernel the machine runs.
func goldenOf(t *testing.T, maker Maker, rows *Rows) Additive {
	t.Helper()
	a := learnedUnder(t, maker, lawLayout(), &Rows{Numeric: rows.Numeric, Categorical: rows.Categorical})
	for i := range rows.N {
		row := rows.Select(i, i+1)
		if err := a.Learn(lawLayout(), &row); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// TestSummaryGolden pins the bytes of docs/formats.md for the summary and
// every wrapper: what they write now, and that the stored files can be read.
func TestSummaryGolden(t *testing.T) {
	summary := SummaryMaker{}
	for _, c := range []struct {
		file  string
		maker Maker
		empty bool
	}{
		{file: "summary_v1_empty.bin", maker: summary, empty: true},
		{file: "summary_v1_extended.bin", maker: summary},
		{file: "summary_v1_double.bin", maker: SummaryMaker{Options: SummaryOptions{ExtendedUpTo: -1}}},
		{file: "summary_v1_overflow.bin", maker: SummaryMaker{Options: SummaryOptions{MaxPatterns: 2, HistogramBins: MinBins}}},
		{file: "window_v1_empty.bin", maker: WindowMaker{Inner: summary, Period: time.Second, Tiles: 5}, empty: true},
		{file: "window_v1_tiles.bin", maker: WindowMaker{Inner: summary, Period: time.Second, Tiles: 5}},
		{file: "rowwindow_v1_tiles.bin", maker: RowWindowMaker{Inner: summary, Rows: 4, Tiles: 2}},
		{file: "folds_v1_three.bin", maker: FoldsMaker{Inner: summary, K: 3}},
		{file: "partition_v1_kind.bin", maker: PartitionMaker{Inner: summary, Attribute: "kind"}},
		{file: "partition_v1_flag.bin", maker: PartitionMaker{Inner: summary, Attribute: "flag"}},
		{file: "decay_v1_empty.bin", maker: DecayMaker{Inner: summary, HalfLife: 3 * time.Second}, empty: true},
		{file: "decay_v1_halves.bin", maker: DecayMaker{Inner: summary, HalfLife: 3 * time.Second}},
		{file: "beside_v1_window.bin", maker: BesideMaker{
			Names: []string{"history", "window"},
			Parts: []Maker{summary, WindowMaker{Inner: summary, Period: time.Second, Tiles: 2}},
		}},
	} {
		t.Run(c.file, func(t *testing.T) {
			rows := goldenSummaryRows()
			if c.empty {
				rows.Reset(rows.Numeric, rows.Categorical)
			}
			a := goldenOf(t, c.maker, rows)
			checkGolden(t, c.file, []byte(encoded(a)))
			requireRoundTrip(t, c.maker, a)
		})
	}
}

// TestSummaryInItsEnvelope pins the record that is stored: the envelope around
// the bytes of a summary.
func TestSummaryInItsEnvelope(t *testing.T) {
	a := goldenOf(t, SummaryMaker{}, goldenSummaryRows())
	record := wire.Seal(wire.KindSummary, 1, []byte(encoded(a)))
	checkGolden(t, "envelope_v1_summary.bin", record)
	version, payload, err := wire.Open(record, wire.KindSummary)
	if err != nil || version != 1 || string(payload) != encoded(a) {
		t.Errorf("opened version %d, %d bytes, %v", version, len(payload), err)
	}
}
