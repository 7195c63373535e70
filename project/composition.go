package project

import (
	"fmt"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/keyed"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// Composition says which statistics a project keeps, from the rows up. It is
// stored with the project: everything that decoding, merging or answering
// depends on is in it.
type Composition struct {
	// Summary are the settings of each summary.
	Summary stats.SummaryOptions
	// Partition names an attribute by whose values there is a summary each.
	Partition string
	// Folds is the number of folds for cross-validation, 0 for none.
	Folds int
	// Window keeps what is recent; Decay lets old rows weigh less. Beside says
	// that the whole history is kept as well.
	Window Window
	Decay  Decay
	// Entities keeps a statistic per key besides, when it is on.
	Entities Entities
}

// Window is one of time (Period) or of rows (Rows), in Tiles tiles.
type Window struct {
	Period time.Duration
	Rows   int
	Tiles  int
	// Lateness is how late a row may come, 0 for as long as the window is. Only
	// learning depends on it, so it is not stored.
	Lateness time.Duration
	// Ahead is how far the time of a row may be ahead of the clock, 0 for
	// DefaultAhead. It is a matter of learning, and not stored.
	Ahead  time.Duration
	Beside bool
}

// DefaultAhead is how far the time of a row may be ahead of the clock unless
// Window.Ahead or Decay.Ahead says otherwise.
const DefaultAhead = time.Minute

// Decay halves the weight of a row every HalfLife.
type Decay struct {
	HalfLife time.Duration
	// Ahead is as Window.Ahead.
	Ahead  time.Duration
	Beside bool
}

// Entities says what a project keeps per key.
type Entities struct {
	// On says that something is kept; all messages must have a key then.
	On bool
	// Resident bounds the keys of a shard in memory; 0 means
	// DefaultEntitiesResident. It is a matter of the process, and not stored.
	Resident int
	// HistogramBins bounds the bins of each histogram of a key; 0 for none.
	HistogramBins int
	// Pairs keeps a full summary per key, so that models that need pairs of
	// attributes can be built per key.
	Pairs bool
}

// DefaultEntitiesResident is used when Entities.Resident is zero.
const DefaultEntitiesResident = keyed.DefaultResident

// Names of statistics that are kept side by side.
const (
	PartHistory = "history"
	PartWindow  = "window"
	PartDecay   = "decay"
)

// NeedsTime reports whether rows must have event times.
func (c *Composition) NeedsTime() bool { return c.Window.Period > 0 || c.Decay.HalfLife > 0 }

// Ahead returns how far the time of a row may be ahead of the clock: the less
// that the window and the decay which are kept allow. It is 0 when rows need no
// times.
func (c *Composition) Ahead() time.Duration {
	var least time.Duration
	consider := func(on bool, ahead time.Duration) {
		if ahead == 0 {
			ahead = DefaultAhead
		}
		if on && (least == 0 || ahead < least) {
			least = ahead
		}
	}
	consider(c.Window.Period > 0, c.Window.Ahead)
	consider(c.Decay.HalfLife > 0, c.Decay.Ahead)
	return least
}

// Maker returns the maker of the statistics, which count in the binnings; nil
// means only in those that they have already. Settings out of range are an error
// that names field and value.
func (c *Composition) Maker(binnings *wrap.BinningSet) (stats.Maker, error) {
	return c.over(stats.SummaryMaker{Options: c.Summary}, binnings)
}

// over returns the maker of the statistics over the summaries that base makes.
func (c *Composition) over(base stats.Maker, binnings *wrap.BinningSet) (stats.Maker, error) {
	if c.Partition != "" {
		base = wrap.PartitionMaker{Inner: base, Attribute: c.Partition}
	}
	if c.Folds != 0 {
		base = wrap.FoldsMaker{Inner: base, K: c.Folds}
	}
	base = wrap.BinnedMaker{Inner: base, Binnings: binnings}
	names, parts, err := c.recent(base)
	if err != nil {
		return nil, err
	}
	maker := base
	switch {
	case len(parts) == 1 && names[0] != PartHistory:
		maker = parts[0]
	case len(parts) > 1:
		maker = wrap.ParallelMaker{Names: names, Parts: parts}
	}
	if maker, err = c.Entities.over(maker, c.Summary); err != nil {
		return nil, err
	}
	if _, err := maker.New(); err != nil {
		return nil, err
	}
	return maker, nil
}

// recent returns the statistics to keep side by side, the main one first.
func (c *Composition) recent(base stats.Maker) (names []string, parts []stats.Maker, err error) {
	if err := c.checkRecent(); err != nil {
		return nil, nil, err
	}
	window, decay := c.Window.on(), c.Decay.HalfLife > 0
	if (!window || c.Window.Beside) && (!decay || c.Decay.Beside) {
		names, parts = append(names, PartHistory), append(parts, base)
	}
	add := func(name string, maker stats.Maker, main bool) {
		if main {
			names, parts = append([]string{name}, names...), append([]stats.Maker{maker}, parts...)
			return
		}
		names, parts = append(names, name), append(parts, maker)
	}
	if window {
		add(PartWindow, c.Window.maker(base), !c.Window.Beside)
	}
	if decay {
		add(PartDecay, wrap.DecayMaker{Inner: base, HalfLife: c.Decay.HalfLife}, !c.Decay.Beside)
	}
	return names, parts, nil
}

func (c *Composition) checkRecent() error {
	w := &c.Window
	switch {
	case w.Period > 0 && w.Rows > 0:
		return fmt.Errorf("window: both period %v and rows %d are given", w.Period, w.Rows)
	case w.Period > 0 && w.Period/time.Duration(max(w.Tiles, 1)) < time.Millisecond:
		return fmt.Errorf("window period is %v in %d tiles, want 1ms or more for each", w.Period, w.Tiles)
	case w.Lateness != 0 && w.Period == 0:
		return fmt.Errorf("window: lateness is %v, but only a window of time (period) has one", w.Lateness)
	case w.Ahead < 0:
		return fmt.Errorf("window: ahead is %v, want 0 or more", w.Ahead)
	case c.Decay.Ahead < 0:
		return fmt.Errorf("decay: ahead is %v, want 0 or more", c.Decay.Ahead)
	case w.Lateness > w.Period:
		return fmt.Errorf("window: lateness %v is longer than the period %v", w.Lateness, w.Period)
	case w.on() && c.Decay.HalfLife > 0 && !w.Beside && !c.Decay.Beside:
		return fmt.Errorf("window and decay both replace the history: set `beside: true` for one of them")
	}
	return nil
}

func (w *Window) on() bool { return w.Period > 0 || w.Rows > 0 }

func (w *Window) maker(base stats.Maker) stats.Maker {
	tiles := max(w.Tiles, 1)
	if w.Rows > 0 {
		return wrap.RowWindowMaker{Inner: base, Rows: w.Rows, Tiles: tiles}
	}
	return wrap.WindowMaker{Inner: base, Period: w.Period / time.Duration(tiles), Tiles: tiles, Lateness: w.Lateness}
}

// over returns the maker of inner with the statistics of keys beside it.
func (e *Entities) over(inner stats.Maker, summary stats.SummaryOptions) (stats.Maker, error) {
	if !e.On {
		return inner, nil
	}
	if e.Resident < 0 {
		return nil, fmt.Errorf("entities: resident is %d, want at least 1", e.Resident)
	}
	m := keyed.Maker{Inner: inner, Resident: e.Resident, Each: stats.SlimMaker{HistogramBins: e.HistogramBins}}
	if e.Pairs {
		if e.HistogramBins != 0 {
			summary.HistogramBins = e.HistogramBins
		}
		m.Each = stats.SummaryMaker{Options: summary}
	}
	if _, err := m.Each.New(); err != nil {
		return nil, fmt.Errorf("entities: %w", err)
	}
	return m, nil
}
