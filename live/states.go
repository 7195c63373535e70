package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// A state is the statistics of a set of rows that has a name: one of the statistics that are kept side by side, those of a key, or one
// of these.
const (
	// partEarlier is the rows of the history that are not in the window.
	partEarlier = "earlier"
	// partOlder and partNewer are the two halves of the steps of the window.
	partOlder, partNewer = "older", "newer"
	// partShard begins the parts that are the rows of one shard, such as one that has been merged: "shard:merged/site".
	partShard = "shard:"
	// partProject begins the parts of other projects of the same cache and prefix: "project:baseline", "project:plant/window".
	partProject = "project:"
)

// summary returns the statistics that a part names.
func (k *asked) summary(ctx context.Context, s *snapshot, part string) (*stats.Summary, error) {
	switch {
	case strings.HasPrefix(part, PartKey):
		return k.keys.summary(ctx, part)
	case strings.HasPrefix(part, partShard):
		return k.snapshots.shard(strings.TrimPrefix(part, partShard))
	case strings.HasPrefix(part, partProject):
		return k.other(ctx, strings.TrimPrefix(part, partProject))
	}
	return s.part(part)
}

// other returns the statistics of another project.
func (k *asked) other(ctx context.Context, name string) (*stats.Summary, error) {
	name, part, _ := strings.Cut(name, "/")
	if strings.HasPrefix(part, partProject) {
		return nil, fmt.Errorf("part %s%.200s/%.200s: want no project behind a project", partProject, name, part)
	}
	if name == k.home.project {
		return nil, fmt.Errorf("part %s%s: want another project than the one that is asked", partProject, name)
	}
	settings := Settings{Project: name, Cache: k.home.cache, Prefix: k.home.prefix, Refresh: k.home.refresh, OnDemand: true}
	p, err := newProject(nil, settings, k.home.store, "part", k.home.observer)
	if err != nil {
		return nil, err
	}
	defer p.close(ctx)
	if err := p.keys.whole(ctx, part); err != nil {
		return nil, err
	}
	out, err := p.Summary(ctx, part)
	if err == nil && out.Weight() == 0 && len(p.schemas.current.Load().layout.Numeric)+len(p.schemas.current.Load().layout.Categorical) == 0 {
		err = fmt.Errorf("part %s%s: there is no project %q with prefix %q in cache %q", partProject, name, name, k.home.prefix, k.home.cache)
	}
	return out, err
}

// shard returns the statistics of one shard.
func (v *snapshots) shard(id string) (*stats.Summary, error) {
	var known []string
	for _, from := range v.shards.all() {
		if from.forgotten() {
			continue
		}
		if known = append(known, from.id); from.id != id {
			continue
		}
		whole, err := v.maker().New()
		if err != nil {
			return nil, err
		}
		var failed error
		from.view(func(a stats.Additive) {
			if a, failed = v.shards.underTypes(v.maker(), a); failed == nil {
				failed = whole.Merge(a)
			}
		})
		if failed != nil {
			return nil, fmt.Errorf("shard %q: %w", id, failed)
		}
		return project.SummaryOf(whole)
	}
	slices.Sort(known)
	const told = 10
	return nil, fmt.Errorf("unknown shard %q (there are %s)", id, strings.Join(known[:min(len(known), told)], ", "))
}

// derived are the parts that are worked out of those that are kept.
func (s *snapshot) derived(name string) (*stats.Summary, error) {
	switch name {
	case partOlder, partNewer:
		tiles, err := s.tilesOf()
		if err != nil {
			return nil, err
		}
		if len(tiles) < 2 {
			return nil, fmt.Errorf("part %s: %w: %d, want at least 2", name, errTooFewSteps, len(tiles))
		}
		half := len(tiles) / 2
		if name == partOlder {
			return mergedTiles(tiles[:half])
		}
		return mergedTiles(tiles[half:])
	}
	history, err := s.part(project.PartHistory)
	if err != nil {
		return nil, fmt.Errorf("part %s: %w", name, err)
	}
	window, err := s.part(project.PartWindow)
	if err != nil {
		return nil, fmt.Errorf("part %s: %w", name, err)
	}
	out, ok := history.Clone().(*stats.Summary)
	if !ok {
		return nil, fmt.Errorf("part %s: the history is no summary", name)
	}
	if err := out.Subtract(window); err != nil {
		return nil, fmt.Errorf("part %s: %w", name, err)
	}
	return out, nil
}

