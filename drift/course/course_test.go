package course

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// TestCourseBytes: a drawn course reads back as it was, and damaged bytes are errors.
func TestCourseBytes(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 4))
		c := &Course{}
		h := Hysteresis{Begin: 1 + r.IntN(3), End: 1 + r.IntN(3)}
		for now := range int64(r.IntN(30)) {
			if event := c.Step(h, r.IntN(2) == 0, r.IntN(5) > 0, now*1e9); event != "" {
				c.Tell(r.Uint64(), now, Told{Event: event, Body: []byte(`{"x":1}`)})
			}
			c.Mark, c.Last = r.Uint64(), []byte("{}")
		}
		var w wire.Writer
		c.Encode(&w)
		back, err := Codec().Decode(wire.NewReader(w.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Last) == 0 {
			c.Last = back.Last
		}
		if !reflect.DeepEqual(back, c) {
			t.Fatalf("%+v, want %+v", back, c)
		}
		for i := range w.Bytes() {
			damaged := append([]byte{}, w.Bytes()...)
			damaged[i] ^= byte(1 + r.IntN(255))
			_, _ = Codec().Decode(wire.NewReader(damaged)) // no panic
			if _, err := Codec().Decode(wire.NewReader(damaged[:i])); err == nil {
				t.Fatalf("the first %d bytes are read", i)
			}
		}
	}
}

// TestHysteresis: a status changes after so many verdicts in succession, and dates from the first of them.
func TestHysteresis(t *testing.T) {
	c, h := &Course{}, Hysteresis{Begin: 2, End: 3}
	for i, step := range []struct {
		drift, ready bool
		event        string
		status       Status
		since        int64
	}{
		{false, false, "", WarmingUp, 0}, {true, true, "", Stable, 1}, {false, true, "", Stable, 1}, {true, true, "", Stable, 1}, {true, true, begun, Drifting, 3},
		{false, true, "", Drifting, 3}, {false, false, "", Drifting, 3}, {false, true, "", Drifting, 3}, {false, true, ended, Stable, 5},
	} {
		if event := c.Step(h, step.drift, step.ready, int64(i)); event != step.event || c.Status != step.status || c.Since != step.since {
			t.Errorf("step %d: event %q, status %s since %d, want %+v", i, event, c.Status, c.Since, step)
		}
	}
}
