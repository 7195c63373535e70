package wrap

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// heaviest is the most that a row can weigh.
const heaviest = 1e100

// TestFailureChangesNothing draws operations of which many cannot succeed:
// rows that do not fit, operands of other layouts, settings and kinds, rows that
// were never learned, factors and weights at the ends of float64. An operation
// that fails leaves the receiver as it was, bit for bit; one that succeeds
// leaves a state that can be stored and read again; and neither touches its
// operand.
func TestFailureChangesNothing(t *testing.T) {
	others := otherMakers()
	for _, c := range lawTable() {
		t.Run(c.name, func(t *testing.T) {
			failed, done := map[string]int{}, map[string]int{}
			rapid.Check(t, func(rt *rapid.T) {
				a, err := c.maker.New()
				if err != nil {
					rt.Fatal(err)
				}
				var learned []block
				for range rapid.IntRange(1, 8).Draw(rt, "operations") {
					before := golden.Encoded(a)
					name, err := drawnOperation(rt, a, c.maker, others, &learned)
					if err == nil {
						done[name]++
						requireReadable(rt, c.maker, a, name)
						continue
					}
					failed[name]++
					if golden.Encoded(a) != before {
						rt.Fatalf("%s failed (%v) and changed the statistic", name, err)
					}
				}
			})
			for _, name := range []string{"learn", "forget", "merge", "subtract", "scale"} {
				if testing.Short() {
					break // too few draws
				}
				if failed[name] == 0 || done[name] == 0 {
					t.Errorf("%s has failed %d and succeeded %d times: the law was not asked", name, failed[name], done[name])
				}
			}
		})
	}
}

// otherMakers make operands that no statistic of the law table, or only some,
// can take.
func otherMakers() []stats.Maker {
	return []stats.Maker{
		stats.SummaryMaker{Options: stats.SummaryOptions{HistogramBins: 100}},
		stats.SummaryMaker{Options: stats.SummaryOptions{ConditionalBins: 32}},
		stats.SlimMaker{HistogramBins: 32},
		stats.DetectorsMaker{Binnings: statstest.LawBinnings()},
		WindowMaker{Inner: stats.SummaryMaker{}, Period: 7 * time.Second, Tiles: 2},
		DecayMaker{Inner: stats.SummaryMaker{}, HalfLife: time.Hour},
		PartitionMaker{Inner: stats.SummaryMaker{}, Attribute: "tags"},
	}
}

// block is rows under their layout.
type block struct {
	layout *stats.Layout
	rows   *stats.Rows
}

// drawnOperation draws one operation and runs it on a, which has learned some
// of the blocks; it adds those that a learns now.
func drawnOperation(t *rapid.T, a stats.Additive, maker stats.Maker, others []stats.Maker, learned *[]block) (name string, err error) {
	name = rapid.SampledFrom([]string{"learn", "learn", "forget", "merge", "subtract", "scale"}).Draw(t, "operation")
	if name == "scale" {
		return name, a.Scale(rapid.SampledFrom([]float64{
			0, -1, math.NaN(), math.Inf(1), 1, 0.5, 3, 1e-70, 1e-300, math.SmallestNonzeroFloat64, 1e30, 1e200, math.MaxFloat64,
		}).Draw(t, "factor"))
	}
	b, strange := drawnBlock(t), true
	if (name == "forget" || name == "subtract") && len(*learned) > 0 && rapid.IntRange(0, 3).Draw(t, "known") > 0 {
		b = rapid.SampledFrom(*learned).Draw(t, "block")
		strange = rapid.Bool().Draw(t, "strange")
	}
	switch name {
	case "learn":
		err = a.Learn(b.layout, b.rows)
	case "forget":
		err = a.Forget(b.layout, b.rows)
	default:
		if !strange {
			others = nil
		}
		err = drawnCombination(t, name, a, b, maker, others)
	}
	if err == nil && name == "learn" {
		*learned = append(*learned, b)
	}
	return name, err
}

