package live

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/anomaly"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// frames are those of a project: what its definitions need, and what is
// settled of it.
type frames struct {
	set wrap.FrameSet
	// Guarded by modelTable.mu:
	stored  map[string]bool    // keys
	missing []model.Definition // whose frames are not stored
	retry   int64              // rows learned at which to try again what failed
}

// adoptFrames takes over what is stored; the table's lock is held.
func (t *modelTable) adoptFrames(stored map[string][]byte) error {
	f := &t.project.frames
	needed := map[string]bool{}
	f.missing, f.stored = nil, map[string]bool{}
	for name := range stored {
		if key, ok := strings.CutPrefix(name, project.FrameRecord); ok {
			f.stored[key] = true
		}
	}
	for _, d := range t.definitions {
		keys, err := anomaly.FrameKeys(d)
		if err != nil {
			continue // what is wrong shows when the model is built
		}
		lacks := false
		for _, key := range keys {
			needed[key] = true
			lacks = lacks || !f.stored[key]
		}
		if lacks {
			f.missing = append(f.missing, d)
		}
	}
	var active []stats.Frame
	for key := range needed {
		if !f.stored[key] {
			continue
		}
		r := wire.NewReader(stored[project.FrameRecord+key])
		frame, err := stats.DecodeFrame(r)
		if err == nil {
			err = r.Close()
		}
		if err != nil {
			return fmt.Errorf("stored frame %q: %w", key, err)
		}
		active = append(active, frame)
	}
	return f.set.Settle(active)
}

// unframed returns the definitions whose frames may be settled now that so many
// rows were learned.
func (t *modelTable) unframed(rows int64) []model.Definition {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f := &t.project.frames; rows >= f.retry {
		return f.missing
	}
	return nil
}

// settleFrames stores the frames that definitions lack, as far as there are
// rows enough to read their ranges off, and takes over what another process
// has stored before. It returns errors of the store only.
func (p *Project) settleFrames(ctx context.Context) error {
	t := p.models
	rows := p.rows.Load()
	pending := t.unframed(rows)
	if len(pending) == 0 {
		return nil
	}
	s, err := p.snapshot(youngGrowth)
	if err != nil {
		t.warnOnce(err)
		return nil
	}
	settled := false
	for _, d := range pending {
		frames, err := anomaly.FramesOf(d, s.summary, p.seed())
		if errors.Is(err, stats.ErrTooFew) {
			continue
		}
		if err != nil {
			t.warnOnce(err)
			t.mu.Lock()
			p.frames.retry = 2 * rows
			t.mu.Unlock()
			continue
		}
		for i := range frames {
			w := wire.NewWriter(nil)
			frames[i].Encode(w)
			if err := t.log.PutNew(ctx, project.FrameRecord+frames[i].Key, w.Bytes()); err != nil {
				return err
			}
			settled = true
		}
	}
	if !settled {
		return nil
	}
	return t.load(ctx)
}

// lacksFrames reports whether there is a definition whose frames are not
// settled.
func (t *modelTable) lacksFrames() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.project.frames.missing) > 0
}

// FrameInfo is one frame, a fixed random division of the space of the rows
// into cells, and how many rows have been counted in it.
type FrameInfo struct {
	ID         string   `json:"id"`
	Type       string   `json:"type"`
	Inputs     []string `json:"inputs"`
	Components int      `json:"components"`
	Cells      int      `json:"cells"` // of each component
	Rows       float64  `json:"rows"`  // weight of those since it was settled
}

// FramesOf returns the frames that a project's statistics have counted in, by
// ID. Statistics that no tower makes are an error.
func FramesOf(whole stats.Additive) ([]FrameInfo, error) {
	e, err := evidenceOf(whole)
	if err != nil {
		return nil, err
	}
	return framesOf(e.Detectors), nil
}

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

// seed decides the random structure of the project's frames.
func (p *Project) seed() uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(p.settings.Project)) // never fails, as hash documents
	return h.Sum64()
}

// counted reports why a definition can never be built from the evidence: its
// frames are counted in only from when it is defined.
func counted(d model.Definition, e *model.Evidence) error {
	keys, err := anomaly.FrameKeys(d)
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
	for _, key := range keys {
		if !have[key] {
			return fmt.Errorf("%w %q: type %s counts rows in cells from when it is defined, so it cannot be tried out on rows that were learned before: define it (`models` of sml_learn, or POST models), or choose ecod, copod, hba, mahalanobis, pca, zscore or an ensemble of these", model.ErrDefinition, d.Name, d.Type)
		}
	}
	return nil
}
