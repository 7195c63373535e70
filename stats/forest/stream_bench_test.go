//go:build unix

package forest

import (
	"math"
	"math/rand/v2"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// inNine returns n rows of nine numbers and one of two classes, both of which row makes.
func inNine(n int, row func(x []float64) bool) (*stats.Layout, *stats.Rows) {
	layout := &stats.Layout{Categorical: []stats.CategoricalColumn{{Name: "y", Values: []string{"a", "b"}}}}
	for k := range 9 {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: strconv.Itoa(k + 1)})
	}
	rows := &stats.Rows{N: n, Numeric: 9, Categorical: 1, Values: make([]float64, 9*n)}
	for i := range n {
		code := int32(1)
		if row(rows.Row(i)) {
			code = 2
		}
		rows.Codes = append(rows.Codes, code)
	}
	return layout, rows
}

// loans returns rows as the generator of Agrawal, Imielinski and Swami makes them (IEEE Transactions
// on Knowledge and Data Engineering 5, 1993): salary, commission, age, education, car, code of the
// town, value of the house, years and loan; their function 7, and one in twenty of the other class.
func loans(n int, seed uint64) (*stats.Layout, *stats.Rows) {
	r := rand.New(rand.NewPCG(seed, 5))
	between := func(low, high float64) float64 { return low + r.Float64()*(high-low) }
	return inNine(n, func(x []float64) bool {
		salary, commission, zip := between(20_000, 150_000), 0.0, r.IntN(9)
		if salary < 75_000 {
			commission = between(10_000, 75_000)
		}
		loan := between(0, 500_000)
		copy(x, []float64{
			salary, commission, float64(20 + r.IntN(61)), float64(r.IntN(5)), float64(1 + r.IntN(20)), float64(zip),
			between(50_000, 150_000) * float64(9-zip), float64(1 + r.IntN(30)), loan,
		})
		return (2*(salary+commission)/3-loan/5-20_000 > 0) != (r.Float64() < .05)
	})
}

// prices returns rows like those of the electricity market of New South Wales (Harries, 1999): prices
// and demands of half hours, with days and weeks in them and each near the one before, in [0, 1], and
// whether the price is above its mean over the last day.
func prices(n int, seed uint64) (*stats.Layout, *stats.Rows) {
	r := rand.New(rand.NewPCG(seed, 6))
	const day = 48
	i, near, other, mean := 0, 0.0, 0.0, 0.05
	return inNine(n, func(x []float64) bool {
		hour, week := float64(i%day)/day, float64(i/day%7)/7
		near, other = .95*near+.05*r.NormFloat64(), .9*other+.1*r.NormFloat64()
		demand := .45 + .25*math.Sin(2*math.Pi*(hour-.3)) + .1*near
		if week > .7 {
			demand -= .1
		}
		price := .05 + .04*demand + .02*near + .01*r.NormFloat64()*math.Exp(.5*r.NormFloat64())
		copy(x, []float64{
			float64(i) / float64(n), week, hour, price, demand, .003 + .02*other*other, .4 + .1*near + .05*other, .4 + .1*other, .05 + .03*near,
		})
		i++
		up := price > mean
		mean += (price - mean) / day
		return up
	})
}

// BenchmarkTestThenTrain is what rows cost of which each is predicted and then learned, by ten trees
// of two classes: growing, counting and predicting, and reading the trees off the counts after every
// thousand rows, in seconds of processor time, of which other processes do not take any. Beside it the
// same rows are learned by a summary, in the same blocks.
func BenchmarkTestThenTrain(b *testing.B) {
	const n, block = 100_000, 1000
	for _, c := range []struct {
		name string
		of   func(n int, seed uint64) (*stats.Layout, *stats.Rows)
	}{{"loans", loans}, {"prices", prices}} {
		layout, all := c.of(n, 1)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			right, spent := 0, 0.0
			for b.Loop() {
				begun := processorTime(b)
				right = testThenTrain(b, layout, all, block)
				spent += processorTime(b) - begun
			}
			rows := float64(b.N*n) / spent
			b.ReportMetric(rows, "rows/s")
			b.ReportMetric(100*float64(right)/n, "%right")
			b.ReportMetric(summarized(b, layout, all, block)/rows, "x-summary")
		})
	}
}

// processorTime returns the seconds that this process has computed.
func processorTime(tb testing.TB) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// summarized returns how many rows a summary learns a second.
func summarized(tb testing.TB, layout *stats.Layout, all *stats.Rows, block int) float64 {
	s, err := stats.SummaryMaker{}.New()
	if err != nil {
		tb.Fatal(err)
	}
	begun := processorTime(tb)
	const times = 5
	for range times {
		for from := 0; from < all.N; from += block {
			rows := all.Select(from, from+block)
			if err := s.Learn(layout, &rows); err != nil {
				tb.Fatal(err)
			}
		}
	}
	return times * float64(all.N) / (processorTime(tb) - begun)
}

// testThenTrain returns how many rows were predicted right.
func testThenTrain(tb testing.TB, layout *stats.Layout, all *stats.Rows, block int) (right int) {
	l := newLearner(tb, 1)
	for from := 0; from < all.N; from += block {
		trees, err := l.tally.Read(l.forest, layout, 0.2)
		if err != nil {
			tb.Fatal(err)
		}
		classes := trees.Classes()
		work, p := make([]float64, trees.Work()), make([]float64, len(classes))
		for i := from; i < min(from+block, all.N); i++ {
			clear(p)
			trees.Predict(all.Row(i), all.RowCodes(i), 1, p, work)
			if len(p) > 0 && classes[largest(p)] == layout.Categorical[0].Label(all.Codes[i]) {
				right++
			}
			row := all.Select(i, i+1)
			l.learn(layout, &row)
		}
	}
	return right
}

func largest(p []float64) int {
	best := 0
	for k := range p {
		if p[k] > p[best] {
			best = k
		}
	}
	return best
}
