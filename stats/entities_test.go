package stats

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// summaryOfSlim makes a summary with the columns of the statistic and nothing
// else, for comparisons.
func summaryOfSlim(s *Slim) *Summary {
	out := &Summary{weight: s.weight, layout: &Layout{}}
	for j := range s.columns {
		out.layout.Numeric = append(out.layout.Numeric, NumericColumn{Name: s.layout.Numeric[j].Name})
		out.attributes = append(out.attributes, attribute{moments: &s.columns[j].moments, histogram: s.columns[j].histogram})
	}
	return out
}

// entityMap is a store in memory that can fail.
type entityMap struct {
	values map[string][]byte
	fails  error
	bytes  int
}

func (m *entityMap) Load(_ context.Context, key string) ([]byte, error) {
	return m.values[key], m.fails
}

func (m *entityMap) Save(_ context.Context, key string, value []byte) error {
	if m.fails != nil {
		return m.fails
	}
	m.bytes += len(value) - len(m.values[key])
	m.values[key] = value
	return nil
}

const entityColumns = 5

func entityLayout() *Layout {
	l := &Layout{}
	for j := range entityColumns {
		l.Numeric = append(l.Numeric, NumericColumn{Name: fmt.Sprint("x", j)})
	}
	return l
}

// entityRows returns n rows of random keys out of so many.
func entityRows(random *rand.Rand, n, keys int) (*Rows, []string) {
	rows, names := &Rows{N: n, Numeric: entityColumns}, make([]string, n)
	for i := range n {
		names[i] = fmt.Sprint("machine ", random.IntN(keys))
		for range entityColumns {
			rows.Values = append(rows.Values, random.NormFloat64())
		}
	}
	return rows, names
}

