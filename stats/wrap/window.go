package wrap

import (
	"fmt"
	"math"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// WindowMaker makes windows over event time: the tile of Period that holds the
// newest row and the Tiles tiles before it. So a window holds at least the time
// that is asked for, Tiles times Period up to its newest row, and at most one
// tile more. It ends with rows, not with a clock, so that it is a function of the
// rows only; a row far ahead of all others does not move it, see windowEnd.
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
	late := int64(m.Tiles) + 1
	if m.Lateness > 0 {
		late = min(late, 1+int64((m.Lateness+m.Period-1)/m.Period))
	}
	return &Window{period: m.Period, tiles: m.Tiles, late: late, windowEnd: emptyEnd(), keyed: newKeyed[int64](m.Inner)}, nil
}

// Decode reads what Window.Encode wrote.
func (m WindowMaker) Decode(r *wire.Reader) (stats.Additive, error) {
	w, err := m.empty()
	if err != nil {
		return nil, err
	}
	period := r.Varint()
	ended := period == windowEnded
	if ended {
		period = r.Varint()
	}
	if period, tiles := time.Duration(period), int(r.Uvarint()); r.Err() == nil && (period != w.period || tiles != w.tiles) {
		return nil, fmt.Errorf("%w: stored window has %d tiles of %v, the settings %d of %v", stats.ErrIncompatible, tiles, period, w.tiles, w.period)
	}
	w.newest = r.Varint()
	w.second = w.newest // of bytes that do not hold it: the window ended there
	if ended {
		w.second = r.Varint()
	}
	if r.Err() == nil && w.second > w.newest {
		return nil, fmt.Errorf("%w: the second newest tile is %d, the newest %d", wire.ErrCorrupt, w.second, w.newest)
	}
	if err := w.decode(r, r.Varint); err != nil {
		return nil, err
	}
	for tile := range w.parts {
		if !w.holds(tile) {
			return nil, fmt.Errorf("%w: tile %d is not in the window that ends with %d", wire.ErrCorrupt, tile, w.last())
		}
	}
	return w, nil
}

// windowEnded is what the bytes begin with that hold the tiles of the two newest
// rows. It is not a period, with which they began before.
const windowEnded = -2

// Window keeps the rows of the newest tiles of event time. A row of an older
// tile goes to its tile while that is live and not too late, and is left out
// afterwards.
type Window struct {
	period time.Duration
	tiles  int
	late   int64 // how many of the newest tiles still take rows
	windowEnd
	keyed[int64]
}

var (
	_ stats.Additive  = (*Window)(nil)
	_ stats.Accepter  = (*Window)(nil)
	_ stats.Collapser = (*Window)(nil)
	_ stats.Fading    = (*Window)(nil)
	_ stats.Later     = (*Window)(nil)
	_ stats.Spanning  = (*Window)(nil)
	_ stats.Tiled     = (*Window)(nil)
)

// tile returns the tile of an event time in nanoseconds.
func (w *Window) tile(t int64) int64 { return floorDiv(t, int64(w.period)) }

// floorDiv rounds down and not towards 0, so times before 1970 have tiles of the
// same length.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// last returns the tile that the window ends with.
func (w *Window) last() int64 { return w.at(int64(w.tiles)) }

// live reports whether a tile counts.
func (w *Window) live(tile int64) bool { return w.holds(tile) && tile <= w.last() }

// holds reports whether a tile counts, or may count when the window moves on.
func (w *Window) holds(tile int64) bool {
	return w.newest != math.MinInt64 && tile <= w.newest && tile >= w.last()-int64(w.tiles)
}

