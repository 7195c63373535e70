package live

import (
	"fmt"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// Tower says which statistics a project keeps, from the rows up.
type Tower struct {
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
	// Lateness is how late a row may come, 0 for as long as the window is.
	Lateness time.Duration
	Beside   bool
}

// Decay halves the weight of a row every HalfLife.
type Decay struct {
	HalfLife time.Duration
	Beside   bool
}

// Names of statistics that are kept side by side.
const (
	PartHistory = "history"
	PartWindow  = "window"
	PartDecay   = "decay"
)

// NeedsTime reports whether rows must have event times.
func (t *Tower) NeedsTime() bool { return t.Window.Period > 0 || t.Decay.HalfLife > 0 }

// Maker returns the maker of the tower; settings out of range are an error.
func (t *Tower) Maker() (stats.Maker, error) { return t.maker(nil) }

// maker returns the maker of the tower, whose statistics count in the frames;
// nil means only in those that they have already.
func (t *Tower) maker(frames *wrap.FrameSet) (stats.Maker, error) {
	var foot stats.Maker = stats.SummaryMaker{Options: t.Summary}
	if t.Partition != "" {
		foot = wrap.PartitionMaker{Inner: foot, Attribute: t.Partition}
	}
	if t.Folds != 0 {
		foot = wrap.FoldsMaker{Inner: foot, K: t.Folds}
	}
	foot = wrap.FramedMaker{Inner: foot, Frames: frames}
	names, parts, err := t.recent(foot)
	if err != nil {
		return nil, err
	}
	maker := foot
	switch {
	case len(parts) == 1 && names[0] != PartHistory:
		maker = parts[0]
	case len(parts) > 1:
		maker = wrap.BesideMaker{Names: names, Parts: parts}
	}
	if maker, err = t.Entities.over(maker, t.Summary); err != nil {
		return nil, err
	}
	if _, err := maker.New(); err != nil {
		return nil, err
	}
	return maker, nil
}

// recent returns the statistics to keep side by side, the main one first.
func (t *Tower) recent(foot stats.Maker) (names []string, parts []stats.Maker, err error) {
	window, decay := t.Window.Period > 0 || t.Window.Rows > 0, t.Decay.HalfLife > 0
	switch {
	case t.Window.Period > 0 && t.Window.Rows > 0:
		return nil, nil, fmt.Errorf("window: both period %v and rows %d are given", t.Window.Period, t.Window.Rows)
	case t.Window.Period > 0 && t.Window.Period/time.Duration(max(t.Window.Tiles, 1)) < time.Millisecond:
		return nil, nil, fmt.Errorf("window period is %v in %d tiles, want 1ms or more for each", t.Window.Period, t.Window.Tiles)
	case t.Window.Lateness != 0 && t.Window.Period == 0:
		return nil, nil, fmt.Errorf("window: lateness is %v, but only a window of time (period) has one", t.Window.Lateness)
	case t.Window.Lateness > t.Window.Period:
		return nil, nil, fmt.Errorf("window: lateness %v is longer than the period %v", t.Window.Lateness, t.Window.Period)
	case window && decay && !t.Window.Beside && !t.Decay.Beside:
		return nil, nil, fmt.Errorf("window and decay both replace the history: set `beside: true` for one of them")
	case (!window || t.Window.Beside) && (!decay || t.Decay.Beside):
		names, parts = append(names, PartHistory), append(parts, foot)
	}
	add := func(name string, maker stats.Maker, main bool) {
		if main {
			names, parts = append([]string{name}, names...), append([]stats.Maker{maker}, parts...)
			return
		}
		names, parts = append(names, name), append(parts, maker)
	}
	if window {
		add(PartWindow, t.windowMaker(foot), !t.Window.Beside)
	}
	if decay {
		add(PartDecay, wrap.DecayMaker{Inner: foot, HalfLife: t.Decay.HalfLife}, !t.Decay.Beside)
	}
	return names, parts, nil
}

func (t *Tower) windowMaker(foot stats.Maker) stats.Maker {
	tiles := max(t.Window.Tiles, 1)
	if t.Window.Rows > 0 {
		return wrap.RowWindowMaker{Inner: foot, Rows: t.Window.Rows, Tiles: tiles}
	}
	return wrap.WindowMaker{Inner: foot, Period: t.Window.Period / time.Duration(tiles), Tiles: tiles, Lateness: t.Window.Lateness}
}
