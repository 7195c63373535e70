package stats_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func exceedancesOf(t testing.TB, values []float64) *stats.Exceedances {
	t.Helper()
	e, err := stats.NewExceedances(stats.MinExceedances)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range values {
		if err := e.Add(x, 1); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func exceedanceBytes(e *stats.Exceedances) string {
	w := wire.NewWriter(nil)
	e.Encode(w)
	return string(w.Bytes())
}

// manyValues is seeded values of which some occur again and again.
func manyValues(n int) []float64 {
	r := rand.New(rand.NewPCG(4, 4))
	values := make([]float64, n)
	for i := range values {
		if values[i] = r.NormFloat64(); r.IntN(4) == 0 {
			values[i] = math.Round(3 * values[i])
		}
	}
	return values
}

// TestExceedancesLaws: neutral element, commutative, associative, split equals
// whole, all to the bit; operand untouched, round trip.
func TestExceedancesLaws(t *testing.T) {
	for _, n := range []int{0, 1, 10, 500} {
		values := manyValues(n)
		whole := exceedancesOf(t, values)
		want := exceedanceBytes(whole)
		merged := func(parts ...*stats.Exceedances) *stats.Exceedances {
			e := exceedancesOf(t, nil)
			for _, p := range parts {
				before := exceedanceBytes(p)
				if err := e.Merge(p); err != nil {
					t.Fatal(err)
				}
				if exceedanceBytes(p) != before {
					t.Error("merge changed its operand")
				}
			}
			return e
		}
		a, b, c := exceedancesOf(t, values[:n/3]), exceedancesOf(t, values[n/3:n/2]), exceedancesOf(t, values[n/2:])
		for name, got := range map[string]*stats.Exceedances{
			"neutral on the left": merged(whole), "neutral on the right": merged(whole, exceedancesOf(t, nil)),
			"split": merged(a, b, c), "another order": merged(c, a, b), "another tree": merged(a, merged(b, c)),
		} {
			if exceedanceBytes(got) != want {
				t.Errorf("%d values: %s differs from the whole", n, name)
			}
		}
		r := wire.NewReader([]byte(want))
		back, err := stats.DecodeExceedances(r)
		if err != nil || r.Close() != nil || exceedanceBytes(back) != want {
			t.Errorf("%d values: round trip gives %v", n, err)
		}
		if n == 0 {
			continue
		}
		sorted := slices.Compact(slices.Sorted(slices.Values(values)))
		for i, p := range whole.Upper() {
			if p.Value != sorted[len(sorted)-len(whole.Upper())+i] {
				t.Fatalf("largest values are %v", whole.Upper())
			}
		}
		if whole.Lower()[0].Value != sorted[0] || whole.Weight() != float64(n) {
			t.Errorf("smallest value is %v, weight %v", whole.Lower()[0].Value, whole.Weight())
		}
		half := whole.Clone()
		if err := half.Scale(0.5); err != nil || half.Weight() != float64(n)/2 || exceedanceBytes(whole) != want {
			t.Errorf("scaling a copy: %v, weight %v", err, half.Weight())
		}
	}
}

func TestExceedancesGolden(t *testing.T) {
	golden.Check(t, "exceedances_v1_many.bin", []byte(exceedanceBytes(exceedancesOf(t, manyValues(100)))))
	golden.Check(t, "exceedances_v1_empty.bin", []byte(exceedanceBytes(exceedancesOf(t, nil))))
}

func TestExceedancesRefused(t *testing.T) {
	if _, err := stats.NewExceedances(stats.MinExceedances - 1); err == nil {
		t.Error("a limit that is too low is accepted")
	}
	e := exceedancesOf(t, manyValues(20))
	before := exceedanceBytes(e)
	for _, c := range []struct{ x, w float64 }{{math.NaN(), 1}, {math.Inf(1), 1}, {1, 0}, {1, math.Inf(1)}, {1, math.NaN()}} {
		if e.Add(c.x, c.w) == nil {
			t.Errorf("value %v of weight %v is accepted", c.x, c.w)
		}
	}
	o, err := stats.NewExceedances(stats.MinExceedances + 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Merge(o); !errors.Is(err, stats.ErrIncompatible) {
		t.Errorf("merge says %v, want ErrIncompatible", err)
	}
	if e.Scale(-1) == nil || exceedanceBytes(e) != before {
		t.Error("what was refused has changed the statistic")
	}
}

// FuzzDecodeExceedances: whatever the bytes, decoding does not panic, and what
// it accepts encodes to the same bytes.
func FuzzDecodeExceedances(f *testing.F) {
	f.Add([]byte(exceedanceBytes(exceedancesOf(f, manyValues(40)))))
	f.Add([]byte(exceedanceBytes(exceedancesOf(f, nil))))
	f.Add([]byte{16})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := wire.NewReader(data)
		e, err := stats.DecodeExceedances(r)
		if err != nil || r.Close() != nil {
			return
		}
		if exceedanceBytes(e) != string(data) {
			t.Error("encoding what was decoded gives other bytes")
		}
	})
}

func BenchmarkExceedances(b *testing.B) {
	values := manyValues(4096)
	e, err := stats.NewExceedances(stats.DefaultExceedances)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	at := 0
	for b.Loop() {
		if err := e.Add(values[at], 1); err != nil {
			b.Fatal(err)
		}
		at = (at + 1) % len(values)
	}
}
