package features

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Overview is what a shard of the state of features holds, as far as it can be told
// without its features.
type Overview struct {
	ID      string `json:"id"`
	Version uint64 `json:"version"`
	// Rows is the number of rows that the state contains, Keys that of the keys in its
	// record; those that were not used for long are in pages beside it.
	Rows uint64 `json:"rows"`
	Keys int    `json:"keys"`
	// Positions are the positions of these rows as intervals, both ends included.
	Positions [][2]int64 `json:"positions"`
}

// Look reads what is stored under a base key, shard by shard, and changes nothing. None
// is no error. The error wraps state.ErrStore, wire.ErrCorrupt or wire.ErrUnknownVersion.
func Look(ctx context.Context, store state.Store, base string) ([]Overview, error) {
	reader := state.NewShardReader(store, base, header{})
	if err := reader.Refresh(ctx); err != nil {
		return nil, fmt.Errorf("read features %q: %w", base, err)
	}
	out := []Overview{}
	for _, s := range reader.Shards() {
		if s.Version == 0 {
			continue
		}
		o := Overview{ID: s.ID, Version: s.Version, Rows: s.Content.rows, Keys: s.Content.keys, Positions: [][2]int64{}}
		for _, v := range s.Positions.Intervals() {
			o.Positions = append(o.Positions, [2]int64{v.First, v.Last})
		}
		out = append(out, o)
	}
	return out, nil
}

// counts are the numbers at the beginning of a state.
type counts struct {
	rows uint64
	keys int
}

// Encode writes nothing: what was looked at is not written.
func (*counts) Encode(*wire.Writer) {}

// header reads the beginning of a state and skips the rest.
type header struct{}

var _ state.Codec[*counts] = header{}

// New returns the counts of an empty state.
func (header) New() (*counts, error) { return &counts{}, nil }

// Decode reads what Encode of a state wrote, up to its keys.
func (header) Decode(r *wire.Reader) (*counts, error) {
	if version := r.Byte(); r.Err() == nil && version != keyedVersion {
		return nil, fmt.Errorf("%w: %d, this build reads %d", wire.ErrUnknownVersion, version, keyedVersion)
	}
	r.Uint64() // the mark of the features
	out := &counts{rows: r.Uvarint(), keys: r.Count(1)}
	r.Rest()
	return out, r.Err()
}
