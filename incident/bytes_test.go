package incident

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// goldenRows is how many rows the state of the golden file has taken.
const goldenRows = 113

// goldenState has open and closed incidents, alarms that may open one and remembered rows.
func goldenState() (*State, *Rules) {
	rules := &Rules{Open: Opening{Alarms: 3, Rows: 6}, Close: Closing{Rows: 4, Quiet: 30 * time.Second}, MaxKeys: 10, Replay: 40, Closed: 5}
	rng, s, now := rand.New(rand.NewPCG(7, 7)), newState(), int64(1_700_000_000)
	for i := range goldenRows {
		row := drawRow(rng.IntN, &now, int64(i))
		row.Time *= int64(time.Second)
		row.HasOffset = i%9 != 0
		s.Take(rules, Seed("pumps", "t/3"), &row)
	}
	return s, rules
}

// TestGoldenState pins the bytes of a state, and reads them as what they are.
func TestGoldenState(t *testing.T) {
	s, _ := goldenState()
	if c := s.Counts(); c.Open == 0 || len(s.keys) <= c.Open || len(s.closed) == 0 || s.answers.Len() != 40 {
		t.Fatalf("%+v of %d keys, %d closed, %d answers: the file would show too little", c, len(s.keys), len(s.closed), s.answers.Len())
	}
	golden.Check(t, "state_v1_all.bin", []byte(golden.Encoded(s)))
	stored, err := os.ReadFile(filepath.Join("testdata", "state_v1_all.bin"))
	if err != nil {
		t.Fatal(err)
	}
	r := wire.NewReader(stored)
	back, err := codec{}.Decode(r)
	if err != nil || r.Close() != nil {
		t.Fatal(err, r.Close())
	}
	if golden.Encoded(back) != string(stored) || back.open != s.open {
		t.Error("what is read is not written as it was")
	}
}

// TestUnknownVersion: a later format is refused as one.
func TestUnknownVersion(t *testing.T) {
	if _, err := (codec{}).Decode(wire.NewReader([]byte{stateVersion + 1, 0, 0})); !errors.Is(err, wire.ErrUnknownVersion) {
		t.Errorf("error is %v", err)
	}
}

// FuzzDecode: whatever the bytes are, reading them fails or gives a state that is written
// as these bytes and takes rows.
func FuzzDecode(f *testing.F) {
	s, rules := goldenState()
	whole := golden.Encoded(s)
	f.Add([]byte(whole))
	f.Add([]byte(golden.Encoded(newState())))
	for i := 0; i < len(whole); i += 97 {
		broken := []byte(whole)
		broken[i] ^= 1 << (i % 8)
		f.Add(broken)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := wire.NewReader(data)
		s, err := codec{}.Decode(r)
		if err == nil {
			err = r.Close()
		}
		if err != nil {
			return
		}
		if golden.Encoded(s) != string(data) {
			t.Fatal("what was read is written as other bytes")
		}
		rng, now := rand.New(rand.NewPCG(1, 2)), s.last
		for i := range 20 {
			row := drawRow(rng.IntN, &now, int64(i))
			a := s.Take(rules, 1, &row)
			a.Events("n", "s")
		}
		s.Incidents("n", "s")
	})
}