func newEntities(t testing.TB, store EntityStore, resident int, each SlimMaker) *Entities {
	t.Helper()
	e, err := NewEntities(store, EntityOptions{Each: each, All: SummaryMaker{}, Resident: resident, Young: 20})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestNoRowIsLostOnEviction: 100,000 keys of 5 attributes with room for a tenth
// of them. Every key has exactly its rows, and their sums, at the end; the
// population has all.
func TestNoRowIsLostOnEviction(t *testing.T) {
	const keys, resident, batch = 100_000, 10_000, 5_000
	batches := 60
	if testing.Short() {
		batches = 10
	}
	ctx := context.Background()
	random := rand.New(rand.NewPCG(5, 6))
	store := &entityMap{values: map[string][]byte{}}
	e := newEntities(t, store, resident, SlimMaker{})
	layout := entityLayout()
	count, sum := map[string]float64{}, map[string]float64{}
	for range batches {
		rows, names := entityRows(random, batch, keys)
		for i, name := range names {
			count[name]++
			sum[name] += rows.Row(i)[2]
		}
		if err := e.Learn(ctx, layout, rows, names); err != nil {
			t.Fatal(err)
		}
		if err := e.Trim(ctx); err != nil {
			t.Fatal(err)
		}
		if e.Resident() > resident {
			t.Fatalf("%d keys are in memory, want at most %d", e.Resident(), resident)
		}
	}
	for name, n := range count {
		a, err := e.Of(ctx, name)
		if err != nil || a == nil {
			t.Fatalf("%s: %v, %v", name, a, err)
		}
		// sums of a few numbers of size 1, once in double-double
		const tolerance = 1e-12
		if m := a.(*Slim).Moments(2); m.Weight() != n || math.Abs(m.Mean()*n-sum[name]) > tolerance {
			t.Fatalf("%s: weight %v and sum %v, want %v and %v", name, m.Weight(), m.Mean()*n, n, sum[name])
		}
		if err := e.Trim(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if got := e.Population().Weight(); got != float64(batches*batch) {
		t.Errorf("the population has %v rows, want %d", got, batches*batch)
	}
	t.Logf("%d keys seen, %d bytes each in the store", len(count), store.bytes/len(store.values))
}

// TestMemoryOfEntities states what 100,000 keys of 5 attributes take when all
// are in memory.
func TestMemoryOfEntities(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 100,000 keys")
	}
	const keys, rowsEach = 100_000, 20
	for _, c := range []struct {
		name  string
		maker SlimMaker
		most  uint64 // bytes a key
	}{
		{name: "moments and extremes", maker: SlimMaker{}, most: 1_100},
		{name: "with histograms of 16 bins", maker: SlimMaker{HistogramBins: 16}, most: 8_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEntities(t, &entityMap{values: map[string][]byte{}}, keys, c.maker)
			random := rand.New(rand.NewPCG(7, 8))
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			layout := entityLayout()
			const step = 1000
			for first := 0; first < keys; first += step {
				rows, names := entityRows(random, step*rowsEach, keys)
				for i := range names {
					names[i] = fmt.Sprint("machine ", first+i/rowsEach)
				}
				if err := e.Learn(context.Background(), layout, rows, names); err != nil {
					t.Fatal(err)
				}
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			each := (after.HeapAlloc - before.HeapAlloc) / keys
			t.Logf("%d keys of %d attributes: %d bytes each, %d MB in all", e.Resident(), entityColumns, each, each*keys>>20)
			if each > c.most {
				t.Errorf("%d bytes a key, want at most %d", each, c.most)
			}
			runtime.KeepAlive(e)
		})
	}
}

func TestEntitiesFailures(t *testing.T) {
	ctx := context.Background()
	store := &entityMap{values: map[string][]byte{}}
	e := newEntities(t, store, 1, SlimMaker{})
	layout := entityLayout()
	one := &Rows{N: 2, Numeric: entityColumns, Values: make([]float64, 2*entityColumns)}
	if err := e.Learn(ctx, layout, one, []string{"a", "b"}); err != nil {
		t.Fatal(err)
	}
	if err := e.Learn(ctx, layout, one, []string{"a"}); err == nil || !strings.Contains(err.Error(), "1 keys for 2 rows") {
		t.Errorf("too few keys: %v", err)
	}
	store.fails = errors.New("store is down")
	if err := e.Trim(ctx); !errors.Is(err, store.fails) || e.Resident() != 2 {
		t.Errorf("%v, and %d keys are left of 2", err, e.Resident())
	}
	if err := e.Learn(ctx, layout, one, []string{"a", "c"}); !errors.Is(err, store.fails) {
		t.Errorf("learn: %v", err)
	}
	if got := e.Population().Weight(); got != 2 {
		t.Errorf("a failed batch has changed the population: %v rows", got)
	}
	if a, err := e.Of(ctx, "a"); err != nil || a.Weight() != 1 {
		t.Errorf("a failed batch has changed a key: %v, %v", a, err)
	}
	store.fails = nil
	store.values["bad"] = []byte{1, 2, 3}
	if _, err := e.Of(ctx, "bad"); err == nil || !strings.Contains(err.Error(), `"bad"`) {
		t.Errorf("damaged bytes: %v", err)
	}
	if a, err := e.Of(ctx, "never"); a != nil || err != nil {
		t.Errorf("an unknown key: %v, %v", a, err)
	}
}

func TestBlend(t *testing.T) {
	e := newEntities(t, &entityMap{}, 1, SlimMaker{}) // Young is 20
	for _, c := range []struct {
		name                     string
		n, own, population, want float64
	}{
		{name: "no row", n: 0, own: 7, population: 3, want: 3},
		{name: "as many rows as the prior", n: 20, own: 7, population: 3, want: 5},
		{name: "a fifth", n: 5, own: 8, population: 3, want: 4},
		{name: "own undefined without rows", n: 0, own: math.NaN(), population: 3, want: 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := e.Blend(c.n, c.own, c.population); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestEntityOptions(t *testing.T) {
	good := EntityOptions{Each: SlimMaker{}, All: SummaryMaker{}, Resident: 1}
	for _, c := range []struct {
		name, want string
		change     func(o *EntityOptions)
	}{
		{name: "no maker", want: "makers", change: func(o *EntityOptions) { o.Each = nil }},
		{name: "no room", want: "resident is 0", change: func(o *EntityOptions) { o.Resident = 0 }},
		{name: "no number", want: "young is NaN", change: func(o *EntityOptions) { o.Young = math.NaN() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := good
			c.change(&o)
			if _, err := NewEntities(&entityMap{}, o); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want it to contain %q", err, c.want)
			}
		})
	}
}

// BenchmarkEntities learns batches of 1,000 rows of 100,000 keys, with room for
// all and for a tenth of them.
func BenchmarkEntities(b *testing.B) {
	const keys, batch = 100_000, 1000
	for _, resident := range []int{keys, keys / 10} {
		b.Run(fmt.Sprint("resident ", resident), func(b *testing.B) {
			e := newEntities(b, &entityMap{values: map[string][]byte{}}, resident, SlimMaker{})
			random := rand.New(rand.NewPCG(9, 10))
			layout := entityLayout()
			b.ReportAllocs()
			for b.Loop() {
				rows, names := entityRows(random, batch, keys)
				if err := e.Learn(context.Background(), layout, rows, names); err != nil {
					b.Fatal(err)
				}
				if err := e.Trim(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*batch/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
