package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// snapshot is the merge of all shards at one moment; nothing changes it.
type snapshot struct {
	whole   stats.Additive
	summary *stats.Summary
	rows    int64 // rows learned in this process when it was taken
	taken   time.Time
	shards  []ShardInfo
}

// snapshots keeps the current one.
type snapshots struct {
	mu       sync.Mutex
	current  *snapshot
	outdated bool // another process has learned
}

func (v *snapshots) outdate() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.outdated = true
}

// Summary returns the statistics of all rows: at most Refresh old and at most
// a tenth behind in rows. It must not be changed.
func (p *Project) Summary(ctx context.Context) (*stats.Summary, error) {
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	s, err := p.snapshot(youngGrowth)
	if err != nil {
		return nil, err
	}
	return s.summary, nil
}

// snapshot returns one that lacks at most a share growth of the rows.
func (p *Project) snapshot(growth float64) (*snapshot, error) {
	p.view.mu.Lock()
	defer p.view.mu.Unlock()
	rows := p.rows.Load()
	if s := p.view.current; s != nil {
		missing := float64(rows - s.rows)
		old := p.now().Sub(s.taken) >= p.settings.Refresh
		if missing <= growth*s.summary.Weight() && (!old || missing == 0 && !p.view.outdated) {
			return s, nil
		}
	}
	s, err := p.take(rows)
	if err != nil {
		return nil, fmt.Errorf("snapshot of project %q: %w", p.settings.Project, err)
	}
	p.view.current, p.view.outdated = s, false
	return s, nil
}

// take merges the shards that are open here, live, and those of other
// processes as they were read last.
func (p *Project) take(rows int64) (*snapshot, error) {
	whole, err := p.maker.New()
	if err != nil {
		return nil, err
	}
	s := &snapshot{rows: rows, taken: p.now()}
	mine := map[string]bool{}
	for _, shard := range p.openShards() {
		mine[shard.ID()] = true
		var failed error
		shard.View(func(a stats.Additive, positions *state.Positions) {
			failed = whole.Merge(a)
			s.shards = append(s.shards, ShardInfo{ID: shard.ID(), Rows: rowsOf(a), Version: shard.Version(), Live: true})
		})
		if failed != nil {
			return nil, fmt.Errorf("shard %q: %w", shard.ID(), failed)
		}
	}
	for _, other := range p.others.Shards() {
		if mine[other.ID] {
			continue
		}
		if err := whole.Merge(other.Statistics); err != nil {
			return nil, fmt.Errorf("shard %q: %w", other.ID, err)
		}
		s.shards = append(s.shards, ShardInfo{ID: other.ID, Rows: rowsOf(other.Statistics), Version: other.Version})
	}
	s.whole = whole
	s.summary, err = summaryOf(whole)
	return s, err
}

// summaryOf reads the main summary of a tower of statistics.
func summaryOf(a stats.Additive) (*stats.Summary, error) {
	for {
		switch v := a.(type) {
		case *stats.Summary:
			return v, nil
		case *stats.Beside:
			a = v.Part(v.Names()[0])
		case stats.Collapser:
			inner, err := v.Collapse()
			if err != nil {
				return nil, err
			}
			a = inner
		default:
			return nil, fmt.Errorf("no summary in a %T", a)
		}
	}
}

func rowsOf(a stats.Additive) float64 {
	s, err := summaryOf(a)
	if err != nil {
		return 0
	}
	return s.Weight()
}

// privateSummary returns a copy of the newest statistics for the caller to
// learn into.
func (p *Project) privateSummary() (*stats.Summary, error) {
	s, err := p.snapshot(0)
	if err != nil {
		return nil, err
	}
	c, ok := s.summary.Clone().(*stats.Summary)
	if !ok {
		return nil, fmt.Errorf("project %q keeps no summary", p.settings.Project)
	}
	return c, nil
}
