package project

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// storedComposition is a composition as JSON. What is at its default is left
// out, so a setting that is added later has the default that older records meet.
type storedComposition struct {
	Partition string         `json:"partition,omitempty"`
	Folds     int            `json:"folds,omitempty"`
	Window    storedWindow   `json:"window,omitzero"`
	Decay     storedDecay    `json:"decay,omitzero"`
	Entities  storedEntities `json:"entities,omitzero"`
	Summary   storedSummary  `json:"summary,omitzero"`
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

type storedEntities struct {
	On            bool `json:"on,omitempty"`
	HistogramBins int  `json:"histogram_bins,omitempty"`
	Pairs         bool `json:"pairs,omitempty"`
}

// storedSummary has the settings of the summaries that are not at their default.
type storedSummary struct {
	ExtendedUpTo    int `json:"extended_up_to,omitempty"`
	HistogramBins   int `json:"histogram_bins,omitempty"`
	ConditionalBins int `json:"conditional_bins,omitempty"`
	MaxPatterns     int `json:"max_patterns,omitempty"`
}

// brief returns the options with 0 for what is at its default.
func brief(o stats.SummaryOptions) stats.SummaryOptions {
	if o.ExtendedUpTo == stats.DefaultExtendedUpTo {
		o.ExtendedUpTo = 0
	}
	if o.HistogramBins == stats.DefaultBins {
		o.HistogramBins = 0
	}
	if o.MaxPatterns == stats.DefaultMaxPatterns {
		o.MaxPatterns = 0
	}
	return o
}

// Encode returns the canonical JSON of the composition: equal ones have equal
// bytes.
func (c *Composition) Encode() ([]byte, error) {
	s := storedComposition{Partition: c.Partition, Folds: c.Folds, Summary: storedSummary(brief(c.Summary))}
	if c.Window.on() {
		s.Window = storedWindow{Rows: c.Window.Rows, Tiles: max(c.Window.Tiles, 1), Beside: c.Window.Beside}
		if c.Window.Period > 0 {
			s.Window.Period = c.Window.Period.String()
		}
	}
	if c.Decay.HalfLife > 0 {
		s.Decay = storedDecay{HalfLife: c.Decay.HalfLife.String(), Beside: c.Decay.Beside}
	}
	if c.Entities.On {
		s.Entities = storedEntities{On: true, HistogramBins: c.Entities.HistogramBins, Pairs: c.Entities.Pairs}
	}
	return json.Marshal(s)
}

// DecodeComposition reads what Encode wrote. Unknown fields are errors: a later
// version keeps statistics that this one does not know. So are durations of 0 or
// less, and anything after the record.
func DecodeComposition(data []byte) (Composition, error) {
	c, err := decodeComposition(data)
	if err != nil {
		return Composition{}, fmt.Errorf("decode the statistics that the project keeps: %w", err)
	}
	return c, nil
}

func decodeComposition(data []byte) (Composition, error) {
	var s storedComposition
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return Composition{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Composition{}, fmt.Errorf("something follows the record %.100q", data)
	}
	c := Composition{
		Partition: s.Partition, Folds: s.Folds, Summary: stats.SummaryOptions(s.Summary),
		Window:   Window{Rows: s.Window.Rows, Tiles: s.Window.Tiles, Beside: s.Window.Beside},
		Decay:    Decay{Beside: s.Decay.Beside},
		Entities: Entities{On: s.Entities.On, HistogramBins: s.Entities.HistogramBins, Pairs: s.Entities.Pairs},
	}
	for _, d := range []struct {
		name, text string
		to         *time.Duration
	}{
		{"window.period", s.Window.Period, &c.Window.Period},
		{"decay.half_life", s.Decay.HalfLife, &c.Decay.HalfLife},
	} {
		if d.text == "" {
			continue
		}
		var err error
		if *d.to, err = time.ParseDuration(d.text); err != nil {
			return Composition{}, fmt.Errorf("%s: %w", d.name, err)
		}
		if *d.to <= 0 {
			return Composition{}, fmt.Errorf("%s is %s, want more than 0", d.name, d.text)
		}
	}
	return c, nil
}