// drawnCombination merges or subtracts a statistic that has learned the block. With
// others it may be of one of these, or very heavy.
func drawnCombination(t *rapid.T, verb string, a stats.Additive, b block, maker stats.Maker, others []stats.Maker) error {
	if len(others) > 0 && rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
		maker = rapid.SampledFrom(others).Draw(t, "maker")
	}
	o, err := maker.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Learn(b.layout, b.rows); err != nil {
		return fmt.Errorf("the operand has no rows: %w", err)
	}
	if len(others) > 0 && rapid.IntRange(0, 3).Draw(t, "huge") == 0 {
		if err := o.Scale(1e250); err != nil {
			t.Logf("the operand stays as heavy as it was: %v", err)
		}
	}
	before := golden.Encoded(o)
	if verb == "merge" {
		err = a.Merge(o)
	} else {
		err = a.Subtract(o)
	}
	if golden.Encoded(o) != before {
		t.Fatalf("%s changed its operand", verb)
	}
	return err
}

// drawnBlock draws rows, sometimes under a layout that contradicts or extends
// the usual one, sometimes with something in them that cannot be taken.
func drawnBlock(t *rapid.T) block {
	layout, rows := statstest.LawLayout(), drawnRows(t)
	layouts := map[string]func(){
		"usual":            func() {},
		"renamed":          func() { layout.Numeric[1].Name = "z" },
		"not binary":       func() { layout.Numeric[2].Binary = false },
		"swapped":          func() { layout.Numeric[0].Name, layout.Numeric[3].Name = "offset", "x" },
		"numeric now":      func() { layout.Numeric[0].Name, layout.Categorical[0].Name = "kind", "x" },
		"other values":     func() { layout.Categorical[0].Values = []string{"c", "d", "a"} },
		"swapped category": func() { layout.Categorical[1].Name, layout.Categorical[0].Name = "kind", "tags" },
	}
	layouts[rapid.SampledFrom([]string{
		"usual", "usual", "usual", "usual", "renamed", "not binary", "swapped", "numeric now", "other values", "swapped category",
	}).Draw(t, "layout")]()
	if rows.N == 0 {
		return block{layout, rows}
	}
	i := rapid.IntRange(0, rows.N-1).Draw(t, "row")
	faults := map[string]func(){
		"none":            func() {},
		"infinite":        func() { rows.Values[4*i] = math.Inf(1) },
		"beyond the most": func() { rows.Values[4*i+1] = -2 * stats.MaxMagnitude },
		"the most":        func() { rows.Values[4*i] = stats.MaxMagnitude },
		"heavy":           func() { rows.Weights[i] = heaviest },
		"heavy and large": func() { rows.Weights[i], rows.Values[4*i] = heaviest, stats.MaxMagnitude },
		"no weight":       func() { rows.Weights[i] = 0 },
		"NaN weight":      func() { rows.Weights[i] = math.NaN() },
		"light":           func() { rows.Weights[i] = 1e-300 },
		"unknown code":    func() { rows.Codes[2*i] = 99 },
		"unknown set":     func() { rows.Codes[2*i+1] = -99 },
		"too few values":  func() { rows.Values = rows.Values[1:] },
		"no times":        func() { rows.Times = nil },
		"stray overflow":  func() { rows.Overflow = []stats.Overflow{{Row: rows.N, Column: 0, Value: "x"}} },
		"overflow":        func() { rows.Overflow = []stats.Overflow{{Row: i, Column: 0, Value: "rare"}} },
	}
	faults[rapid.SampledFrom([]string{
		"none", "none", "none", "none", "infinite", "beyond the most", "the most", "heavy", "heavy and large", "no weight", "NaN weight",
		"light", "unknown code", "unknown set", "too few values", "no times", "stray overflow", "overflow",
	}).Draw(t, "fault")]()
	return block{layout, rows}
}

// requireReadable decodes what the statistic encodes to and compares.
func requireReadable(t *rapid.T, maker stats.Maker, a stats.Additive, after string) {
	bytes := golden.Encoded(a)
	r := wire.NewReader([]byte(bytes))
	back, err := maker.Decode(r)
	if err = errors.Join(err, r.Close()); err != nil {
		t.Fatalf("after %s the bytes cannot be read: %v", after, err)
	}
	if golden.Encoded(back) != bytes {
		t.Fatalf("after %s decoding and encoding gives other bytes", after)
	}
}
