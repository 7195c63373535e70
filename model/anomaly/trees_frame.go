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

// isFramed reports whether a type is read off the counts of a frame.
func isFramed(typ string) bool {
	switch stats.FrameType(typ) {
	case stats.HalfSpaceTrees, stats.Loda, stats.RSHash:
		return true
	}
	return false
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

// FramesOf returns the frames that a definition, or a member of it, counts in,
// with the ranges that the summary's attributes have; none for models that
// need no frame. They are to be made once per project, installed into its
// stats.Detectors, and kept: later ranges would be other frames. While the
// summary has fewer rows than a frame wants the error wraps stats.ErrTooFew.
func FramesOf(d model.Definition, s *stats.Summary, seed uint64) ([]stats.Frame, error) {
	framed, err := framedOf(d)
	if err != nil {
		return nil, err
	}
	var frames []stats.Frame
	for i := range framed {
		f, err := FrameOf(framed[i], s, seed)
		if err != nil {
			return nil, err
		}
		frames = append(frames, f)
	}
	return frames, nil
}

// framedOf returns the definition, or the members of it, that count in frames.
func framedOf(d model.Definition) ([]model.Definition, error) {
	if d.Type != "ensemble" && !isFramed(d.Type) {
		return nil, nil
	}
	if err := model.NewCatalogue(Entries()).Validate(&d); err != nil {
		return nil, err
	}
	if d.Type != "ensemble" {
		return []model.Definition{d}, nil
	}
	o, err := ensembleOptionsOf(&d)
	if err != nil {
		return nil, err
	}
	var framed []model.Definition
	for _, m := range o.members {
		if isFramed(m.definition.Type) {
			m.definition.Without = o.label
			framed = append(framed, m.definition)
		}
	}
	return framed, nil
}

// FrameKeys returns the keys of the frames that FramesOf gives for a
// definition, which do not depend on any statistics.
func FrameKeys(d model.Definition) ([]string, error) {
	framed, err := framedOf(d)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(framed))
	for i := range framed {
		if keys[i], err = frameKey(&framed[i]); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// FrameOf returns the frame of one definition of a type that counts in cells,
// as FramesOf. An attribute that is constant so far is left out.
func FrameOf(d model.Definition, s *stats.Summary, seed uint64) (stats.Frame, error) {
	if !isFramed(d.Type) {
		return stats.Frame{}, fmt.Errorf("model %q: type %s counts in no frame", d.Name, d.Type)
	}
	o, err := frameSettingsOf(&d)
	if err != nil {
		return stats.Frame{}, fmt.Errorf("model %q: %w", d.Name, err)
	}
	if s.Weight() < o.rows {
		return stats.Frame{}, fmt.Errorf("model %q: %w: frame of %v rows, want %v", d.Name, stats.ErrTooFew, s.Weight(), o.rows)
	}
	f := stats.Frame{Type: o.typ, Seed: seed, Components: o.components, Cells: o.cells}
	if f.Key, err = frameKey(&d); err != nil {
		return f, err
	}
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
