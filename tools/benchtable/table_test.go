package main

import (
	"strings"
	"testing"
)

// output is what go test prints for benchmarks, shortened.
const output = `goos: linux
pkg: example.org/stats
BenchmarkLearn/d=9/rank1         	 1983015	       100.0 ns/op	  10000000 rows/s
BenchmarkLearn/d=9/double        	 2181115	        80.0 ns/op	  12500000 rows/s	         1.25 x-rank1	       0 B/op	       0 allocs/op
BenchmarkMerge64                 	     159	   7845126 ns/op	  716272 B/op	     582 allocs/op
BenchmarkBroken
PASS
ok  	example.org/stats	3.131s
`

func parsed(t *testing.T, outputs ...string) measurements {
	t.Helper()
	m := measurements{}
	for _, o := range outputs {
		if err := m.parse("stats", []byte(o)); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func TestParse(t *testing.T) {
	m := parsed(t, output)
	for _, c := range []struct {
		name, benchmark, unit string
		want                  float64
		known                 bool
	}{
		{name: "time", benchmark: "stats/Learn/d=9/rank1", unit: "ns/op", want: 100, known: true},
		{name: "own metric", benchmark: "stats/Learn/d=9/double", unit: "x-rank1", want: 1.25, known: true},
		{name: "allocations", benchmark: "stats/Merge64", unit: "allocs/op", want: 582, known: true},
		{name: "a name without figures", benchmark: "stats/Broken", unit: "ns/op"},
		{name: "another suite", benchmark: "noasm/Merge64", unit: "ns/op"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ok := m.median(c.benchmark, c.unit); got != c.want || ok != c.known {
				t.Errorf("got %v and %v, want %v and %v", got, ok, c.want, c.known)
			}
		})
	}
}

func TestParseRefusesWhatIsNoNumber(t *testing.T) {
	if err := (measurements{}).parse("stats", []byte("BenchmarkX 10 fast ns/op\n")); err == nil {
		t.Error("no error for the value fast")
	}
}

func TestMedianOfRounds(t *testing.T) {
	slow := strings.Replace(output, "12500000", "1000000", 1)
	fast := strings.Replace(output, "12500000", "13000000", 1)
	m := parsed(t, fast, slow, output)
	if got, _ := m.median("stats/Learn/d=9/double", "rows/s"); got != 12.5e6 {
		t.Errorf("median %v, want 12.5e6, the middle of the three rounds", got)
	}
}

func TestRow(t *testing.T) {
	m := parsed(t, output)
	for _, c := range []struct {
		name string
		goal goal
		want string
	}{
		{
			name: "met",
			goal: goal{what: "learn", benchmark: "stats/Learn/d=9/double", unit: "rows/s", want: 12e6, noAllocation: true, ratio: "x-rank1"},
			want: "| learn | at least 12 M rows/s, no allocation | 12.5 M rows/s | 1.25 x rank1 | yes |\n",
		},
		{
			name: "missed, as it is too slow",
			goal: goal{what: "merge", benchmark: "stats/Merge64", unit: "ns/op", want: 3e6, atMost: true},
			want: "| merge | at most 3 ms | 7.85 ms |  | **no** |\n",
		},
		{
			name: "missed, as it allocates",
			goal: goal{what: "merge", benchmark: "stats/Merge64", unit: "ns/op", want: 9e6, atMost: true, noAllocation: true},
			want: "| merge | at most 9 ms, no allocation | 7.85 ms, 582 allocations |  | **no** |\n",
		},
		{
			name: "missed, as allocations are not known",
			goal: goal{what: "rank 1", benchmark: "stats/Learn/d=9/rank1", unit: "ns/op", want: 300, atMost: true, noAllocation: true},
			want: "| rank 1 | at most 300 ns, no allocation | 100 ns |  | **no** |\n",
		},
		{
			name: "no goal",
			goal: goal{what: "rank 1", benchmark: "stats/Learn/d=9/rank1", unit: "ns/op"},
			want: "| rank 1 |  | 100 ns |  |  |\n",
		},
		{
			name: "not measured",
			goal: goal{what: "other", benchmark: "stats/Other", unit: "ns/op", want: 300, atMost: true},
			want: "| other | at most 300 ns | not measured | | |\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.goal.row(m); got != c.want {
				t.Errorf("got  %swant %s", got, c.want)
			}
		})
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		value      float64
		unit, want string
	}{
		{value: 350e3, unit: "rows/s", want: "350 k rows/s"},
		{value: 1234567, unit: "rows/s", want: "1.23 M rows/s"},
		{value: 648.4, unit: "ns/op", want: "648 ns"},
		{value: 1059, unit: "ns/op", want: "1.06 µs"},
		{value: 123921, unit: "stored-bytes", want: "0.124 MB"},
		{value: 23.04, unit: "x-map", want: "23 x map"},
		{value: 12345, unit: "things", want: "12300 things"},
	} {
		if got := format(c.value, c.unit); got != c.want {
			t.Errorf("%v %s: got %q, want %q", c.value, c.unit, got, c.want)
		}
	}
}

// TestGoals: what a goal names is run by a suite.
func TestGoals(t *testing.T) {
	known := map[string]bool{}
	for _, s := range suites() {
		known[s.name] = true
	}
	for _, g := range goals() {
		suite, _, _ := strings.Cut(g.benchmark, "/")
		if g.value == nil && !known[suite] {
			t.Errorf("%s: no suite %q", g.what, suite)
		}
		if g.unit == "" {
			t.Errorf("%s: no unit", g.what)
		}
	}
}
