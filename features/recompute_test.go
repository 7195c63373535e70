package features

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/detect"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// The plain recomputation of every feature: each is computed anew for each row
// from all rows of the key, by the definition of its type. It shares no code with
// the package.

// observation is one value of a column of a key.
type observation struct {
	at time.Time
	x  float64
}

// plainly returns the feature of the last observation of all there are.
func plainly(s Spec, all []observation) float64 {
	now, earlier := all[len(all)-1], all[:len(all)-1]
	switch s.Type {
	case "lag", "difference", "rate":
		return plainLag(s, all)
	case "mean", "stddev", "min", "max", "median", "sum", "count":
		return plainWindow(s.Type, windowOf(s, all))
	case "zscore":
		window := numbers(all)[max(0, len(all)-1-s.Rows) : len(all)-1]
		if s.Over > 0 {
			window = windowOf(s, all)
			window = window[:len(window)-1]
		}
		return plainScore(now.x, window)
	case "ewma", "ewstd":
		return plainWeighted(s, numbers(all))
	case "seasonal_mean", "seasonal_residual", "seasonal_zscore":
		return plainSeasonal(s, now, earlier)
	case "likelihood":
		return plainLikelihood(s, numbers(all))
	case "surprise":
		return plainSurprise(numbers(earlier), now.x)
	case "peak":
		for _, o := range earlier[max(0, len(earlier)-s.Rows):] {
			if o.x >= now.x {
				return math.NaN()
			}
		}
		return now.x
	}
	panic("type without a recomputation: " + s.Type)
}

func numbers(all []observation) []float64 {
	out := make([]float64, len(all))
	for i, o := range all {
		out[i] = o.x
	}
	return out
}

// windowOf returns the values of the last rows, or those younger than Over. Rows
// before the first that is too old do not count, however their times jump.
func windowOf(s Spec, all []observation) []float64 {
	if s.Over == 0 {
		return numbers(all[max(0, len(all)-s.Rows):])
	}
	from := len(all) - 1
	for from > 0 && all[len(all)-1].at.Sub(all[from-1].at) < s.Over {
		from--
	}
	return numbers(all[from:])
}

func plainLag(s Spec, all []observation) float64 {
	if len(all) <= s.Rows {
		return math.NaN()
	}
	now, then := all[len(all)-1], all[len(all)-1-s.Rows]
	switch s.Type {
	case "lag":
		return then.x
	case "difference":
		return now.x - then.x
	}
	if now.at.Equal(then.at) {
		return math.NaN()
	}
	return (now.x - then.x) / now.at.Sub(then.at).Seconds()
}

// spread returns mean and standard deviation (n - 1) by sums of differences.
func spread(values []float64) (center, deviation float64) {
	for _, x := range values {
		center += x / float64(len(values))
	}
	var squares float64
	for _, x := range values {
		squares += math.Pow(x-center, 2)
	}
	return center, math.Sqrt(squares / float64(len(values)-1))
}

func plainWindow(kind string, values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	center, deviation := spread(values)
	switch kind {
	case "mean":
		return center
	case "stddev":
		if len(values) < 2 {
			return math.NaN()
		}
		return deviation
	case "min":
		return sorted[0]
	case "max":
		return sorted[len(sorted)-1]
	case "median":
		return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
	case "sum":
		return center * float64(len(values))
	}
	return float64(len(values))
}

func plainScore(x float64, values []float64) float64 {
	center, deviation := spread(values)
	switch {
	case len(values) < 2:
		return math.NaN()
	case slices.Min(values) == slices.Max(values) && x == values[0]:
		return 0
	case slices.Min(values) == slices.Max(values):
		return math.NaN()
	}
	return (x - center) / deviation
}

// plainWeighted sums with the weights themselves: (1-a)^n for the first value and
// a (1-a)^k for the one k rows ago.
func plainWeighted(s Spec, values []float64) float64 {
	a := 2 / (float64(s.Rows) + 1)
	weights := make([]float64, len(values))
	var center float64
	for i := range values {
		weights[i] = a * math.Pow(1-a, float64(len(values)-1-i))
		if i == 0 {
			weights[i] = math.Pow(1-a, float64(len(values)-1))
		}
		center += weights[i] * values[i]
	}
	if s.Type == "ewma" {
		return center
	}
	var variance float64
	for i := range values {
		variance += weights[i] * math.Pow(values[i]-center, 2)
	}
	return math.Sqrt(variance)
}

func plainSeasonal(s Spec, now observation, earlier []observation) float64 {
	sameHour := func(a, b time.Time) bool {
		return a.Hour() == b.Hour() && (s.Season == seasonDay || a.Weekday() == b.Weekday())
	}
	var values []float64
	for _, o := range earlier {
		if sameHour(o.at, now.at) {
			values = append(values, o.x)
		}
	}
	if s.Type == "seasonal_zscore" {
		return plainScore(now.x, values)
	}
	if len(values) == 0 {
		return math.NaN()
	}
	center, _ := spread(values)
	if s.Type == "seasonal_mean" {
		return center
	}
	return now.x - center
}

