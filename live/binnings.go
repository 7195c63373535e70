package live

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// binnings are those of a project: what its models need, and what is fixed of
// it.
type binnings struct {
	home        *home
	set         wrap.BinningSet // that statistics count in
	definitions *definitions
	snapshots   *snapshots
	builds      *builds
	shards      *shards
	reload      func(context.Context) error // of the definitions

	forests forests

	mu      sync.Mutex
	missing []model.Definition // whose binnings are not stored
	retry   int64              // rows learned at which to try again what failed

	likelihoods likelihoods
}

// adopt takes over what is stored, as far as the models need it.
// A binning that no model needs any more is not counted in; its record stays, for a
// model that is defined again.
func (f *binnings) adopt(stored map[string][]byte) error {
	known := map[string]bool{}
	for name := range stored {
		if key, ok := strings.CutPrefix(name, project.BinningRecord); ok {
			known[key] = true
		}
	}
	needed := map[string]bool{}
	var grown, read []model.ForestNeed
	var missing []model.Definition
	var fitted []model.LikelihoodNeed
	var pools []wrap.PoolUse
	for _, d := range f.definitions.all() {
		needs, err := f.home.types.Needs(d)
		if err != nil {
			continue // what is wrong shows when the model is built
		}
		grown = append(grown, needs.Forests...)
		fitted = append(fitted, needs.Likelihoods...)
		pools = append(pools, usesOf(needs.Pools)...)
		lacks := false
		for _, n := range needs.Binnings {
			needed[n.Key] = true
			lacks = lacks || !known[n.Key]
		}
		if lacks {
			missing = append(missing, d)
		}
	}
	for _, d := range f.definitions.frozenOnes() {
		if needs, err := f.home.types.Needs(d); err == nil { // as above
			read = append(read, needs.Forests...)
		}
	}
	if err := f.forests.adopt(grown, read, stored); err != nil {
		return err
	}
	var active []stats.Binning
	for key := range needed {
		if !known[key] {
			continue
		}
		binning, err := decodeBinning(stored[project.BinningRecord+key])
		if err != nil {
			return fmt.Errorf("stored binning %q: %w", key, err)
		}
		active = append(active, binning)
	}
	uses, err := f.likelihoods.adopt(fitted, stored)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.missing = missing
	f.set.Pools.Replace(pools)
	return f.set.Replace(active, uses)
}

// usesOf returns the pools that statistics are to train for needs.
func usesOf(needs []model.PoolNeed) (out []wrap.PoolUse) {
	for _, n := range needs {
		out = append(out, wrap.PoolUse{Spec: n.Spec, Selects: n.Selects})
	}
	return out
}

// decodeBinning reads one binning and refuses bytes after it.
func decodeBinning(b []byte) (stats.Binning, error) {
	r := wire.NewReader(b)
	binning, err := stats.DecodeBinning(r)
	if err == nil {
		err = r.Close()
	}
	return binning, err
}

// pending returns the definitions whose binnings may be fixed now that so many
// rows were learned.
func (f *binnings) pending(rows int64) []model.Definition {
	f.mu.Lock()
	defer f.mu.Unlock()
	if rows < f.retry {
		return nil
	}
	return f.missing
}

// later puts off what failed until there are twice as many rows.
// Doubling keeps the number of attempts to a logarithm of the rows.
func (f *binnings) later(rows int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.retry = 2 * rows
}

// draw stores the binnings that models lack, as far as there are rows enough to
// read their ranges off, and takes over what another process has stored before.
// It returns errors of the store only.
func (f *binnings) draw(ctx context.Context) error {
	rows := f.shards.learned.Load()
	settled, err := f.settle(ctx, rows)
	if err != nil {
		return err
	}
	pending := f.pending(rows)
	if len(pending) == 0 {
		if settled {
			return f.reload(ctx)
		}
		return nil
	}
	s, err := f.snapshots.get(youngGrowth)
	if err != nil {
		f.builds.warnOnce(err)
		return nil
	}
	drawn := settled
	for _, d := range pending {
		binnings, err := f.binningsOf(d, s.summary)
		if errors.Is(err, stats.ErrTooFew) {
			continue
		}
		if err != nil {
			f.builds.warnOnce(err)
			f.later(rows)
			continue
		}
		for i := range binnings {
			w := wire.NewWriter(nil)
			binnings[i].Encode(w)
			if err := f.definitions.log.PutNew(ctx, project.BinningRecord+binnings[i].Key, w.Bytes()); err != nil {
				return err
			}
			drawn = true
		}
	}
	if !drawn {
		return nil
	}
	return f.reload(ctx)
}

