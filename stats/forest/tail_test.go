package forest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// recorded returns the bytes of a tally in a record that follows another one.
func recorded(t *Tally) []byte {
	w := wire.Writer{Tails: true}
	t.Encode(&w)
	return w.Bytes()
}

// drawnNumbers returns rows of so many numbers and y, some rounded, some missing, some weighed.
func drawnNumbers(r *rand.Rand, inputs, n int) (*stats.Layout, *stats.Rows) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "y"}}}
	for k := range inputs {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", k)})
	}
	rows := &stats.Rows{N: n, Numeric: inputs + 1, Values: make([]float64, n*(inputs+1))}
	scale := math.Pow(10, float64(r.IntN(5)))
	for i := range n {
		row := rows.Row(i)
		for k := range row {
			switch row[k] = r.NormFloat64(); {
			case k%3 > 0:
				row[k] = math.Round(row[k]*scale) / scale
			case r.IntN(20) == 0:
				row[k] = math.NaN()
			}
		}
		if !math.IsNaN(row[0]) {
			row[0] += 3 * row[1] * row[1]
		}
	}
	if r.IntN(2) == 0 {
		for range n {
			rows.Weights = append(rows.Weights, r.Float64())
		}
	}
	return layout, rows
}

// TestTails: whatever happens to the sums of a forest of a number, and whenever they are written and
// read as an earlier record and the rows since, they are bit for bit what they are without.
func TestTails(t *testing.T) {
	for seed := range drawn.Seeds(8) {
		r := rand.New(rand.NewPCG(seed, 11))
		inputs := 1 + r.IntN(12)
		l := numberLearner(t, seed, func(s *Spec) { s.SplitRows, s.MaxLinear = 5+r.IntN(30), r.IntN(14) })
		var plain Tally
		tails := 0
		for range 40 {
			layout, rows := drawnNumbers(r, inputs, 1+r.IntN(400))
			l.learn(layout, rows)
			plain.Learn([]*Forest{l.forest}, layout, rows)
			if r.IntN(12) == 0 {
				inputs++
			}
			switch r.IntN(20) {
			case 0:
				l.tally.Scale(.75)
				plain.Scale(.75)
			case 1:
				var of Tally
				of.Learn([]*Forest{l.forest}, layout, rows)
				l.tally.Merge(&of)
				plain.Merge(&of)
			case 2:
				var of Tally
				of.Learn([]*Forest{l.forest}, layout, rows)
				l.tally.Reduce(&of)
				plain.Reduce(&of)
			case 3:
				clone := l.tally.Clone()
				l.tally.Learn([]*Forest{l.forest}, layout, rows)
				l.tally = *clone
			case 4, 5, 6, 7, 8:
				if b := recorded(&l.tally); r.IntN(2) == 0 {
					l.tally = readBack(t, b)
				}
			}
			if l.tally.parts[0].tail != nil {
				tails++
			}
			if golden.Encoded(&l.tally) != golden.Encoded(&plain) {
				t.Fatalf("seed %d: the sums differ from those without tails", seed)
			}
		}
		if back := readBack(t, recorded(&l.tally)); golden.Encoded(&back) != golden.Encoded(&plain) {
			t.Errorf("seed %d: the sums that are read back differ", seed)
		}
		if seed < 4 && tails == 0 {
			t.Errorf("seed %d: there was never a tail", seed)
		}
	}
}