// advance moves the end of the window and drops the tiles that fall out.
func (w *Window) advance(to windowEnd) {
	w.windowEnd = to
	for tile := range w.parts {
		if !w.holds(tile) {
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
	onTime, end := w.onTime(rows.Times)
	w.advance(end)
	return w.learn(layout, w.split(rows, func(i int) (int64, bool) {
		tile := w.tile(rows.Times[i])
		return tile, (onTime[i] || rows.Forgotten) && w.holds(tile)
	}))
}

// onTime says of each row in turn whether it comes early enough, and where the
// window ends after them.
func (w *Window) onTime(times []int64) ([]bool, windowEnd) {
	out, end := make([]bool, len(times)), w.windowEnd
	for i, t := range times {
		tile := w.tile(t)
		end.add(tile)
		out[i] = tile > end.at(int64(w.tiles))-w.late
	}
	return out, end
}

// Late says of each of the rows with these times, in order, whether it comes too
// late and would be left out; nil where none does. A row that is on time and that
// the window has left behind at the end of these rows is late, too: learned row by
// row it would count for a moment, but of rows that are learned together nobody
// ever sees it.
func (w *Window) Late(times []int64) []bool {
	late, end := w.onTime(times)
	oldest := end.at(int64(w.tiles)) - int64(w.tiles)
	some := false
	for i, ok := range late {
		late[i] = !ok || w.tile(times[i]) < oldest
		some = some || late[i]
	}
	if !some {
		return nil
	}
	return late
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
		return tile, w.holds(tile)
	}))
}

func (w *Window) checkTimes(rows *stats.Rows) error {
	if len(rows.Times) != rows.N {
		return fmt.Errorf("%w: a window needs the time of each row", stats.ErrIncompatible)
	}
	return nil
}

// InWords names the kind of statistic, for errors.
func (*Window) InWords() string { return "a window of time" }

func (w *Window) operand(other stats.Additive) (*Window, error) {
	o, ok := other.(*Window)
	if !ok {
		return nil, fmt.Errorf("%w: %s and %s", stats.ErrIncompatible, w.InWords(), stats.InWords(other))
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
	// merge copies the parts that it changes, so the map alone is copied here
	next := &Window{period: w.period, tiles: w.tiles, late: w.late, windowEnd: w.windowEnd, keyed: keyed[int64]{maker: w.maker, parts: map[int64]stats.Additive{}}}
	for tile, part := range w.parts {
		next.parts[tile] = part
	}
	if err := next.merge(&o.keyed); err != nil {
		return err
	}
	next.advance(w.merged(o.windowEnd))
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
		if w.holds(tile) {
			live.parts[tile] = part
		}
	}
	return w.subtract(&live)
}

// Scale multiplies every weight by f.
func (w *Window) Scale(f float64) error { return w.scale(f) }

// Clone returns a deep copy.
func (w *Window) Clone() stats.Additive {
	return &Window{period: w.period, tiles: w.tiles, late: w.late, windowEnd: w.windowEnd, keyed: w.clone()}
}

// counting returns the live tiles.
func (w *Window) counting() *keyed[int64] {
	if w.last() == w.newest {
		return &w.keyed
	}
	out := newKeyed[int64](w.maker)
	for tile, part := range w.parts {
		if w.live(tile) {
			out.parts[tile] = part
		}
	}
	return &out
}

// Weight returns the weight of the rows in live tiles.
func (w *Window) Weight() float64 { return w.counting().Weight() }

// Collapse returns the merge of the live tiles.
func (w *Window) Collapse() (stats.Additive, error) { return w.counting().collapse() }

// Current returns the merge of the live tiles.
func (w *Window) Current() (stats.Additive, error) { return w.Collapse() }

// Span returns the times from which and before which rows count, in nanoseconds
// since 1970; false before the first row. It is a tile longer than the window
// that was asked for, of which the newest tile is being filled.
func (w *Window) Span() (from, to int64, ok bool) {
	if w.newest == math.MinInt64 {
		return 0, 0, false
	}
	last := w.last()
	return (last - int64(w.tiles)) * int64(w.period), (last + 1) * int64(w.period), true
}

// Tiles returns the tiles that count.
func (w *Window) Tiles() []stats.Tile {
	var out []stats.Tile
	for _, tile := range w.keys() {
		if w.live(tile) {
			out = append(out, stats.Tile{From: tile * int64(w.period), To: (tile + 1) * int64(w.period), Statistic: w.parts[tile]})
		}
	}
	return out
}

// Encode appends a mark of the format, period, tiles, the tiles of the two newest
// rows and the parts.
func (w *Window) Encode(out *wire.Writer) {
	out.Varint(windowEnded)
	out.Varint(int64(w.period))
	out.Uvarint(uint64(w.tiles))
	out.Varint(w.newest)
	out.Varint(w.second)
	w.encode(out, out.Varint)
}
