package live

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/account"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// snapshot is the merge of all shards at one moment; nothing changes it.
// mu guards parts and evidence, which are worked out at their first use.
type snapshot struct {
	whole   stats.Additive // what adds up
	withAll stats.Additive // the same with the pools of models beside it
	summary *stats.Summary
	rows    int64 // rows learned in this process when it was taken
	taken   time.Time
	shards  []ShardInfo
	// inexact are the digits that are right, by attribute, where rows that were
	// forgotten leave few
	inexact map[string]int

	mu       sync.Mutex
	parts    map[string]*stats.Summary // of part
	tiles    []TileSummary             // of tilesOf, nil before the first use
	evidence *model.Evidence

	answers answers
}

// modelEvidence returns what models are built from.
func (s *snapshot) modelEvidence() (*model.Evidence, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.evidence == nil {
		e, err := evidenceOf(s.withAll)
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
	known := s.parts[name]
	s.mu.Unlock()
	if known != nil {
		return known, nil
	}
	work := s.kept
	if name == partEarlier || name == partOlder || name == partNewer {
		work = s.derived
	}
	out, err := work(name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parts == nil {
		s.parts = map[string]*stats.Summary{}
	}
	s.parts[name] = out
	return out, nil
}

// kept returns the summary of one of the statistics that are kept side by side.
func (s *snapshot) kept(name string) (*stats.Summary, error) {
	kept := "it keeps one set of statistics only"
	var part stats.Additive
	if b, ok := s.whole.(stats.Parallel); ok {
		part, kept = b.Part(name), "it keeps "+strings.Join(b.Names(), ", ")
	}
	if part == nil {
		return nil, fmt.Errorf("unknown part %q (%s)", name, kept)
	}
	return project.SummaryOf(part)
}

// private returns a copy of the statistics for the caller to learn rows into
// that have no times: that of the main ones below window and decay.
// Rows of a batch are new, so a window need not move to hold them.
func (s *snapshot) private() (stats.Additive, error) {
	for a := s.whole; ; {
		switch w := a.(type) {
		case stats.Parallel:
			a = w.Part(w.Names()[0])
		case stats.Fading:
			inner, err := w.Current()
			if err != nil {
				return nil, err
			}
			a = inner
		default:
			return a.Clone(), nil
		}
	}
}

// snapshots keeps the current snapshot and takes the next.
// mu is held while a snapshot is taken: callers that come meanwhile wait and share
// it instead of merging the shards again.
type snapshots struct {
	home   *home
	maker  func() stats.Maker
	shards *shards
	limits *limits

	mu       sync.Mutex
	current  *snapshot
	outdated bool              // another process has learned
	said     map[string]uint64 // versions of shards of which it was said that they cannot be forgotten
	// saidInexact are the attributes of which it was said that digits have been lost
	saidInexact map[string]int
}

// outdate makes the next snapshot be taken when the current one is old, though
// this process has learned nothing.
func (v *snapshots) outdate() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.outdated = true
}

// drop makes the next snapshot be taken at once.
func (v *snapshots) drop() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.current = nil
}

// get returns a snapshot that lacks at most a share growth of the rows.
// A growth of 0 asks for everything that this process has learned, and so does an
// exact project whatever the growth.
func (v *snapshots) get(growth float64) (*snapshot, error) {
	if v.home.exact.Load() {
		growth = 0
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	rows := v.shards.learned.Load()
	if s := v.current; s != nil {
		missing := float64(rows - s.rows)
		old := v.home.now().Sub(s.taken) >= v.home.refresh
		if missing <= growth*s.summary.Weight() && (!old || missing == 0 && !v.outdated) {
			return s, nil
		}
	}
	s, err := v.take(rows)
	if err != nil {
		return nil, fmt.Errorf("snapshot of project %q: %w", v.home.project, err)
	}
	v.current, v.outdated = s, false
	return s, nil
}

// within returns the current one when it is at most that old, else one that
// lacks nothing.
func (v *snapshots) within(age time.Duration) (*snapshot, error) {
	v.mu.Lock()
	if s := v.current; s != nil && v.home.now().Sub(s.taken) < age && !v.home.exact.Load() {
		v.mu.Unlock()
		return s, nil
	}
	v.mu.Unlock()
	return v.get(0)
}

// staleness is the age of the current snapshot, 0 before the first.
func (v *snapshots) staleness() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.current == nil {
		return 0
	}
	return v.home.now().Sub(v.current.taken)
}

// take merges all shards and takes away what is to be forgotten.
func (v *snapshots) take(rows int64) (*snapshot, error) {
	s := &snapshot{rows: rows, taken: v.home.now()}
	whole, err := v.merge(s, "")
	if err != nil {
		return nil, err
	}
	v.noteUnforgotten(s)
	s.whole, s.withAll = population(whole), keyless(whole)
	if s.summary, err = project.SummaryOf(whole); err != nil {
		return nil, err
	}
	v.limits.notePatterns(s.summary)
	v.noteInexact(s)
	return s, nil
}

