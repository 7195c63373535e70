package wrap

import (
	"fmt"
	"math"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// WindowMaker makes windows over event time: the newest Tiles tiles of Period
// each. The window ends with the newest row seen, not with a clock, so that it
// is a function of the rows only.
type WindowMaker struct {
	Inner  stats.Maker
	Period time.Duration
	Tiles  int
	// Lateness is how far behind the newest row so far a row may be, rounded
	// up to whole tiles; 0 means as far as the window reaches. A bound below
	// that makes what is kept depend on the order of the rows.
	Lateness time.Duration
}

// New returns an empty window; a period or number of tiles out of range is an error.
func (m WindowMaker) New() (stats.Additive, error) {
	w, err := m.empty()
	if err != nil {
		return nil, err
	}
	return w, nil
}

func (m WindowMaker) empty() (*Window, error) {
	if m.Period < time.Millisecond {
		return nil, fmt.Errorf("window period is %v, want 1ms or more", m.Period)
	}
	if m.Tiles < 1 || m.Tiles > 10_000 {
		return nil, fmt.Errorf("window tiles is %d, want 1 to 10000", m.Tiles)
	}
	if m.Lateness < 0 {
		return nil, fmt.Errorf("window lateness is %v, want 0 or more", m.Lateness)
	}
	late := int64(m.Tiles)
	if m.Lateness > 0 {
		late = min(late, 1+int64((m.Lateness+m.Period-1)/m.Period))
	}
	return &Window{period: m.Period, tiles: m.Tiles, late: late, newest: math.MinInt64, keyed: newKeyed[int64](m.Inner)}, nil
}

// Decode reads what Window.Encode wrote.
func (m WindowMaker) Decode(r *wire.Reader) (stats.Additive, error) {
	w, err := m.empty()
	if err != nil {
		return nil, err
	}
	if period, tiles := time.Duration(r.Varint()), int(r.Uvarint()); r.Err() == nil && (period != w.period || tiles != w.tiles) {
		return nil, fmt.Errorf("%w: stored window has %d tiles of %v, the settings %d of %v", stats.ErrIncompatible, tiles, period, w.tiles, w.period)
	}
	w.newest = r.Varint()
	if err := w.decode(r, r.Varint); err != nil {
		return nil, err
	}
	for tile := range w.parts {
		if !w.live(tile) {
			return nil, fmt.Errorf("%w: tile %d is not in the window that ends with %d", wire.ErrCorrupt, tile, w.newest)
		}
	}
	return w, nil
}

// Window keeps the rows of the newest tiles of event time. A row of an older
// tile goes to its tile while that is live and not too late, and is left out
// afterwards.
type Window struct {
	period time.Duration
	tiles  int
	late   int64 // how many of the newest tiles still take rows
	newest int64 // tile of the newest row, math.MinInt64 before the first
	keyed[int64]
}

var (
	_ stats.Additive  = (*Window)(nil)
	_ stats.Accepter  = (*Window)(nil)
	_ stats.Collapser = (*Window)(nil)
	_ stats.Fading    = (*Window)(nil)
)

// tile returns the tile of an event time in nanoseconds.
func (w *Window) tile(t int64) int64 { return floorDiv(t, int64(w.period)) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func (w *Window) live(tile int64) bool { return tile <= w.newest && tile > w.newest-int64(w.tiles) }

// advance moves the end of the window and drops the tiles that fall out.
func (w *Window) advance(newest int64) {
	if newest <= w.newest {
		return
	}
	w.newest = newest
	for tile := range w.parts {
		if !w.live(tile) {
			delete(w.parts, tile)
		}
	}
}

// Learn adds the rows, which must have times, to their tiles.
func (w *Window) Learn(layout *stats.Layout, rows *stats.Rows) error {
	if err := rows.Validate(layout); err != nil {
		return err
	}
	if err := w.Accepts(layout, rows); err != nil {
		return err
	}
	newest := w.newest
	onTime := make([]bool, rows.N)
	for i, t := range rows.Times {
		tile := w.tile(t)
		newest = max(newest, tile)
		onTime[i] = tile > newest-w.late
	}
	w.advance(newest)
	return w.learn(layout, w.split(rows, func(i int) (int64, bool) {
		tile := w.tile(rows.Times[i])
		return tile, onTime[i] && w.live(tile)
	}))
}

// Accepts refuses rows without times, and asks all tiles.
func (w *Window) Accepts(layout *stats.Layout, rows *stats.Rows) error {
	if err := w.checkTimes(rows); err != nil {
		return err
	}
	return w.keyed.Accepts(layout, rows)
}

// Forget takes the rows from their tiles; those of tiles that are gone are
// forgotten already.
func (w *Window) Forget(layout *stats.Layout, rows *stats.Rows) error {
	if err := rows.Validate(layout); err != nil {
		return err
	}
	if err := w.checkTimes(rows); err != nil {
		return err
	}
	return w.forget(layout, w.split(rows, func(i int) (int64, bool) {
		tile := w.tile(rows.Times[i])
		return tile, w.live(tile)
	}))
}

func (w *Window) checkTimes(rows *stats.Rows) error {
	if len(rows.Times) != rows.N {
		return fmt.Errorf("%w: a window needs the time of each row", stats.ErrIncompatible)
	}
	return nil
}

func (w *Window) operand(other stats.Additive) (*Window, error) {
	o, ok := other.(*Window)
	if !ok {
		return nil, fmt.Errorf("%w: a window and a %T", stats.ErrIncompatible, other)
	}
	if o.period != w.period || o.tiles != w.tiles {
		return nil, fmt.Errorf("%w: windows of %d tiles of %v and %d of %v", stats.ErrIncompatible, w.tiles, w.period, o.tiles, o.period)
	}
	return o, nil
}

// Merge adds the other window's live tiles; the newer end counts.
func (w *Window) Merge(other stats.Additive) error {
	o, err := w.operand(other)
	if err != nil {
		return err
	}
	next := &Window{period: w.period, tiles: w.tiles, late: w.late, newest: w.newest, keyed: keyed[int64]{maker: w.maker, parts: map[int64]stats.Additive{}}}
	for tile, part := range w.parts {
		next.parts[tile] = part
	}
	if err := next.merge(&o.keyed); err != nil {
		return err
	}
	next.advance(o.newest)
	for tile := range next.parts {
		if !next.live(tile) {
			delete(next.parts, tile)
		}
	}
	*w = *next
	return nil
}

// Subtract takes away what the other window has in tiles that are live here.
func (w *Window) Subtract(other stats.Additive) error {
	o, err := w.operand(other)
	if err != nil {
		return err
	}
	live := newKeyed[int64](w.maker)
	for tile, part := range o.parts {
		if w.live(tile) {
			live.parts[tile] = part
		}
	}
	return w.subtract(&live)
}

// Scale multiplies every weight by f.
func (w *Window) Scale(f float64) error { return w.scale(f) }

// Clone returns a deep copy.
func (w *Window) Clone() stats.Additive {
	return &Window{period: w.period, tiles: w.tiles, late: w.late, newest: w.newest, keyed: w.clone()}
}

// Collapse returns the merge of the live tiles.
func (w *Window) Collapse() (stats.Additive, error) { return w.collapse() }

// Current returns the merge of the live tiles.
func (w *Window) Current() (stats.Additive, error) { return w.collapse() }

// Encode appends period, tiles, newest tile and the parts.
func (w *Window) Encode(out *wire.Writer) {
	out.Varint(int64(w.period))
	out.Uvarint(uint64(w.tiles))
	out.Varint(w.newest)
	w.encode(out, out.Varint)
}