func plainLikelihood(s Spec, values []float64) float64 {
	values = values[max(0, len(values)-max(s.Rows, s.Short)):]
	if len(values) < 2*s.Short {
		return math.NaN()
	}
	recent, _ := spread(values[len(values)-s.Short:])
	older, deviation := spread(values[:len(values)-s.Short])
	// A normal tail on either side: erfc(z / sqrt 2) for both.
	return min(-math.Log10(math.Erfc(math.Abs(recent-older)/deviation/math.Sqrt2)), maxLikelihood)
}

// plainSurprise takes the larger of both sides; the lower one is the upper one of
// the negated values.
func plainSurprise(earlier []float64, x float64) float64 {
	if len(earlier) < surpriseRows {
		return math.NaN()
	}
	upper := func(values []float64, x float64) float64 {
		sorted := slices.Sorted(slices.Values(values))
		slices.Reverse(sorted)
		n := float64(len(sorted))
		tail := int(math.Ceil(n * surpriseTail))
		threshold := sorted[tail]
		if x <= threshold {
			reach := 0
			for _, v := range sorted[:min(len(sorted), surpriseKept)] {
				if v >= x {
					reach++
				}
			}
			return -math.Log10(float64(reach+1) / (n + 1))
		}
		center, _ := spread(sorted[:tail])
		if center == threshold {
			return surpriseMost
		}
		probability := (float64(tail) + 1) / (n + 1) * math.Exp(-(x-threshold)/(center-threshold))
		return min(-math.Log10(probability), surpriseMost)
	}
	negated := make([]float64, len(earlier))
	for i, v := range earlier {
		negated[i] = -v
	}
	return max(upper(earlier, x), upper(negated, -x))
}

// plainClock reads the clock of package time.
func plainClock(kind string, at time.Time) float64 {
	hours := float64(at.Hour()) + float64(at.Minute())/60 + (float64(at.Second())+float64(at.Nanosecond())/1e9)/3600
	days := float64((int(at.Weekday())+6)%7) + hours/24
	switch kind {
	case "hour":
		return hours
	case "hour_sin":
		return math.Sin(hours / 24 * 2 * math.Pi)
	case "hour_cos":
		return math.Cos(hours / 24 * 2 * math.Pi)
	case "weekday":
		return math.Floor(days)
	case "weekday_sin":
		return math.Sin(days / 7 * 2 * math.Pi)
	}
	return math.Cos(days / 7 * 2 * math.Pi)
}

