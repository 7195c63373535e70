package live

import (
	"context"
	"errors"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ErrNoWindow is wrapped when a project keeps no window.
var ErrNoWindow = errors.New("the project keeps no window, so it does not know how it was over time; set window in sml_learn")

// TileSummary is the statistics of one step of a window.
type TileSummary struct {
	// From and To bound the times of its rows; nil in a window of rows.
	From, To *time.Time
	Summary  *stats.Summary
}

// TilesOf returns the steps of the window that the project keeps, oldest first, as of
// now or a snapshot of at most that age. The error wraps ErrNoWindow when it keeps
// none. The summaries must not be changed.
func TilesOf(ctx context.Context, p *Project, age time.Duration) ([]TileSummary, error) {
	if err := p.home.start(ctx); err != nil {
		return nil, err
	}
	s, err := p.snapshots.within(age)
	if err != nil {
		return nil, err
	}
	ReadAsOf(ctx, s.taken)
	return s.tilesOf()
}

// tilesOf works the tiles out at their first use.
func (s *snapshot) tilesOf() ([]TileSummary, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tiles != nil {
		return s.tiles, nil
	}
	window := windowIn(s.whole)
	if window == nil {
		return nil, ErrNoWindow
	}
	out := []TileSummary{}
	for _, tile := range window.Tiles() {
		summary, err := project.SummaryOf(tile.Statistic)
		if err != nil {
			return nil, err
		}
		one := TileSummary{Summary: summary}
		if tile.From != tile.To {
			from, to := time.Unix(0, tile.From).UTC(), time.Unix(0, tile.To).UTC()
			one.From, one.To = &from, &to
		}
		out = append(out, one)
	}
	s.tiles = out
	return out, nil
}

// windowIn finds the window among the wrappers of statistics, nil when there is none.
func windowIn(a stats.Additive) stats.Tiled {
	switch w := a.(type) {
	case stats.Tiled:
		return w
	case stats.Parallel:
		for _, name := range w.Names() {
			if found := windowIn(w.Part(name)); found != nil {
				return found
			}
		}
	}
	return nil
}