// without returns the statistics of all rows that count, as they are now, as if
// one of the shards of rows to forget were not there.
func (v *snapshots) without(shard string) (stats.Additive, error) {
	whole, err := v.merge(&snapshot{}, shard)
	if err != nil {
		return nil, fmt.Errorf("statistics of project %q: %w", v.home.project, err)
	}
	return population(whole), nil
}

// merge adds up all shards but one and says in s what they hold.
// Rows to forget are subtracted last, as they may be in any of the shards. Those of
// a shard that cannot be are left out, which says Unforgotten.
func (v *snapshots) merge(s *snapshot, except string) (stats.Additive, error) {
	whole, err := v.maker().New()
	if err != nil {
		return nil, err
	}
	gone := map[int]stats.Additive{} // by index in s.shards
	for _, from := range v.shards.all() {
		if from.id == except {
			continue
		}
		var failed error
		missing := from.missing()
		from.view(func(a stats.Additive) {
			s.shards = append(s.shards, ShardInfo{ID: from.id, Rows: a.Weight(), Version: from.version, Live: from.live != nil, Missing: missing})
			if from.forgotten() {
				if from.live != nil {
					a = a.Clone() // it is learned into meanwhile
				}
				if a, failed = v.shards.underTypes(v.maker(), a); failed == nil {
					gone[len(s.shards)-1] = a
				}
				return
			}
			if a, failed = v.shards.underTypes(v.maker(), a); failed == nil {
				failed = whole.Merge(a)
			}
		})
		if failed != nil {
			return nil, fmt.Errorf("shard %q: %w", from.id, failed)
		}
	}
	whole, failed := takeAway(whole, gone)
	for i, err := range failed {
		s.shards[i].Unforgotten = err.Error()
	}
	return whole, nil
}

// takeAway subtracts what is gone, by index of its shard, and returns the errors of
// what cannot be. Whether it can may depend on the order where weights of different
// size have been rounded. So what fails is tried again before all others, as often
// as that leaves less.
func takeAway(whole stats.Additive, gone map[int]stats.Additive) (left stats.Additive, failed map[int]error) {
	order := slices.Sorted(maps.Keys(gone))
	before := whole
	if len(gone) > 1 {
		before = whole.Clone()
	}
	left, failed = whole, subtractAll(whole, gone, order)
	for len(failed) > 0 && len(gone) > 1 {
		slices.SortStableFunc(order, func(a, b int) int {
			return cmp.Compare(boolRank(failed[a] == nil), boolRank(failed[b] == nil))
		})
		again := before.Clone()
		rest := subtractAll(again, gone, order)
		if len(rest) >= len(failed) {
			break
		}
		left, failed = again, rest
	}
	return left, failed
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// subtractAll subtracts in order and returns the errors of what cannot be.
func subtractAll(whole stats.Additive, gone map[int]stats.Additive, order []int) map[int]error {
	failed := map[int]error{}
	for _, i := range order {
		if err := whole.Subtract(gone[i]); err != nil {
			failed[i] = err
		}
	}
	return failed
}

// noteInexact says once for each attribute that rows that were forgotten have taken digits
// of co-moments with them, and again when it has been all right meanwhile.
func (v *snapshots) noteInexact(s *snapshot) {
	if !slices.ContainsFunc(v.shards.all(), func(from source) bool { return from.forgotten() }) {
		return
	}
	s.inexact = s.summary.Inexact()
	for _, name := range slices.Sorted(maps.Keys(s.inexact)) {
		if _, ok := v.saidInexact[name]; ok {
			continue
		}
		err := fmt.Errorf("%d digits are right of correlations and regressions with it: rows that were forgotten were too far from those that are left", s.inexact[name])
		v.home.warn("attribute %q: %v", name, err)
		if a, ok := v.home.observer.(Accountant); ok {
			a.Noted(v.home.project, noteInexact, 1, account.Example{Field: "attribute " + strconv.Quote(name), Value: "forgotten", Err: err})
		}
	}
	v.saidInexact = s.inexact
}

// noteUnforgotten says once for each version of a shard that its rows could not be
// forgotten.
func (v *snapshots) noteUnforgotten(s *snapshot) {
	for _, shard := range s.shards {
		if before, ok := v.said[shard.ID]; shard.Unforgotten == "" || ok && before == shard.Version {
			continue
		}
		if v.said == nil {
			v.said = map[string]uint64{}
		}
		v.said[shard.ID] = shard.Version
		v.home.warn("shard %q: rows that were to be forgotten are not among those learned, and all rows of the shard stay: %s", shard.ID, shard.Unforgotten)
		if a, ok := v.home.observer.(Accountant); ok {
			a.Noted(v.home.project, noteNotForgotten, max(int(shard.Rows), 1), account.Example{Field: "shard", Value: shard.ID, Err: errors.New(shard.Unforgotten)})
		}
	}
}
