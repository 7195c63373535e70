package live_test

import (
	"context"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

// TestClosedProjectRereads: a project that is closed here says what another process has
// learned since, once its refresh interval has passed; while the store does not answer
// it says what it said before, and it never writes.
func TestClosedProjectRereads(t *testing.T) {
	ctx, memory := context.Background(), state.NewMemory()
	store := &statetest.Broken{Store: memory}
	table := live.NewTable()
	s := settings(true)
	s.Refresh, s.Learn.Models = time.Millisecond, nil
	here, err := table.Open(new(live.Scope), s, store, "here", &silent{})
	if err != nil {
		t.Fatal(err)
	}
	row := func(i int64) live.Message {
		return live.Message{Data: []byte(`{"x":1}`), Shard: "t/0", Offset: i, HasOffset: true}
	}
	learnAll(t, here.Project(), []live.Message{row(0), row(1)})
	if err := here.Close(ctx); err != nil {
		t.Fatal(err)
	}
	says := func() float64 {
		p, err := table.Answering(ctx, "p")
		if err != nil {
			t.Fatal(err)
		}
		all, err := p.Summary(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		return all.Weight()
	}
	eventually := func(want float64) {
		t.Helper()
		deadline := time.After(10 * time.Second)
		for says() != want {
			select {
			case <-deadline:
				t.Fatalf("it says %v rows, want %v", says(), want)
			case <-time.After(2 * time.Millisecond): // the interval, by the clock of the project
			}
		}
	}
	if got := says(); got != 2 {
		t.Errorf("after it was closed: %v rows, want 2", got)
	}
	other, _ := open(t, memory, s)
	learnAll(t, other.Project(), []live.Message{row(2), row(3), row(4)})
	eventually(5)
	store.Break("", "")
	learnAll(t, other.Project(), []live.Message{row(5)})
	if got := says(); got != 5 {
		t.Errorf("while the store is gone: %v rows, want 5", got)
	}
	store.Mend()
	eventually(6)
}
