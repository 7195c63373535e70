package live

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestEntitiesByInterval: with durability interval a process that is gone
// without a last word loses what was not stored, of the keys as of all rows, and
// the source delivers it again: each row counts once.
func TestEntitiesByInterval(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	settings := entitySettings(10, false)
	settings.Learn.Durable, settings.Learn.Every = false, time.Hour
	random := rand.New(rand.NewPCG(3, 4))
	const keys, rows = 40, 6000
	topic := machineRows(random, 0, rows, keys)
	for process := range 4 {
		p := openEntities(t, store, settings)
		for from := 0; from < rows && from < (process+1)*rows/3; from += 250 {
			batch := append([]Message(nil), topic[from:from+250]...)
			if err := p.Learn(ctx, batch); err != nil {
				t.Fatal(err)
			}
			if from%1000 == 0 {
				if err := p.Flush(ctx); err != nil {
					t.Fatal(err)
				}
			}
		}
		// No Close: what came after the last Flush is gone with the process.
	}
	reading := entitySettings(10, false)
	reading.Learn = nil
	p := openEntities(t, store, reading)
	last := openEntities(t, store, settings)
	if err := last.Learn(ctx, append([]Message(nil), topic...)); err != nil {
		t.Fatal(err)
	}
	if err := last.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{}
	for _, m := range topic {
		want[m.Key]++
	}
	for key := range keys {
		name := fmt.Sprint("m", key)
		for who, q := range map[string]*Project{"learner": last, "reader": p} {
			own, err := q.Keys().Of(ctx, name)
			if err != nil || own == nil {
				t.Fatalf("%s: %s is %v (%v)", who, name, own, err)
			}
			if own.Weight() != want[name] {
				t.Errorf("%s: %s has %v rows, want %v", who, name, own.Weight(), want[name])
			}
		}
	}
}