// mergedTiles adds up steps of a window, at least one.
func mergedTiles(tiles []TileSummary) (*stats.Summary, error) {
	out, ok := tiles[0].Summary.Clone().(*stats.Summary)
	if !ok {
		return nil, errors.New("a step of the window is no summary")
	}
	for _, tile := range tiles[1:] {
		if err := out.Merge(tile.Summary); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// compared returns the two states that a question compares: the one that is asked and its reference. Where they are not named they
// are the window and the rows before it, the decayed rows and all, or the halves of the window, whichever the project keeps.
func (k *asked) compared(ctx context.Context, s *snapshot, part, reference string) (two explore.Two, err error) {
	kept := []string{}
	if b, ok := s.whole.(stats.Parallel); ok {
		kept = b.Names()
	}
	has := func(name string) bool { return slices.Contains(kept, name) }
	hasWindow := windowIn(s.whole) != nil
	if part == "" && reference == "" && hasWindow && !has(project.PartHistory) {
		part, reference = partNewer, partOlder
	}
	if part == "" {
		switch {
		case has(project.PartWindow):
			part = project.PartWindow
		case has(project.PartDecay):
			part = project.PartDecay
		}
	}
	if reference == "" {
		switch {
		case part == project.PartWindow && has(project.PartHistory):
			reference = partEarlier
		case part == partEarlier:
			reference = project.PartWindow
		case part == partNewer:
			reference = partOlder
		case part == partOlder:
			reference = partNewer
		case part == project.PartHistory && len(kept) > 1:
			return two, errHistoryContains
		case strings.HasPrefix(part, partShard):
			return k.withoutShard(ctx, s, part)
		case part == project.PartDecay || has(project.PartHistory) && part != project.PartHistory:
			reference = project.PartHistory
		case part == "" || part == project.PartHistory:
			return two, errNothingToCompare
		}
	}
	if part == reference {
		return two, fmt.Errorf("reference: %q is what it is compared with, want another state", reference)
	}
	if err := errors.Join(k.keys.whole(ctx, part), k.keys.whole(ctx, reference)); err != nil {
		return two, err
	}
	if two.Recent, err = k.summary(ctx, s, part); err != nil {
		return two, err
	}
	if two.Reference, err = k.summary(ctx, s, reference); err != nil {
		return two, fmt.Errorf("reference: %w", err)
	}
	two.RecentName, two.ReferenceName = orMain(part), orMain(reference)
	if hasWindow {
		if two.Tiles, err = s.tileSummaries(); err != nil {
			return two, err
		}
	}
	return two, nil
}

// tileSummaries are the statistics of the steps of the window.
func (s *snapshot) tileSummaries() (out []*stats.Summary, err error) {
	tiles, err := s.tilesOf()
	for _, tile := range tiles {
		out = append(out, tile.Summary)
	}
	return out, err
}

// withoutShard compares a shard with the rows of all others.
func (k *asked) withoutShard(ctx context.Context, s *snapshot, part string) (two explore.Two, err error) {
	if two.Recent, err = k.summary(ctx, s, part); err != nil {
		return two, err
	}
	whole, err := k.snapshots.without(strings.TrimPrefix(part, partShard))
	if err != nil {
		return two, err
	}
	two.Reference, err = project.SummaryOf(whole)
	two.RecentName, two.ReferenceName = part, "other shards"
	return two, err
}

// errTooFewSteps is wrapped where a window is too young, or has run empty.
var errTooFewSteps = errors.New("too few steps of the window have rows")

// checkStates returns an error where the names of two states cannot be right, whatever a project keeps.
func checkStates(part, reference string) error {
	for i, name := range []string{part, reference} {
		field := [2]string{"part", "reference"}[i]
		inner, ofProject := strings.CutPrefix(name, partProject)
		if ofProject {
			_, inner, _ = strings.Cut(inner, "/")
		}
		switch {
		case ofProject && strings.HasPrefix(inner, partProject):
			return fmt.Errorf("%s: %.200q has a project behind a project, want one", field, name)
		case strings.HasPrefix(name, partShard), strings.HasPrefix(name, PartKey), ofProject:
		case !slices.Contains([]string{"", project.PartHistory, project.PartWindow, project.PartDecay, partEarlier, partOlder, partNewer}, name):
			return fmt.Errorf("%s: unknown part %.200q (there are history, window, decay, earlier, older, newer, and shard:, key: and project: with a name)", field, name)
		}
	}
	if part != "" && part == reference {
		return fmt.Errorf("reference: %.200q is what it is compared with, want another state", reference)
	}
	return nil
}

// errHistoryContains says that the other statistics are among those of the history.
var errHistoryContains = errors.New("the history contains the rows of the other states, want a state as `reference`, or part earlier")

// errNothingToCompare says what would give a question a second state.
var errNothingToCompare = errors.New("the project keeps one set of statistics, want another state as `reference` (shard:, key: or project: and a name), or `window` in sml_learn, with `beside: true` to keep the history too")

// orMain is the name of a part for an answer.
func orMain(part string) string {
	if part == "" {
		return "all rows"
	}
	return part
}