// drawnPlan has two definitions of each type, one about a field and one, where a
// type is about something, about a feature before it.
func drawnPlan(t *testing.T, random *rand.Rand) *Plan {
	t.Helper()
	var specs []Spec
	for round := range 2 {
		for _, k := range catalogue() {
			s := drawSpec(random, &k)
			s.Name = fmt.Sprint(k.name, round)
			if round == 1 && s.Of != "" && s.Of != "found" && s.Of != "wrong" {
				s.Of = fmt.Sprint([]string{"lag", "mean", "ewma", "total", "seasonal_residual"}[random.IntN(5)], "0")
			}
			if k.reads != nil {
				s.Of = []string{"adwin0", "kswin0", "hddm_w0"}[random.IntN(3)]
			}
			specs = append(specs, s)
		}
	}
	plan, err := NewPlan(specs)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// drawnRow is a row with values of the fields of a plan; those of field wrong are errors
// that become more and fewer.
func drawnRow(random *rand.Rand, plan *Plan, key string, at time.Time, row int) (Row, map[string]float64) {
	values := map[string]float64{}
	r := Row{Key: key, Time: at.UnixNano()}
	for _, field := range plan.Fields() {
		x := math.Round(random.NormFloat64()*40) / 4 // with ties
		if field == "wrong" {
			x = 0
			if random.IntN(400) < 40+row%200 {
				x = 1
			}
		}
		switch random.IntN(20) {
		case 0:
			x = math.NaN()
		case 1:
			x = math.Copysign(2*maxMagnitude, x) // counts as missing
		}
		r.Values = append(r.Values, x)
		values[field] = x
	}
	return r, values
}

// recomputeTolerance is relative to values of size 1 to 100: the weighted and
// seasonal types update their sums row by row, the recomputation does not.
const recomputeTolerance = 1e-8

// TestEveryTypeIsRecomputed compares every feature of drawn definitions over drawn
// rows (several keys, missing values, ties, bursts and pauses) with its plain
// recomputation.
func TestEveryTypeIsRecomputed(t *testing.T) {
	compared := map[string]int{}
	for seed := range drawn.Seeds(12) {
		random := rand.New(rand.NewPCG(seed, 5))
		plan := drawnPlan(t, random)
		specs, names := plan.specs, plan.Names()
		k := newKeyed(plan, Limits{})
		seen := map[string][]observation{} // by key and column
		found := detectorsOf{}
		at := time.Date(1969, 12, 20, 0, 0, 0, 0, time.UTC)
		for row := range 500 {
			at = at.Add(time.Duration(random.ExpFloat64() * float64(20*time.Minute)))
			key := fmt.Sprint("key ", random.IntN(3))
			r, values := drawnRow(random, plan, key, at, row)
			got, err := k.take(r)
			if err != nil {
				t.Fatal(err)
			}
			for name, x := range values {
				if math.Abs(x) <= maxMagnitude {
					seen[key+name] = append(seen[key+name], observation{at, x})
				} else {
					values[name] = math.NaN()
				}
			}
			for i, s := range specs {
				want := found.expect(t, plan, i, values, key)
				if math.IsInf(want, 0) {
					want = expect(s, at, values, seen, key)
				}
				if d := math.Abs(got[i] - want); math.IsNaN(want) != math.IsNaN(got[i]) || d > recomputeTolerance*max(1, math.Abs(want)) {
					t.Fatalf("seed %d, row %d, %s (%+v) is %v, want %v", seed, row, names[i], s, got[i], want)
				}
				// Later features are about what was computed, so that a difference
				// in the last digit makes no tie of what is none.
				values[s.Name] = got[i]
				if !math.IsNaN(got[i]) {
					seen[key+s.Name] = append(seen[key+s.Name], observation{at, got[i]})
					compared[s.Type]++
				}
			}
		}
	}
	for _, name := range Types() {
		if compared[name] < int(drawn.Seeds(500)) {
			t.Errorf("%s had a value in %d rows only", name, compared[name])
		}
	}
}

// detectorsOf are the detectors of a test, by key and feature: each takes the values of its
// column once, in order. What they find is compared with River in package detect.
type detectorsOf map[string]*detect.Detector

// expect returns what feature i must be where it is about changes, else infinity.
func (f detectorsOf) expect(t *testing.T, plan *Plan, i int, values map[string]float64, key string) float64 {
	t.Helper()
	s := plan.specs[i]
	x := values[s.Of]
	if plan.kinds[i].reads != nil {
		if math.IsNaN(x) {
			return math.NaN()
		}
		d := f[key+s.Of]
		rows, mean := d.Window()
		return map[string]float64{"changes": float64(d.Changes()), "rows_since_change": float64(d.Since()), "current_rows": float64(rows), "current_mean": mean}[s.Type]
	}
	if !plan.isDetector(-i - 1) {
		return math.Inf(1)
	}
	if f[key+s.Name] == nil && !math.IsNaN(x) {
		d, err := detect.New(s.Type, s.Options)
		if err != nil {
			t.Fatal(err)
		}
		f[key+s.Name] = d
	}
	if math.IsNaN(x) || f[key+s.Name].Takes(x) != nil {
		return math.NaN()
	}
	return float64(f[key+s.Name].Add(x))
}

// expect returns what a feature must be.
func expect(s Spec, at time.Time, values map[string]float64, seen map[string][]observation, key string) float64 {
	switch {
	case s.Of != "" && math.IsNaN(values[s.Of]):
		return math.NaN()
	case s.Of != "":
		return plainly(s, seen[key+s.Of])
	case len(s.Parts) == 0:
		return plainClock(s.Type, at)
	}
	sum, any := 0.0, false
	for _, part := range s.Parts {
		if x := values[part]; !math.IsNaN(x) {
			sum, any = sum+x, true
		}
	}
	if !any {
		return math.NaN()
	}
	return sum
}

// TestHistoriesAreBounded: a window of time over more rows than maxRows has the
// last maxRows + 1 of them.
func TestHistoriesAreBounded(t *testing.T) {
	plan, err := NewPlan([]Spec{{Type: "count", Of: "x", Over: 1000 * time.Hour}, {Type: "lag", Of: "x", Rows: maxRows}})
	if err != nil {
		t.Fatal(err)
	}
	k := newKeyed(plan, Limits{})
	for i := range maxRows + 50 {
		got, err := k.take(Row{Time: int64(i), Values: []float64{float64(i)}})
		if err != nil {
			t.Fatal(err)
		}
		if want := float64(min(i, maxRows) + 1); got[0] != want {
			t.Fatalf("row %d counts %v rows, want %v", i, got[0], want)
		}
		if i >= maxRows && got[1] != float64(i-maxRows) {
			t.Fatalf("row %d has lag %v, want %v", i, got[1], i-maxRows)
		}
	}
}

// TestSurpriseKeepsTheExtremes: with more rows than are kept, the tail is still
// that of all rows.
func TestSurpriseKeepsTheExtremes(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 9))
	m := newSurprise(Spec{})
	var all []float64
	for i := range 15000 {
		x := random.NormFloat64()
		if i%500 == 0 {
			x *= 4
		}
		got := m.step(0, x)
		if i%100 == 0 {
			if want := plainSurprise(all, x); math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > recomputeTolerance {
				t.Fatalf("row %d: %v, want %v", i, got, want)
			}
		}
		all = append(all, x)
	}
}
