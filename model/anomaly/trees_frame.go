package anomaly

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// defaultFrameRows is how many rows the ranges of a frame are read off.
const defaultFrameRows = 256

// frameMargin is by how much a frame reaches beyond the middle 98 % of the
// values, as a share of their range, on either side.
const frameMargin = 0.1

// frameKind is a type of model that counts in cells.
type frameKind struct {
	typ stats.FrameType
	// components and cells are defaults, each and place their descriptions.
	components, cells int
	each, place       string
	halves            bool // cells are a power of 2
}

// frameKinds are all of them.
func frameKinds() []frameKind { return []frameKind{treesKind(), lodaKind(), rsHashKind()} }

// kindOf returns the kind of a type; false where the type is not read off the
// counts of a frame.
func kindOf(typ string) (frameKind, bool) {
	for _, k := range frameKinds() {
		if string(k.typ) == typ {
			return k, true
		}
	}
	return frameKind{}, false
}

// isFramed reports whether a type is read off the counts of a frame.
func isFramed(typ string) bool {
	_, ok := kindOf(typ)
	return ok
}

// frameSettings are the options of the models that count in cells.
type frameSettings struct {
	typ               stats.FrameType
	components, cells int
	rows              float64
	minRows           float64
}

// read declares the options and reads them.
func (k frameKind) read(r *param.Reader) frameSettings {
	o := frameSettings{
		typ:        k.typ,
		components: r.Integer("components", k.components, param.Between(1, 1000), k.each),
		cells:      r.Integer("cells", k.cells, param.Between(4, 1<<12), k.place),
		rows:       r.Number("frame_rows", defaultFrameRows, param.Between(16, 1e9), "The number of first rows that fix the ranges of the attributes. Only later rows are counted."),
		minRows:    readMinRows(r),
	}
	if k.halves && o.cells&(o.cells-1) != 0 {
		r.Fail("cells", o.cells, "a power of 2")
	}
	if o.components*o.cells > stats.MaxFrameCells {
		r.Fail("components", o.components, fmt.Sprintf("at most %d cells together, and each has %d", stats.MaxFrameCells, o.cells))
	}
	return o
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
	o, err := model.ReadOptions(&d, readEnsemble)
	if err != nil {
		return nil, err
	}
	var framed []model.Definition
	for i := range o.members {
		if isFramed(o.members[i].typ) {
			framed = append(framed, o.definition(&d, i))
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
	kind, ok := kindOf(d.Type)
	if !ok {
		return stats.Frame{}, fmt.Errorf("model %q: type %s counts in no frame", d.Name, d.Type)
	}
	o, err := model.ReadOptions(&d, kind.read)
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
