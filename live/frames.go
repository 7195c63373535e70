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

// frames are those of a project: what its models need, and what is fixed of
// it.
type frames struct {
	home        *home
	set         wrap.FrameSet // that statistics count in
	definitions *definitions
	snapshots   *snapshots
	builds      *builds
	shards      *shards
	reload      func(context.Context) error // of the definitions

	mu      sync.Mutex
	missing []model.Definition // whose frames are not stored
	retry   int64              // rows learned at which to try again what failed
}

// adopt takes over what is stored, as far as the models need it.
// A frame that no model needs any more is not counted in; its record stays, for a
// model that is defined again.
func (f *frames) adopt(stored map[string][]byte) error {
	known := map[string]bool{}
	for name := range stored {
		if key, ok := strings.CutPrefix(name, project.FrameRecord); ok {
			known[key] = true
		}
	}
	needed := map[string]bool{}
	var missing []model.Definition
	for _, d := range f.definitions.all() {
		needs, err := f.home.types.Needs(d)
		if err != nil {
			continue // what is wrong shows when the model is built
		}
		lacks := false
		for _, n := range needs.Frames {
			needed[n.Key] = true
			lacks = lacks || !known[n.Key]
		}
		if lacks {
			missing = append(missing, d)
		}
	}
	var active []stats.Frame
	for key := range needed {
		if !known[key] {
			continue
		}
		frame, err := decodeFrame(stored[project.FrameRecord+key])
		if err != nil {
			return fmt.Errorf("stored frame %q: %w", key, err)
		}
		active = append(active, frame)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.missing = missing
	return f.set.Settle(active)
}

// decodeFrame reads one frame and refuses bytes after it.
func decodeFrame(b []byte) (stats.Frame, error) {
	r := wire.NewReader(b)
	frame, err := stats.DecodeFrame(r)
	if err == nil {
		err = r.Close()
	}
	return frame, err
}

// pending returns the definitions whose frames may be fixed now that so many
// rows were learned.
func (f *frames) pending(rows int64) []model.Definition {
	f.mu.Lock()
	defer f.mu.Unlock()
	if rows < f.retry {
		return nil
	}
	return f.missing
}

// later puts off what failed until there are twice as many rows.
// Doubling keeps the number of attempts to a logarithm of the rows.
func (f *frames) later(rows int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.retry = 2 * rows
}

// settle stores the frames that models lack, as far as there are rows enough to
// read their ranges off, and takes over what another process has stored before.
// It returns errors of the store only.
func (f *frames) settle(ctx context.Context) error {
	rows := f.shards.learned.Load()
	pending := f.pending(rows)
	if len(pending) == 0 {
		return nil
	}
	s, err := f.snapshots.get(youngGrowth)
	if err != nil {
		f.builds.warnOnce(err)
		return nil
	}
	settled := false
	for _, d := range pending {
		frames, err := f.framesOf(d, s.summary)
		if errors.Is(err, stats.ErrTooFew) {
			continue
		}
		if err != nil {
			f.builds.warnOnce(err)
			f.later(rows)
			continue
		}
		for i := range frames {
			w := wire.NewWriter(nil)
			frames[i].Encode(w)
			if err := f.definitions.log.PutNew(ctx, project.FrameRecord+frames[i].Key, w.Bytes()); err != nil {
				return err
			}
			settled = true
		}
	}
	if !settled {
		return nil
	}
	return f.reload(ctx)
}

// framesOf returns the frames that a model needs, with the ranges of the summary.
func (f *frames) framesOf(d model.Definition, s *stats.Summary) ([]stats.Frame, error) {
	needs, err := f.home.types.Needs(d)
	if err != nil {
		return nil, err
	}
	return needs.Settle(s, f.seed())
}

// seed decides the random structure of the project's frames.
// It follows from the name, so all processes of a project draw the same structure.
func (f *frames) seed() uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(f.home.project)) // never fails, as hash documents
	return h.Sum64()
}

// FrameInfo is one frame, a fixed random division of the space of the rows
// into cells, and how many rows have been counted in it.
type FrameInfo struct {
	ID         string   `json:"id"`
	Type       string   `json:"type"`
	Inputs     []string `json:"inputs"`
	Components int      `json:"components"`
	Cells      int      `json:"cells"` // of each component
	Rows       float64  `json:"rows"`  // weight of those since it was fixed
}

// FramesOf returns the frames that a project's statistics have counted in, by
// ID. Statistics that no composition makes are an error.
func FramesOf(whole stats.Additive) ([]FrameInfo, error) {
	e, err := evidenceOf(whole)
	if err != nil {
		return nil, err
	}
	return framesOf(e.Detectors), nil
}

// framesOf lists frames in the order of Detectors; nil where nothing is counted.
func framesOf(d *stats.Detectors) []FrameInfo {
	if d == nil {
		return nil
	}
	var out []FrameInfo
	for _, id := range d.Frames() {
		cells, weight, _ := d.Counts(id)
		f := cells.Frame()
		out = append(out, FrameInfo{ID: id, Type: string(f.Type), Inputs: f.Inputs, Components: f.Components, Cells: f.Cells, Rows: weight})
	}
	return out
}

// counted reports why a definition can never be built from the evidence: its
// frames are counted in only from when it is defined.
func counted(types model.Catalogue, d model.Definition, e *model.Evidence) error {
	needs, err := types.Needs(d)
	if err != nil {
		return err
	}
	have := map[string]bool{}
	if e.Detectors != nil {
		for _, id := range e.Detectors.Frames() {
			cells, _, _ := e.Detectors.Counts(id)
			have[cells.Frame().Key] = true
		}
	}
	for _, n := range needs.Frames {
		if !have[n.Key] && !n.Optional {
			others := types.Such(model.RoleAnomaly, func(n model.Needs) bool {
				return !slices.ContainsFunc(n.Frames, func(f model.FrameNeed) bool { return !f.Optional })
			})
			return fmt.Errorf("%w %q: type %s counts rows in cells from when it is defined, so it cannot be tried out on rows that were learned before: define it (`models` of sml_learn, or POST models), or choose one of %s", model.ErrDefinition, d.Name, d.Type, strings.Join(others, ", "))
		}
	}
	return nil
}
