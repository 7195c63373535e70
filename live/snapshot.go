package live

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// snapshot is the merge of all shards at one moment; nothing changes it.
type snapshot struct {
	whole   stats.Additive
	summary *stats.Summary
	rows    int64 // rows learned in this process when it was taken
	taken   time.Time
	shards  []ShardInfo

	mu       sync.Mutex
	parts    map[string]*stats.Summary // of Part
	evidence *model.Evidence

	answers answers
}

// modelEvidence returns what models are built from.
func (s *snapshot) modelEvidence() (*model.Evidence, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.evidence == nil {
		e, err := evidenceOf(s.whole)
		if err != nil {
			return nil, err
		}
		e.Summary = s.summary
		s.evidence = e
	}
	return s.evidence, nil
}

// part returns the summary of one of the statistics that are kept side by
// side; the empty name means the main one.
func (s *snapshot) part(name string) (*stats.Summary, error) {
	if name == "" {
		return s.summary, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.parts[name]; known != nil {
		return known, nil
	}
	b, ok := s.whole.(*wrap.Beside)
	if !ok || b.Part(name) == nil {
		kept := "it keeps one set of statistics only"
		if ok {
			kept = "it keeps " + strings.Join(b.Names(), ", ")
		}
		return nil, fmt.Errorf("unknown part %q (%s)", name, kept)
	}
	out, err := summaryOf(b.Part(name))
	if err != nil {
		return nil, err
	}
	if s.parts == nil {
		s.parts = map[string]*stats.Summary{}
	}
	s.parts[name] = out
	return out, nil
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

// drop makes whoever asks next get a new one.
func (v *snapshots) drop() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.current = nil
}

// Summary returns the statistics of all rows that count: at most Refresh old
// and at most a tenth behind in rows. Part names one of the statistics that
// are kept side by side, such as PartWindow, or PartKey and a key; empty means
// the main one. The result must not be changed.
func (p *Project) Summary(ctx context.Context, part string) (*stats.Summary, error) {
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	s, err := p.snapshot(youngGrowth)
	if err != nil {
		return nil, err
	}
	return p.summaryOfPart(ctx, s, part)
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
	s, err := p.mergeAll(rows)
	if err != nil {
		return nil, fmt.Errorf("snapshot of project %q: %w", p.settings.Project, err)
	}
	p.view.current, p.view.outdated = s, false
	return s, nil
}

// snapshotWithin returns the current one when it is at most that old, else one
// that lacks nothing.
func (p *Project) snapshotWithin(age time.Duration) (*snapshot, error) {
	p.view.mu.Lock()
	if s := p.view.current; s != nil && p.now().Sub(s.taken) < age {
		p.view.mu.Unlock()
		return s, nil
	}
	p.view.mu.Unlock()
	return p.snapshot(0)
}

// mergeAll merges the shards that are open here, live, and those of other
// processes as they were read last.
func (p *Project) mergeAll(rows int64) (*snapshot, error) {
	whole, err := p.maker.New()
	if err != nil {
		return nil, err
	}
	s := &snapshot{rows: rows, taken: p.now()}
	mine := map[string]bool{}
	var gone []stats.Additive
	others := p.others.Load().Shards()
	taken := map[string]uint64{} // versions of other processes
	for _, other := range others {
		taken[other.ID] = other.Version
	}
	for _, shard := range p.openShards() {
		if taken[shard.ID()] > shard.Version() {
			continue // another process has it now
		}
		mine[shard.ID()] = true
		var failed error
		shard.View(func(a stats.Additive, _ *state.Positions) {
			s.shards = append(s.shards, ShardInfo{ID: shard.ID(), Rows: a.Weight(), Version: shard.Version(), Live: true})
			if strings.HasPrefix(shard.ID(), project.ForgetPrefix) {
				gone = append(gone, a.Clone())
				return
			}
			failed = whole.Merge(a)
		})
		if failed != nil {
			return nil, fmt.Errorf("shard %q: %w", shard.ID(), failed)
		}
	}
	for _, other := range others {
		if mine[other.ID] || strings.HasPrefix(other.ID, project.FrozenPrefix) {
			continue
		}
		s.shards = append(s.shards, ShardInfo{ID: other.ID, Rows: other.Content.Weight(), Version: other.Version})
		if strings.HasPrefix(other.ID, project.ForgetPrefix) {
			gone = append(gone, other.Content)
			continue
		}
		if err := whole.Merge(other.Content); err != nil {
			return nil, fmt.Errorf("shard %q: %w", other.ID, err)
		}
	}
	for _, g := range gone {
		if err := whole.Subtract(g); err != nil {
			p.observer.Warn(fmt.Sprintf("project %q: rows that were to be forgotten are not among those learned, and stay: %v", p.settings.Project, err))
		}
	}
	s.whole = population(whole)
	if s.summary, err = summaryOf(whole); err != nil {
		return nil, err
	}
	p.notePatterns(s.summary)
	return s, nil
}

// summaryOf reads the main summary of a tower of statistics.
func summaryOf(a stats.Additive) (*stats.Summary, error) {
	for {
		switch v := a.(type) {
		case *stats.Summary:
			return v, nil
		case *wrap.Beside:
			a = v.Part(v.Names()[0])
		default:
			inner, err := collapse(a)
			if err != nil {
				return nil, err
			}
			a = inner
		}
	}
}

// collapse returns the merge of the parts of a wrapper.
func collapse(a stats.Additive) (stats.Additive, error) {
	c, ok := a.(stats.Collapser)
	if !ok {
		return nil, fmt.Errorf("no summary in a %T", a)
	}
	return c.Collapse()
}

// private returns a copy of the newest statistics for the caller to learn rows
// into that have no times: that of the main ones below window and decay.
func (p *Project) private() (stats.Additive, error) {
	s, err := p.snapshot(0)
	if err != nil {
		return nil, err
	}
	for a := s.whole; ; {
		switch v := a.(type) {
		case *stats.Summary, *wrap.Folds, *wrap.Partition, *wrap.Framed:
			return a.Clone(), nil
		case *wrap.Beside:
			a = v.Part(v.Names()[0])
		default:
			if a, err = collapse(a); err != nil {
				return nil, err
			}
		}
	}
}
