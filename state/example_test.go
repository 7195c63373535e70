package state_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// tally is a content: it counts the rows of a source and adds their values up.
type tally struct {
	rows uint64
	sum  float64
}

// Encode writes both numbers.
func (t *tally) Encode(w *wire.Writer) {
	w.Uvarint(t.rows)
	w.Float64(t.sum)
}

// tallies is the codec of tally.
type tallies struct{}

// New returns an empty tally.
func (tallies) New() (*tally, error) { return &tally{}, nil }

// Decode reads what Encode wrote.
func (tallies) Decode(r *wire.Reader) (*tally, error) {
	t := &tally{rows: r.Uvarint(), sum: r.Float64()}
	return t, r.Err()
}

// A shard takes each position once, whoever delivers it again, and a process
// that starts later finds both the content and the positions.
func Example() {
	ctx, store, base := context.Background(), state.NewMemory(), "sml.shuttle"
	rows := []float64{20, 21, 24}
	learn := func(positions []int64) {
		shard, err := state.OpenShard(ctx, store, base, "sensors/0", tallies{}, state.ShardOptions{Durable: true})
		if err != nil {
			fmt.Println(err)
			return
		}
		replays, err := shard.Learn(ctx, len(positions), positions, func(t *tally, fresh []int) error {
			for _, i := range fresh {
				t.rows++
				t.sum += rows[positions[i]]
			}
			return nil
		})
		shard.View(func(t *tally, p *state.Positions) {
			fmt.Printf("%d replays, version %d: %d rows, sum %v, %d positions (error %v)\n", replays, shard.Version(), t.rows, t.sum, p.Count(), err)
		})
	}
	learn([]int64{0, 1})
	learn([]int64{1, 2}) // a restart, and the input delivers position 1 again
	// Output:
	// 0 replays, version 1: 2 rows, sum 41, 2 positions (error <nil>)
	// 1 replays, version 2: 3 rows, sum 65, 3 positions (error <nil>)
}

// Of two writers of one version one is fenced.
func ExampleJournal() {
	ctx, store := context.Background(), state.NewMemory()
	options := state.JournalOptions{Kind: wire.KindModels}
	a, b := state.NewJournal(store, "sml.p.models", options), state.NewJournal(store, "sml.p.models", options)
	version, err := a.Write(ctx, 0, []byte("of a"))
	fmt.Println(version, err)
	_, err = b.Write(ctx, 0, []byte("of b"))
	fmt.Println(errors.Is(err, state.ErrFenced))
	record, err := b.Load(ctx)
	fmt.Printf("version %d is %q (error %v)\n", record.Version, record.Payload, err)
	// Output:
	// 1 <nil>
	// true
	// version 1 is "of a" (error <nil>)
}

// A reader follows what other processes write, without writing anything.
func ExampleShardReader() {
	ctx, store := context.Background(), state.NewMemory()
	reader := state.NewShardReader(store, "sml.p", tallies{})
	for i, id := range []string{"sensors/0", "sensors/1"} {
		shard, err := state.OpenShard(ctx, store, "sml.p", id, tallies{}, state.ShardOptions{Durable: true})
		if err != nil {
			fmt.Println(err)
			return
		}
		_, err = shard.Learn(ctx, i+1, nil, func(t *tally, fresh []int) error {
			t.rows += uint64(len(fresh))
			return nil
		})
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := reader.Refresh(ctx); err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range reader.Shards() {
		fmt.Printf("%s, version %d: %d rows\n", s.ID, s.Version, s.Content.rows)
	}
	// Output:
	// sensors/0, version 1: 1 rows
	// sensors/1, version 1: 2 rows
}

// Positions are sets of offsets, kept as intervals.
func ExamplePositions() {
	var p state.Positions
	if err := p.AddRange(100, 199); err != nil {
		fmt.Println(err)
		return
	}
	for _, offset := range []int64{200, 150, 300} {
		fmt.Println(offset, p.Add(offset))
	}
	fmt.Println(p.Intervals(), p.Count(), p.Unseen())
	// Output:
	// 200 true
	// 150 false
	// 300 true
	// [{100 200} {300 300}] 102 99
}

// A directory lists shards in the order of their registration.
func ExampleDirectory() {
	ctx := context.Background()
	d := state.NewDirectory(state.NewMemory(), "sml.p")
	for _, id := range []string{"sensors/1", "sensors/0", "sensors/1"} {
		if err := d.Register(ctx, id); err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := d.End(ctx, "sensors/1"); err != nil {
		fmt.Println(err)
		return
	}
	entries, err := d.List(ctx)
	fmt.Println(entries, err)
	// Output:
	// [{sensors/1 true} {sensors/0 false}] <nil>
}
