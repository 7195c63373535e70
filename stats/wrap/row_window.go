package wrap

import (
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// RowWindowMaker makes windows over the last Rows rows, dropped in Tiles
// steps: at least Rows of the newest rows count. A tile is Rows/Tiles rows, rounded
// up; at most one tile more than Tiles of them count.
type RowWindowMaker struct {
	Inner stats.Maker
	Rows  int
	Tiles int
}

// New returns an empty window; rows or tiles out of range are an error.
func (m RowWindowMaker) New() (stats.Additive, error) {
	w, err := m.empty()
	if err != nil {
		return nil, err
	}
	return w, nil
}

func (m RowWindowMaker) empty() (*RowWindow, error) {
	if m.Tiles < 1 || m.Tiles > 10_000 {
		return nil, fmt.Errorf("window tiles is %d, want 1 to 10000", m.Tiles)
	}
	if m.Rows < m.Tiles {
		return nil, fmt.Errorf("window rows is %d, want at least its %d tiles", m.Rows, m.Tiles)
	}
	return &RowWindow{rows: m.Rows, tiles: m.Tiles, keyed: newKeyed[int64](m.Inner)}, nil
}

// Decode reads what RowWindow.Encode wrote.
func (m RowWindowMaker) Decode(r *wire.Reader) (stats.Additive, error) {
	w, err := m.empty()
	if err != nil {
		return nil, err
	}
	if rows, tiles := int(r.Uvarint()), int(r.Uvarint()); r.Err() == nil && (rows != w.rows || tiles != w.tiles) {
		return nil, fmt.Errorf("%w: stored window has %d rows in %d tiles, the settings %d in %d", stats.ErrIncompatible, rows, tiles, w.rows, w.tiles)
	}
	w.filled = int(r.Uvarint())
	if err := w.decode(r, r.Varint); err != nil {
		return nil, err
	}
	w.full = w.parts[int64(w.tiles)] != nil
	for age := range w.parts {
		if age > int64(w.tiles) || age < -math.MaxInt32 {
			return nil, fmt.Errorf("%w: tile of age %d in a window of %d", wire.ErrCorrupt, age, w.tiles)
		}
	}
	return w, nil
}

// RowWindow keeps the newest rows in tiles by age: 0 is the one being filled. Rows to
// forget (stats.Rows.Forgotten) are in tiles of their own, below 0.
// Which rows are the newest is a matter of one shard: merging two windows puts
// tiles of the same age together, so a merged window holds the newest rows of
// each.
type RowWindow struct {
	rows, tiles int
	filled      int // rows in the tile of age 0
	// full says that the oldest tile has been reached, so that rows may have been dropped. A
	// window of which no rows are taken away has a tile of that age then.
	full bool
	keyed[int64]
}

var (
	_ stats.Additive  = (*RowWindow)(nil)
	_ stats.Accepter  = (*RowWindow)(nil)
	_ stats.Collapser = (*RowWindow)(nil)
	_ stats.Fading    = (*RowWindow)(nil)
	_ stats.Tiled     = (*RowWindow)(nil)
	_ stats.Maker     = RowWindowMaker{}
)

// turn makes all tiles one older and drops what is too old.
func (w *RowWindow) turn() {
	next := make(map[int64]stats.Additive, len(w.parts))
	for age, part := range w.parts {
		if age < int64(w.tiles) {
			next[age+1] = part
		}
	}
	w.parts, w.filled = next, 0
	w.full = w.full || next[int64(w.tiles)] != nil
}

// Tiles returns the tiles that count, those of the oldest rows first.
func (w *RowWindow) Tiles() []stats.Tile {
	var out []stats.Tile
	ages := w.keys()
	slices.Reverse(ages)
	for _, age := range ages {
		out = append(out, stats.Tile{Statistic: w.parts[age]})
	}
	return out
}

// size returns how many rows make a tile.
func (w *RowWindow) size() int { return (w.rows + w.tiles - 1) / w.tiles }

// Learn adds the rows in order, tile after tile. Rows to forget are kept singly.
func (w *RowWindow) Learn(layout *stats.Layout, rows *stats.Rows) error {
	if err := rows.Validate(layout); err != nil {
		return err
	}
	if err := w.Accepts(layout, rows); err != nil {
		return err
	}
	if rows.Forgotten {
		return w.learnForgotten(layout, rows)
	}
	size := w.size()
	for from := 0; from < rows.N; {
		if w.filled >= size {
			w.turn()
		}
		to := min(rows.N, from+size-w.filled)
		piece := rows.Select(from, to)
		if err := w.learn(layout, map[int64]*stats.Rows{0: &piece}); err != nil {
			return err
		}
		w.filled += to - from
		from = to
	}
	return nil
}

// InWords names the kind of statistic, for errors.
func (*RowWindow) InWords() string { return "a window of rows" }

func (w *RowWindow) operand(other stats.Additive) (*RowWindow, error) {
	o, ok := other.(*RowWindow)
	if !ok {
		return nil, fmt.Errorf("%w: %s and %s", stats.ErrIncompatible, w.InWords(), stats.InWords(other))
	}
	if o.rows != w.rows || o.tiles != w.tiles {
		return nil, fmt.Errorf("%w: windows of %d rows in %d tiles and %d in %d", stats.ErrIncompatible, w.rows, w.tiles, o.rows, o.tiles)
	}
	return o, nil
}

// Scale multiplies every weight by f.
func (w *RowWindow) Scale(f float64) error { return w.scale(f) }

// Clone returns a deep copy.
func (w *RowWindow) Clone() stats.Additive {
	return &RowWindow{rows: w.rows, tiles: w.tiles, filled: w.filled, full: w.full, keyed: w.clone()}
}

// Collapse returns the merge of all tiles.
func (w *RowWindow) Collapse() (stats.Additive, error) { return w.collapse() }

// Current returns the merge of the tiles.
func (w *RowWindow) Current() (stats.Additive, error) { return w.collapse() }

// Encode appends rows, tiles, rows in the newest tile and the parts.
func (w *RowWindow) Encode(out *wire.Writer) {
	out.Uvarint(uint64(w.rows))
	out.Uvarint(uint64(w.tiles))
	out.Uvarint(uint64(w.filled))
	w.encode(out, out.Varint)
}
