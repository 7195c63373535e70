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

// defaultBinningRows is how many rows the ranges of a binning are read off.
const defaultBinningRows = 256

// binningMargin is by how much a binning reaches beyond the middle 98 % of the
// values, as a share of their range, on either side.
const binningMargin = 0.1

// binningKind is a type of model that counts in cells.
type binningKind struct {
	typ stats.BinningType
	// components and cells are defaults, each and place their descriptions.
	components, cells int
	each, place       string
	halves            bool // cells are a power of 2
}

// binningSettings are the options of the models that count in cells.
type binningSettings struct {
	typ               stats.BinningType
	components, cells int
	rows              float64
	seed              uint64 // 0 for that of the project
	minRows           float64
}

// read declares the options and reads them.
func (k binningKind) read(r *param.Reader) binningSettings {
	o := binningSettings{
		typ:        k.typ,
		components: r.Integer("components", k.components, param.Between(1, 1000), k.each),
		cells:      r.Integer("cells", k.cells, param.Between(4, 1<<12), k.place),
		rows:       r.Number("frame_rows", defaultBinningRows, param.Between(16, 1e9), "The number of first rows that fix the ranges of the attributes. Only later rows are counted."),
		minRows:    readMinRows(r),
	}
	if k.halves && o.cells&(o.cells-1) != 0 {
		r.Fail("cells", o.cells, "a power of 2")
	}
	if o.components*o.cells > stats.MaxBinningCells {
		r.Fail("components", o.components, fmt.Sprintf("at most %d cells together, and each has %d", stats.MaxBinningCells, o.cells))
	}
	return o
}

// binningKey is what the binning of a definition is found by: a digest of type,
// inputs and options. Two definitions that are the same but for their name
// share a binning.
func binningKey(d *model.Definition) (string, error) { return digestOf(d, d.Options) }

// countedSettings are those of a detector of which some options decide what is counted, and others only how counts are read.
type countedSettings interface {
	asBinning() binningSettings
	counted() any
}

// needsOf returns what a detector with such settings needs of a project.
func needsOf[S countedSettings](d *model.Definition, read func(r *param.Reader) S) (model.Needs, error) {
	o, err := model.ReadOptions(d, read)
	if err != nil {
		return model.Needs{}, fmt.Errorf("model %q: %w", d.Name, err)
	}
	key, err := digestOf(d, o.counted())
	if err != nil {
		return model.Needs{}, err
	}
	return o.asBinning().needs(d, key), nil
}

// digestOf is the key of a binning that these options decide.
func digestOf(d *model.Definition, options any) (string, error) {
	text, err := json.Marshal(struct {
		Type     string
		Inputs   []string
		Options  any
		Without  string
		Features []string `json:",omitempty"`
	}{d.Type, d.Inputs, options, d.Without, d.Features})
	if err != nil {
		return "", fmt.Errorf("options of model %q: %w", d.Name, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}

// needs is the binning that a definition of the type needs.
func (k binningKind) needs(d *model.Definition) (model.Needs, error) {
	key, err := binningKey(d)
	if err != nil {
		return model.Needs{}, err
	}
	o, err := model.ReadOptions(d, k.read)
	if err != nil {
		return model.Needs{}, fmt.Errorf("model %q: %w", d.Name, err)
	}
	return o.needs(d, key), nil
}

// needs is the binning of these settings.
func (o binningSettings) needs(d *model.Definition, key string) model.Needs {
	of := *d
	draw := func(s *stats.Summary, seed uint64) (stats.Binning, error) { return o.binningOf(of, key, s, seed) }
	return model.Needs{Full: true, Binnings: []model.BinningNeed{{Key: key, Draw: draw}}}
}

// binningOf returns the binning of a definition, with the ranges that the summary's
// attributes have. An attribute that is constant so far is left out.
func (o binningSettings) binningOf(d model.Definition, key string, s *stats.Summary, seed uint64) (stats.Binning, error) {
	if o.seed != 0 {
		seed = o.seed
	}
	if s.Weight() < o.rows {
		return stats.Binning{}, fmt.Errorf("model %q: %w: binning of %v rows, want %v", d.Name, stats.ErrTooFew, s.Weight(), o.rows)
	}
	f := stats.Binning{Key: key, Type: o.typ, Seed: seed, Components: o.components, Cells: o.cells}
	columns, names, err := numericInputs(&d, s)
	if err != nil { // one may come
		return f, fmt.Errorf("model %q: %w: %w", d.Name, stats.ErrTooFew, err)
	}
	for i, c := range columns {
		if low, high, ok := binningRange(s, c); ok && len(f.Inputs) < stats.MaxBinningInputs {
			f.Inputs, f.Low, f.High = append(f.Inputs, names[i]), append(f.Low, low), append(f.High, high)
		}
	}
	if len(f.Inputs) == 0 {
		return f, fmt.Errorf("model %q: %w: no attribute has varied in %v rows", d.Name, stats.ErrTooFew, s.Weight())
	}
	if err := f.Validate(); err != nil {
		return f, fmt.Errorf("model %q: %w", d.Name, err)
	}
	return f, nil
}

// binningRange returns about where the values of a column lie, and whether they
// vary.
// Quantiles and not extremes are taken, so one outlier among the first rows does not
// squeeze all others into a few cells.
func binningRange(s *stats.Summary, column int) (low, high float64, ok bool) {
	m := s.Moments(column)
	if low, high := m.Bounds(); !(low < high) {
		return 0, 0, false
	}
	h := s.Histogram(column)
	low, high = h.Quantile(0.01), h.Quantile(0.99)
	if !(low < high) {
		low, high = m.Bounds()
	}
	margin := binningMargin * (high - low)
	low, high = low-margin, high+margin
	return low, high, low < high && max(-low, high) <= stats.MaxMagnitude && !math.IsInf(1/(high-low), 0)
}
