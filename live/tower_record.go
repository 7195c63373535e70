package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ErrTower is wrapped when a project is opened for learning with other
// statistics than it was begun with.
var ErrTower = fmt.Errorf("%w: project keeps other statistics", stats.ErrIncompatible)

// towerRecord is the name under which a project's tower is stored, beside its
// model definitions, so that those who only read need not know the settings.
const towerRecord = "$tower"

// IsReserved reports whether a name among the stored definitions is not that
// of a model.
func IsReserved(name string) bool { return strings.HasPrefix(name, "$") }

// storedTower is the structure of a tower as JSON. Settings of the summaries
// are stored with these and count there.
type storedTower struct {
	Partition string       `json:"partition,omitempty"`
	Folds     int          `json:"folds,omitempty"`
	Window    storedWindow `json:"window,omitzero"`
	Decay     storedDecay  `json:"decay,omitzero"`

	Entities storedEntities `json:"entities,omitzero"`
}

type storedWindow struct {
	Period string `json:"period,omitempty"`
	Rows   int    `json:"rows,omitempty"`
	Tiles  int    `json:"tiles,omitempty"`
	Beside bool   `json:"beside,omitempty"`
}

type storedDecay struct {
	HalfLife string `json:"half_life,omitempty"`
	Beside   bool   `json:"beside,omitempty"`
}

// Encode returns the canonical JSON of the structure.
func (t *Tower) Encode() ([]byte, error) {
	s := storedTower{Partition: t.Partition, Folds: t.Folds}
	if t.Window.Period > 0 || t.Window.Rows > 0 {
		s.Window = storedWindow{Rows: t.Window.Rows, Tiles: max(t.Window.Tiles, 1), Beside: t.Window.Beside}
		if t.Window.Period > 0 {
			s.Window.Period = t.Window.Period.String()
		}
	}
	if t.Decay.HalfLife > 0 {
		s.Decay = storedDecay{HalfLife: t.Decay.HalfLife.String(), Beside: t.Decay.Beside}
	}
	if t.Entities.On {
		s.Entities = storedEntities{On: true, HistogramBins: t.Entities.HistogramBins, Pairs: t.Entities.Pairs}
	}
	return json.Marshal(s)
}

// DecodeTower reads what Encode wrote. Unknown fields are errors: a later
// version keeps statistics that this one does not know. So are durations of 0 or
// less, and anything after the record.
func DecodeTower(data []byte) (Tower, error) {
	var s storedTower
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return Tower{}, fmt.Errorf("decode the statistics that the project keeps: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Tower{}, fmt.Errorf("decode the statistics that the project keeps: something follows the record %.100q", data)
	}
	t := Tower{
		Partition: s.Partition, Folds: s.Folds,
		Window: Window{Rows: s.Window.Rows, Tiles: s.Window.Tiles, Beside: s.Window.Beside},
		Decay:  Decay{Beside: s.Decay.Beside},

		Entities: Entities{On: s.Entities.On, HistogramBins: s.Entities.HistogramBins, Pairs: s.Entities.Pairs},
	}
	for _, d := range []struct {
		name, text string
		to         *time.Duration
	}{
		{"window.period", s.Window.Period, &t.Window.Period},
		{"decay.half_life", s.Decay.HalfLife, &t.Decay.HalfLife},
	} {
		if d.text == "" {
			continue
		}
		var err error
		if *d.to, err = time.ParseDuration(d.text); err != nil {
			return Tower{}, fmt.Errorf("decode the statistics that the project keeps: %s: %w", d.name, err)
		}
		if *d.to <= 0 {
			return Tower{}, fmt.Errorf("decode the statistics that the project keeps: %s is %s, want more than 0", d.name, d.text)
		}
	}
	return t, nil
}

// adoptTower compares the stored tower with the settings of a learner, or
// takes it over where the project is only read. It returns what is to be
// stored, nil when nothing is.
func (p *Project) adoptTower(stored []byte) ([]byte, error) {
	if p.learning == nil {
		return nil, p.followTower(stored)
	}
	mine, err := p.learning.Tower.Encode()
	if err != nil {
		return nil, err
	}
	switch {
	case stored == nil:
		return mine, nil
	case !bytes.Equal(stored, mine):
		return nil, fmt.Errorf("%w: %s, the settings of sml_learn say %s", ErrTower, stored, mine)
	}
	return nil, nil
}

// followTower makes a project that is only read keep what the learner keeps.
func (p *Project) followTower(stored []byte) error {
	if stored == nil || bytes.Equal(stored, p.tower) {
		return nil
	}
	t, err := DecodeTower(stored)
	if err != nil {
		return err
	}
	maker, err := t.maker(&p.frames.set)
	if err != nil {
		return err
	}
	p.view.mu.Lock()
	defer p.view.mu.Unlock()
	p.tower, p.maker = stored, maker
	if p.others.Load() != nil {
		p.others.Store(p.newReader())
	}
	return nil
}
