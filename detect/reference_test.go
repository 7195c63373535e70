package detect

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// reference is one case of tools/reference/changes.py: what River 0.26 found in a
// stream, and of STEPD, which River does not have, what the paper's formula gives with
// SciPy.
type reference struct {
	Detector string
	Options  map[string]any
	Stream   stream
	Changes  []int
	Warnings []int // first positions and lengths
	Width    uint64
	Mean     float64
}

// levels are what is to be said of each of n values.
func (c *reference) levels(n int) []Level {
	out := make([]Level, n)
	for i := 0; i < len(c.Warnings); i += 2 {
		for k := range c.Warnings[i+1] {
			out[c.Warnings[i]+k] = Warning
		}
	}
	for _, i := range c.Changes {
		out[i] = Change
	}
	return out
}

// TestReference: every detector says of every value of every stream what River says.
func TestReference(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []reference
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	changes, warnings, values := map[string]int{}, map[string]int{}, 0
	for i := range cases {
		c := &cases[i]
		t.Run(fmt.Sprint(c.Detector, "/", c.Stream.Seed), func(t *testing.T) {
			d, err := New(c.Detector, c.Options)
			if err != nil {
				t.Fatal(err)
			}
			numbers := c.Stream.values(t)
			want, found := c.levels(len(numbers)), make([]Level, len(numbers))
			for at, x := range numbers {
				if err := d.Takes(x); err != nil {
					t.Fatalf("value %d: %v", at, err)
				}
				found[at] = d.Add(x)
				if found[at] != want[at] {
					t.Fatalf("%v: level %d at %d, want %d", c.Options, found[at], at, want[at])
				}
			}
			if d.Changes() != uint64(len(c.Changes)) {
				t.Errorf("%d changes, want %d", d.Changes(), len(c.Changes))
			}
			if n, mean := d.Window(); c.Detector == "adwin" && (n != c.Width || math.Abs(mean-c.Mean) > 1e-12*math.Abs(c.Mean)) {
				t.Errorf("window of %d values with mean %v, want %d with %v", n, mean, c.Width, c.Mean)
			}
			values += len(found)
			changes[c.Detector] += len(c.Changes)
			for _, level := range want {
				if level == Warning {
					warnings[c.Detector]++
				}
			}
		})
	}
	t.Logf("%d streams with %d values: changes %v, warnings %v", len(cases), values, changes, warnings)
	for _, name := range Names() {
		if changes[name] < 20 {
			t.Errorf("%s: only %d changes are compared", name, changes[name])
		}
	}
	if !slices.Equal(Names(), slices.Compact(detectorsOf(cases))) {
		t.Errorf("compared are %v, want %v", slices.Compact(detectorsOf(cases)), Names())
	}
}

func detectorsOf(cases []reference) (out []string) {
	for i := range cases {
		out = append(out, cases[i].Detector)
	}
	return out
}
