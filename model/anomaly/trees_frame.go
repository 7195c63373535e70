package anomaly

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// defaultFrameRows is how many rows the ranges of a frame are read off.
const defaultFrameRows = 256

// frameMargin is by how much a frame reaches beyond the middle 98 % of the
// values, as a share of their range, on either side.
const frameMargin = 0.1

// frameOptions are the options of the models that count in cells.
func frameOptions(what string, components, cells int, cellsText string) []model.Option {
	return []model.Option{
		{Name: "components", Default: components, Description: "The number of " + what + ", 1 to 1000."},
		{Name: "cells", Default: cells, Description: cellsText},
		{Name: "frame_rows", Default: defaultFrameRows, Description: "The number of first rows that fix the ranges of the attributes. Only later rows are counted."},
		minRowsOption(),
	}
}

// frameSettings are the values of frameOptions.
type frameSettings struct {
	typ               stats.FrameType
	components, cells int
	rows              float64
	minRows           float64
}

// frameDefaults are by type.
func frameDefaults(typ stats.FrameType) (components, cells int) {
	switch typ {
	case stats.HalfSpaceTrees:
		return 50, 512
	case stats.Loda:
		return 100, 64
	default:
		return 100, 512
	}
}

func frameSettingsOf(d *model.Definition) (o frameSettings, err error) {
	o.typ = stats.FrameType(d.Type)
	components, cells := frameDefaults(o.typ)
	if o.components, err = d.Whole("components", components, 1, 1000); err != nil {
		return o, err
	}
	if o.cells, err = d.Whole("cells", cells, 4, 1<<12); err != nil {
		return o, err
	}
	if o.typ == stats.HalfSpaceTrees && o.cells&(o.cells-1) != 0 {
		return o, fmt.Errorf("options.cells: %d, want a power of 2", o.cells)
	}
	if o.components*o.cells > stats.MaxFrameCells {
		return o, fmt.Errorf("options.components: %d of %d cells, at most %d cells together", o.components, o.cells, stats.MaxFrameCells)
	}
	if o.rows, err = d.Number("frame_rows", defaultFrameRows, 16, 1e9); err != nil {
		return o, err
	}
	o.minRows, err = minRows(d)
	return o, err
}

// frameKey is what the frame of a definition is found by: a digest of type,
// inputs and options. Two definitions that are the same but for their name
// share a frame.
func frameKey(d *model.Definition) (string, error) {
	text, err := json.Marshal(struct {
		Type    string
		Inputs  []string
		Options map[string]any
		Without string
	}{d.Type, d.Inputs, d.Options, d.Without})
	if err != nil {
		return "", fmt.Errorf("options of model %q: %w", d.Name, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}

// frameNeeds is the frame that a definition of a type that counts in cells needs.
func frameNeeds(d *model.Definition) (model.Needs, error) {
	key, err := frameKey(d)
	if err != nil {
		return model.Needs{}, err
	}
	of := *d
	settle := func(s *stats.Summary, seed uint64) (stats.Frame, error) { return frameOf(of, key, s, seed) }
	return model.Needs{Full: true, Frames: []model.FrameNeed{{Key: key, Settle: settle}}}, nil
}

// frameOf returns the frame of a definition, with the ranges that the summary's
// attributes have. An attribute that is constant so far is left out.
func frameOf(d model.Definition, key string, s *stats.Summary, seed uint64) (stats.Frame, error) {
	o, err := frameSettingsOf(&d)
	if err != nil {
		return stats.Frame{}, fmt.Errorf("model %q: %w", d.Name, err)
	}
	if s.Weight() < o.rows {
		return stats.Frame{}, fmt.Errorf("model %q: %w: frame of %v rows, want %v", d.Name, stats.ErrTooFew, s.Weight(), o.rows)
	}
	f := stats.Frame{Key: key, Type: o.typ, Seed: seed, Components: o.components, Cells: o.cells}
	columns, names, err := numericInputs(&d, s)
	if err != nil {
		return f, fmt.Errorf("model %q: %w", d.Name, err)
	}
	for i, c := range columns {
		if low, high, ok := frameRange(s, c); ok && len(f.Inputs) < stats.MaxFrameInputs {
			f.Inputs, f.Low, f.High = append(f.Inputs, names[i]), append(f.Low, low), append(f.High, high)
		}
	}
	if err := f.Validate(); err != nil {
		return f, fmt.Errorf("model %q: %w", d.Name, err)
	}
	return f, nil
}

// frameRange returns about where the values of a column lie, and whether they
// vary.
func frameRange(s *stats.Summary, column int) (low, high float64, ok bool) {
	m := s.Moments(column)
	if m.Empty() || !(m.Min() < m.Max()) {
		return 0, 0, false
	}
	h := s.Histogram(column)
	low, high = h.Quantile(0.01), h.Quantile(0.99)
	if !(low < high) {
		low, high = m.Min(), m.Max()
	}
	margin := frameMargin * (high - low)
	low, high = low-margin, high+margin
	return low, high, low < high && max(-low, high) <= stats.MaxMagnitude && !math.IsInf(1/(high-low), 0)
}