func readBack(t testing.TB, b []byte) Tally {
	t.Helper()
	r := wire.NewReader(b)
	back, err := DecodeTally(r)
	if err == nil {
		err = r.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return *back
}

// TestTailsGrowByRows: a record after a thousand rows has the bytes of the one before it, and so many
// more as the rows have.
func TestTailsGrowByRows(t *testing.T) {
	layout, rows := friedman(12_000, 1)
	for i, v := range rows.Values {
		rows.Values[i] = math.Round(1e4*v) / 1e4
	}
	l := learnedNumbers(t, layout, rows)
	before := len(recorded(&l.tally))
	block := rows.Select(0, 1000)
	whole := false
	for range mostRecords + 1 {
		l.tally.Learn([]*Forest{l.forest}, layout, &block)
		after := len(recorded(&l.tally))
		if l.tally.parts[0].tail.rows == 0 {
			whole = true
		} else if after-before > 50_000 {
			t.Fatalf("a record of %d bytes after one of %d", after, before)
		}
		before = after
	}
	if !whole {
		t.Errorf("after %d records, none has all sums", mostRecords)
	}
}

// TestBadTails: no bytes of a tail make a decoder panic or take memory without bound.
func TestBadTails(t *testing.T) {
	layout, rows := friedman(3000, 1)
	l := learnedNumbers(t, layout, rows)
	recorded(&l.tally)
	block := rows.Select(0, 20)
	l.tally.Learn([]*Forest{l.forest}, layout, &block)
	good := recorded(&l.tally)
	for seed := range drawn.Seeds(40) {
		r := rand.New(rand.NewPCG(seed, 12))
		bad := append([]byte(nil), good...)
		for range 1 + r.IntN(3) {
			at := r.IntN(len(bad))
			if r.IntN(2) == 0 {
				at = len(bad) - 1 - r.IntN(3000) // in the rows
			}
			bad[at] = byte(r.Uint32())
		}
		if r.IntN(4) == 0 {
			bad = bad[:r.IntN(len(bad))]
		}
		if back, err := DecodeTally(wire.NewReader(bad)); err == nil {
			golden.Encoded(back)
		}
	}
}

// TestTailBytes: the golden file of a record whose sums are those of an earlier one with rows behind them.
func TestTailBytes(t *testing.T) {
	layout, rows := friedman(420, 1)
	for i, v := range rows.Values {
		if rows.Values[i] = math.Round(1e3*v) / 1e3; i%13 == 0 && i%11 != 10 {
			rows.Values[i] = math.NaN()
		}
	}
	l := numberLearner(t, 1, func(s *Spec) { s.Trees = 2 })
	first, then := rows.Select(0, 390), rows.Select(390, 420)
	l.learn(layout, &first)
	recorded(&l.tally)
	l.tally.Learn([]*Forest{l.forest}, layout, &then)
	b := recorded(&l.tally)
	golden.Check(t, "tally_v2_tail.bin", b)
	if back := readBack(t, b); l.tally.parts[0].tail == nil || golden.Encoded(&back) != golden.Encoded(&l.tally) {
		t.Error("what is read back has other sums, or there is no tail")
	}
}

// drawnColumn returns numbers of all magnitudes with 0 to 7 decimals, and now and then one that no
// decimal point suits.
func drawnColumn(r *rand.Rand) []float64 {
	rare := []float64{math.Copysign(0, -1), 0, math.NaN(), math.SmallestNonzeroFloat64, 0x1p-1040, math.MaxFloat64, -math.MaxFloat64, math.Inf(1), 1e-300, 0x1p53, 0x1p50 - 1, 0x1p60, -0x1p60}
	column, mostly := make([]float64, 1+r.IntN(8)), r.IntN(7)
	for i := range column {
		switch r.IntN(16) {
		case 0:
			column[i] = rare[r.IntN(len(rare))]
		case 1:
			column[i] = math.Ldexp(r.NormFloat64(), r.IntN(2000)-1000)
		case 2, 3, 4:
			column[i] = math.Round(r.NormFloat64() * math.Pow(10, float64(r.IntN(17))))
		default:
			unit := math.Pow(10, float64(mostly))
			column[i] = math.Round(r.NormFloat64()*unit*math.Pow(10, float64(r.IntN(14)))) / unit
		}
	}
	return column
}

// TestColumnsAreExact: a column is read back bit for bit, whatever numbers it has beside each other.
func TestColumnsAreExact(t *testing.T) {
	check := func(column []float64) (decimals byte) {
		w := wire.NewWriter(nil)
		encodeColumn(w, column)
		back, r := make([]float64, len(column)), wire.NewReader(w.Bytes())
		decodeColumn(r, back)
		if err := r.Close(); err != nil {
			t.Fatalf("%v: %v", column, err)
		}
		for i, v := range column {
			if math.Float64bits(back[i]) != math.Float64bits(v) {
				t.Fatalf("%v: %v is read as %v", column, v, back[i])
			}
		}
		return w.Bytes()[0]
	}
	for _, column := range [][]float64{{1e15, 0.0001}, {1e13, 0.123456}, {5.425451417895e11, 0.745604}, {0.0001, 1e15}, {-1e15, 3.25, 0.1234}} {
		check(column)
	}
	for seed := range drawn.Seeds(8) {
		r, short := rand.New(rand.NewPCG(seed, 12)), 0
		for range 4000 {
			if decimals := check(drawnColumn(r)); 0 < decimals && decimals < asBits {
				short++
			}
		}
		if short < 400 {
			t.Errorf("seed %d: %d of 4000 columns are written with decimals", seed, short)
		}
	}
}

// TestTailsOfMixedNumbers: sums that are read back are bit for bit those that were written, where a column
// has numbers of all magnitudes beside short ones.
func TestTailsOfMixedNumbers(t *testing.T) {
	for seed := range drawn.Seeds(2) {
		r := rand.New(rand.NewPCG(seed, 13))
		l := numberLearner(t, seed, func(s *Spec) { s.SplitRows, s.MaxLinear = 10, 8 })
		tails := 0
		for batch := range 20 {
			n := 25
			if batch == 0 {
				n = 5000 // whose sums are large enough for a tail
			}
			layout, rows := drawnNumbers(r, 2, n)
			rows.Weights = nil
			for i := range rows.N {
				row := rows.Row(i)
				for k := range row {
					row[k] = math.Round(1e6*row[k]) / 1e6
				}
			}
			if batch > 0 {
				rows.Row(0)[1+r.IntN(2)] = math.Round(math.Pow(10, 12+5*r.Float64()))
			}
			l.learn(layout, rows)
			back := readBack(t, recorded(&l.tally))
			if l.tally.parts[0].tail != nil {
				tails++
			}
			if golden.Encoded(&back) != golden.Encoded(&l.tally) {
				t.Fatalf("seed %d, batch %d: the sums that are read back differ", seed, batch)
			}
		}
		if tails == 0 {
			t.Errorf("seed %d: there was never a tail", seed)
		}
	}
}