// binningsOf returns the binnings that a model needs, with the ranges of the summary.
func (f *binnings) binningsOf(d model.Definition, s *stats.Summary) ([]stats.Binning, error) {
	needs, err := f.home.types.Needs(d)
	if err != nil {
		return nil, err
	}
	return needs.Draw(s, f.seed())
}

// seed decides the random structure of the project's binnings.
// It follows from the name, so all processes of a project draw the same structure.
func (f *binnings) seed() uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(f.home.project)) // never fails, as hash documents
	return h.Sum64()
}

// BinningInfo is one binning, a fixed random division of the space of the rows
// into cells, and how many rows have been counted in it.
type BinningInfo struct {
	ID         string   `json:"id"`
	Type       string   `json:"type"`
	Inputs     []string `json:"inputs"`
	Components int      `json:"components"`
	Cells      int      `json:"cells"` // of each component
	Rows       float64  `json:"rows"`  // weight of those since it was fixed
}

// BinningsOf returns the binnings that a project's statistics have counted in, by
// ID. Statistics that no composition makes are an error.
func BinningsOf(whole stats.Additive) ([]BinningInfo, error) {
	e, err := evidenceOf(whole)
	if err != nil {
		return nil, err
	}
	return binningsOf(e.Detectors), nil
}

// binningsOf lists binnings in the order of Detectors; nil where nothing is counted.
func binningsOf(d *stats.Detectors) []BinningInfo {
	if d == nil {
		return nil
	}
	var out []BinningInfo
	for _, id := range d.Binnings() {
		cells, weight, _ := d.Counts(id)
		f := cells.Binning()
		out = append(out, BinningInfo{ID: id, Type: string(f.Type), Inputs: f.Inputs, Components: f.Components, Cells: f.Cells, Rows: weight})
	}
	return out
}

// counted reports why a definition can never be built from the evidence: its
// binnings are counted in only from when it is defined.
func counted(types model.Catalogue, d model.Definition, e *model.Evidence) error {
	needs, err := types.Needs(d)
	if err != nil {
		return err
	}
	for _, n := range needs.Likelihoods {
		if _, err := e.Summary.LikelihoodOfCells(&n.LikelihoodSpec); err != nil && e.Likelihoods.Of(n.Key) == nil && !n.Optional {
			return fmt.Errorf("%w %q: type %s is fitted to the rows since it is defined, so it cannot be tried out on rows that were learned before (%w): define it (`models` of sml_learn, or POST models)", model.ErrDefinition, d.Name, d.Type, err)
		}
	}
	have := map[string]bool{}
	if e.Detectors != nil {
		for _, id := range e.Detectors.Binnings() {
			cells, _, _ := e.Detectors.Counts(id)
			have[cells.Binning().Key] = true
		}
	}
	if len(needs.Forests) > 0 {
		return fmt.Errorf("%w %q: type %s counts rows in trees that grow from when it is defined, so it cannot be tried out on rows that were learned before: define it (`models` of sml_learn, or POST models)", model.ErrDefinition, d.Name, d.Type)
	}
	for _, n := range needs.Binnings {
		if !have[n.Key] && !n.Optional {
			others := types.Such(model.RoleAnomaly, func(n model.Needs) bool {
				return !slices.ContainsFunc(n.Binnings, func(f model.BinningNeed) bool { return !f.Optional })
			})
			return fmt.Errorf("%w %q: type %s counts rows in cells from when it is defined, so it cannot be tried out on rows that were learned before: define it (`models` of sml_learn, or POST models), or choose one of %s", model.ErrDefinition, d.Name, d.Type, strings.Join(others, ", "))
		}
	}
	return nil
}
