package features

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

var update = flag.Bool("update", false, "write the golden file of the newest lists of features")

// TestGoldenPlans pins the payload of the record of the lists of features, and reads it
// as the lists in their order.
func TestGoldenPlans(t *testing.T) {
	ctx, store := t.Context(), state.NewMemory()
	var known []*Plan
	log := newPlanLog(store, "sml.f.features")
	for _, rows := range []int{3, 5} {
		p, err := NewPlan([]Spec{{Name: "before", Type: "lag", Of: "x"}, {Name: "mean", Type: "mean", Of: "x", Rows: rows}})
		if err != nil {
			t.Fatal(err)
		}
		if err := log.put(ctx, known, p); err != nil {
			t.Fatal(err)
		}
		known = append(known, p)
	}
	r, err := log.journal.Resolve(ctx)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "plans_v1_two.bin")
	if *update {
		if err := os.WriteFile(path, r.Payload, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want := goldenFile(t, "plans_v1_two.bin"); !bytes.Equal(r.Payload, want) {
		t.Errorf("payload is\n%s, want\n%s", r.Payload, want)
	}
	back, err := log.load(ctx)
	if err != nil || len(back) != 2 || back[0].mark != known[0].mark || back[1].mark != known[1].mark {
		t.Errorf("read %d lists, error %v, want the two in their order", len(back), err)
	}
}

// TestDamagedPlans: what is no record of lists of features is said to be corrupt or of
// another version.
func TestDamagedPlans(t *testing.T) {
	for name, c := range map[string]struct {
		payload string
		want    error
	}{
		"no JSON":         {payload: "{", want: wire.ErrCorrupt},
		"another version": {payload: `{"version":2}`, want: wire.ErrUnknownVersion},
		"unknown type":    {payload: `{"version":1,"plans":[[{"name":"a","type":"nosuch","of":"x"}]]}`, want: wire.ErrCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			log := newPlanLog(state.NewMemory(), "sml.f.features")
			if _, err := log.journal.Write(t.Context(), 0, []byte(c.payload)); err != nil {
				t.Fatal(err)
			}
			if _, err := log.load(t.Context()); !errors.Is(err, c.want) {
				t.Errorf("error is %v, want %v", err, c.want)
			}
		})
	}
}
