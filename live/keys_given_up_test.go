package live

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

// TestKeysOfAGivenUpState: a process writes pages of keys and cannot write the
// record that names them, another one takes the shards over, and then the first one
// writes what it thinks is left to write. The pages that it had replaced are those
// that the other's records name: no key is lost.
func TestKeysOfAGivenUpState(t *testing.T) {
	ctx := context.Background()
	broken := &statetest.Broken{Store: state.NewMemory()}
	const keys, rows = 200, 4000
	topic := machineRows(rand.New(rand.NewPCG(5, 6)), 0, rows, keys)
	learn := func(ctx context.Context, p *Project, from, to int) error {
		return p.Learn(ctx, append([]Message(nil), topic[from:to]...))
	}
	first := openEntities(t, broken, entitySettings(20, false))
	for from := 0; from < 3000; from += 250 {
		if err := learn(ctx, first, from, from+250); err != nil {
			t.Fatal(err)
		}
	}
	broken.Break("add", ".shard.")
	stopped, stop := context.WithTimeout(ctx, 100*time.Millisecond)
	defer stop()
	if err := learn(stopped, first, 3000, 3500); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("rows whose records cannot be written: %v, want %v", err, context.DeadlineExceeded)
	}
	broken.Mend()
	second := openEntities(t, broken, entitySettings(20, false))
	if err := learn(ctx, second, 3500, 3505); err != nil { // so few that no page is written anew
		t.Fatal(err)
	}
	if err := first.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	within, cancel := context.WithTimeout(ctx, 30*time.Second) // a page that is gone is waited for
	defer cancel()
	if err := learn(within, second, 3000, rows); err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{}
	for _, m := range topic {
		want[m.Key]++
	}
	for key := range keys {
		name := fmt.Sprint("m", key)
		own, err := second.Keys().Of(ctx, name)
		if err != nil || own == nil || own.Weight() != want[name] {
			t.Fatalf("%s is %v (error %v), want %v rows", name, own, err, want[name])
		}
	}
}
