package stats_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// goldenSummaryRows are eight rows of the law layout with every kind of cell:
// missing numbers and codes, Other, lists, weights and times in half-lives.
func goldenSummaryRows() *stats.Rows {
	none := math.NaN()
	return &stats.Rows{
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
			stats.Other, stats.Missing,
			stats.Missing, -4,
			3, -5,
			1, -3,
			2, -2,
			1, stats.Missing,
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
func goldenOf(t *testing.T, maker stats.Maker, rows *stats.Rows) stats.Additive {
	t.Helper()
	a := statstest.LearnedUnder(t, maker, statstest.LawLayout(), &stats.Rows{Numeric: rows.Numeric, Categorical: rows.Categorical})
	for i := range rows.N {
		row := rows.Select(i, i+1)
		if err := a.Learn(statstest.LawLayout(), &row); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// goldenCase is a stored file of a summary or of a wrapper around summaries.
type goldenCase struct {
	file  string
	maker stats.Maker
	empty bool
}

func goldenCases() []goldenCase {
	summary := stats.SummaryMaker{}
	return []goldenCase{
		{file: "summary_v3_empty.bin", maker: summary, empty: true},
		{file: "summary_v3_extended.bin", maker: summary},
		{file: "summary_v3_double.bin", maker: stats.SummaryMaker{Options: stats.SummaryOptions{ExtendedUpTo: -1}}},
		{file: "summary_v3_overflow.bin", maker: stats.SummaryMaker{Options: stats.SummaryOptions{MaxPatterns: 2, HistogramBins: stats.MinBins}}},
		{file: "summary_v3_conditional.bin", maker: stats.SummaryMaker{Options: stats.SummaryOptions{ConditionalBins: stats.MinBins}}},
		{file: "window_v3_empty.bin", maker: wrap.WindowMaker{Inner: summary, Period: time.Second, Tiles: 5}, empty: true},
		{file: "window_v3_tiles.bin", maker: wrap.WindowMaker{Inner: summary, Period: time.Second, Tiles: 5}},
		{file: "rowwindow_v3_tiles.bin", maker: wrap.RowWindowMaker{Inner: summary, Rows: 4, Tiles: 2}},
		{file: "folds_v3_three.bin", maker: wrap.FoldsMaker{Inner: summary, K: 3}},
		{file: "partition_v3_kind.bin", maker: wrap.PartitionMaker{Inner: summary, Attribute: "kind"}},
		{file: "partition_v3_flag.bin", maker: wrap.PartitionMaker{Inner: summary, Attribute: "flag"}},
		{file: "decay_v3_empty.bin", maker: wrap.DecayMaker{Inner: summary, HalfLife: 3 * time.Second}, empty: true},
		{file: "decay_v3_halves.bin", maker: wrap.DecayMaker{Inner: summary, HalfLife: 3 * time.Second}},
		{file: "beside_v3_window.bin", maker: wrap.ParallelMaker{
			Names: []string{"history", "window"},
			Parts: []stats.Maker{summary, wrap.WindowMaker{Inner: summary, Period: time.Second, Tiles: 2}},
		}},
	}
}

// learned returns what the file holds.
func (c goldenCase) learned(t *testing.T) stats.Additive {
	t.Helper()
	rows := goldenSummaryRows()
	if c.empty {
		rows.Reset(rows.Numeric, rows.Categorical)
	}
	return goldenOf(t, c.maker, rows)
}

// TestSummaryGolden pins the bytes of docs/formats.md for the summary and
// every wrapper: what they write now, and that the stored files can be read.
func TestSummaryGolden(t *testing.T) {
	for _, c := range goldenCases() {
		t.Run(c.file, func(t *testing.T) {
			a := c.learned(t)
			golden.Check(t, c.file, []byte(golden.Encoded(a)))
			statstest.RequireRoundTrip(t, c.maker, a)
		})
	}
}

// TestReadsOldVersions: files of versions 1 and 2 are read as what they hold.
// Version 1 is without the extremes of conditional cells, which are then unknown
// also to what is merged with them; both are without sums of squared weights,
// which are then those of rows that have lost none of their weight.
func TestReadsOldVersions(t *testing.T) {
	for _, old := range []struct {
		version string
		files   int
		forget  func(*stats.Summary)
	}{
		{version: "_v1_", files: 13, forget: stats.ForgetExtremes},
		{version: "_v2_", files: 14, forget: func(*stats.Summary) {}},
	} {
		read := 0
		for _, c := range goldenCases() {
			name := strings.Replace(c.file, "_v3_", old.version, 1)
			file, err := os.ReadFile(filepath.Join("testdata", name))
			if os.IsNotExist(err) {
				continue // of a kind that is newer
			}
			if err != nil {
				t.Fatal(err)
			}
			read++
			t.Run(name, func(t *testing.T) { requireReadsOld(t, c, file, old.forget) })
		}
		if read != old.files {
			t.Errorf("%d files of %s were read, there are %d", read, old.version, old.files)
		}
	}
}

// requireReadsOld compares what a file is read as with what was learned, from
// which forget takes what the version did not keep.
func requireReadsOld(t *testing.T, c goldenCase, file []byte, forget func(*stats.Summary)) {
	t.Helper()
	r := wire.NewReader(file)
	old, err := c.maker.Decode(r)
	if err = errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	want := c.learned(t)
	statstest.RequireRoundTrip(t, c.maker, old)
	s, ok := old.(*stats.Summary)
	if !ok {
		if old.Weight() != want.Weight() {
			t.Errorf("weight %v, want %v", old.Weight(), want.Weight())
		}
		return
	}
	forget(want.(*stats.Summary))
	// the bytes differ: a summary that learns now keeps its first values exactly
	statstest.RequireSameCounts(t, "read from an old version", want.(*stats.Summary), s)
	statstest.RequireSameSummary(t, "read from an old version", want.(*stats.Summary), s, 1e-14)
	if code := s.GivenCategory(0).Cell(1, 0); !c.empty && math.IsNaN(code.Min) != math.IsNaN(want.(*stats.Summary).GivenCategory(0).Cell(1, 0).Min) {
		t.Errorf("the minimum of a cell is %v", code.Min)
	}
	if s.EffectiveRows() != s.Weight() {
		t.Errorf("rows of weight %v are worth %v", s.Weight(), s.EffectiveRows())
	}
	unknown := !c.empty && math.IsNaN(s.GivenCategory(0).Cell(1, 0).Min)
	if err := s.Merge(c.learned(t)); err != nil {
		t.Fatal(err)
	}
	if cell := s.GivenCategory(0).Cell(1, 0); unknown && !math.IsNaN(cell.Min) {
		t.Errorf("the minimum of unknown and known values is %v", cell.Min)
	}
}

// TestSummaryInItsEnvelope pins the record that is stored: the envelope around
// the bytes of a summary.
func TestSummaryInItsEnvelope(t *testing.T) {
	a := goldenOf(t, stats.SummaryMaker{}, goldenSummaryRows())
	record := wire.Seal(wire.KindSummary, 1, []byte(golden.Encoded(a)))
	golden.Check(t, "envelope_v3_summary.bin", record)
	version, payload, err := wire.Open(record, wire.KindSummary)
	if err != nil || version != 1 || string(payload) != golden.Encoded(a) {
		t.Errorf("opened version %d, %d bytes, %v", version, len(payload), err)
	}
}
