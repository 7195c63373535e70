package stats_test

import (
	"fmt"
	"log"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// check ends an example that fails.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Two shards learn rows of a sensor, a reader merges them and asks.
func Example() {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "temperature"}, {Name: "pressure"}}}
	none := math.NaN()
	first := &stats.Rows{N: 3, Numeric: 2, Values: []float64{20, 1.0, 21, 1.1, 22, 1.2}}
	second := &stats.Rows{N: 2, Numeric: 2, Values: []float64{23, none, 24, 1.4}}

	shard, err := stats.NewSummary(stats.SummaryOptions{})
	check(err)
	check(shard.Learn(layout, first)) // all of the block, or an error and nothing
	other, err := stats.NewSummary(stats.SummaryOptions{})
	check(err)
	check(other.Learn(layout, second))

	check(shard.Merge(other)) // columns are matched by name
	fmt.Println("rows:", shard.Weight())
	fmt.Println("mean:", shard.Moments(0).Mean(), "variance:", shard.Moments(0).Variance(1))
	fmt.Println("median:", shard.Histogram(0).Quantile(0.5))
	pair := shard.Pair(0, 1) // over the rows that have both
	fmt.Printf("correlation of %v rows: %.3f\n", pair.N, pair.Correlation())

	check(shard.Forget(layout, second))
	fmt.Println("rows that are left:", shard.Weight(), "mean:", shard.Moments(0).Mean())
	// Output:
	// rows: 5
	// mean: 22 variance: 2.5
	// median: 22
	// correlation of 4 rows: 1.000
	// rows that are left: 3 mean: 21
}

// A summary is stored as bytes and read back bit for bit.
func ExampleSummary_Encode() {
	s, err := stats.NewSummary(stats.SummaryOptions{HistogramBins: 64})
	check(err)
	layout := &stats.Layout{Categorical: []stats.CategoricalColumn{{Name: "state", Values: []string{"up", "down"}}}}
	check(s.Learn(layout, &stats.Rows{N: 3, Categorical: 1, Codes: []int32{1, 1, 2}}))

	w := wire.NewWriter(nil)
	s.Encode(w)
	r := wire.NewReader(w.Bytes())
	back, err := stats.DecodeSummary(r)
	check(err)
	check(r.Close())
	fmt.Println("up:", back.Categories(0).Count(1), "down:", back.Categories(0).Count(2))
	// Output:
	// up: 2 down: 1
}

// Central sums of two parts give those of the whole.
func ExampleMoments() {
	a, b := stats.NewMoments(), stats.NewMoments()
	for _, x := range []float64{2, 4, 4, 4} {
		check(a.Add(x, 1))
	}
	for _, x := range []float64{5, 5, 7, 9} {
		check(b.Add(x, 1))
	}
	check(a.Merge(b))
	fmt.Println(a.Mean(), a.Stddev(0), a.Min(), a.Max())
	// Output:
	// 5 2 2 9
}

// One matrix of co-moments serves every covariance of its columns.
func ExampleComoments() {
	c := stats.NewComoments(2, stats.Extended)
	check(c.AddBlock([]float64{
		1, 2,
		2, 4,
		3, 9,
	}, 3, nil))
	fmt.Println(c.Mean(0), c.Mean(1), c.Covariance(0, 1, 1))
	// Output:
	// 2 5 3.5
}

// A row counts for every pair of columns that it has.
func ExamplePairwise() {
	p := stats.NewPairwise(3)
	p.AddRow([]float64{1, 10, math.NaN()}, 1)
	p.AddRow([]float64{2, 20, 5}, 1)
	p.AddRow([]float64{3, math.NaN(), 6}, 1)
	fmt.Println(p.Pair(0, 1).N, p.Pair(0, 2).N, p.Pair(1, 2).N)
	// Output:
	// 2 2 1
}

// The largest and the smallest values are kept, whatever lies between.
func ExampleExceedances() {
	e, err := stats.NewExceedances(stats.MinExceedances)
	check(err)
	for i := range 1000 {
		check(e.Add(float64(i), 1))
	}
	fmt.Println(e.Weight(), e.Upper()[len(e.Upper())-1].Value, e.Lower()[0].Value)
	// Output:
	// 1000 999 0
}

// The distribution of a histogram at one moment, for many look-ups.
func ExampleECDF() {
	h, err := stats.NewHistogram(stats.DefaultBins)
	check(err)
	for i := range 100 {
		check(h.Add(float64(i+1), 1))
	}
	e := stats.NewECDF(h)
	fmt.Println(e.At(25), e.Quantile(0.9))
	// Output:
	// 0.25 90
}

// The statistic of one key keeps no pairs and no categories.
func ExampleSlim() {
	a, err := stats.SlimMaker{HistogramBins: 16}.New()
	check(err)
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "load"}}}
	check(a.Learn(layout, &stats.Rows{N: 2, Numeric: 1, Values: []float64{0.25, 0.75}}))
	s, err := a.(*stats.Slim).Summary(layout, stats.SummaryOptions{HistogramBins: 16})
	check(err)
	fmt.Println(s.Weight(), s.Moments(0).Mean())
	// Output:
	// 2 0.5
}

// Counts add up under the same binning.
func ExampleDetectors() {
	binning := stats.Binning{Type: stats.HalfSpaceTrees, Key: "pump", Seed: 1, Components: 1, Cells: 4, Inputs: []string{"x"}, Low: []float64{0}, High: []float64{10}}
	d, err := stats.NewDetectors(binning)
	check(err)
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}
	check(d.Learn(layout, &stats.Rows{N: 4, Numeric: 1, Values: []float64{1, 2, 8, 9}}))
	_, weight, counts := d.Counts(binning.ID())
	fmt.Println(weight, counts)
	// Output:
	// 4 [2 0 2 0]
}

// Two projects that name their columns in another order have one layout.
func ExampleLayout_Union() {
	a := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}}}
	b := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "y"}, {Name: "z"}}}
	union, err := a.Union(b)
	check(err)
	for _, c := range union.Numeric {
		fmt.Print(c.Name, " ")
	}
	// Output:
	// x y z
}
