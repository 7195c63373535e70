package features

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/detect"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// detectors are the types that find changes: one for each sequential detector, and those
// that tell more of one.
func detectors() (out []kind) {
	for _, typ := range detect.Catalogue() {
		out = append(out, kind{
			name: typ.Name, about: fmt.Sprintf("whether the input has changed, 0 for no, 1 for a warning, 2 for a change: %s. It takes %s; another value has no result", typ.Summary, typ.Input),
			settings: func(r *param.Reader) Spec {
				return Spec{Of: inputOf(r), Options: param.Object(r, "options", "The options of the detector.", func(fields *param.Reader) param.Values { return detect.Options(fields, typ.Name) })}
			},
			memory: func(s Spec) memory { return newDetecting(typ.Name, s.Options) },
		})
	}
	return append(out,
		ofDetector("changes", "how many changes the detector has found", func(d *detect.Detector) float64 { return float64(d.Changes()) }),
		ofDetector("rows_since_change", "how many values came after the last change that the detector found, or in all", func(d *detect.Detector) float64 { return float64(d.Since()) }),
		ofDetector("current_rows", "how many values the detector compares the next one with: ADWIN's window, else those after the last change", func(d *detect.Detector) float64 {
			rows, _ := d.Window()
			return float64(rows)
		}),
		ofDetector("current_mean", "the mean of these values", func(d *detect.Detector) float64 {
			_, mean := d.Window()
			return mean
		}),
	)
}

// ofDetector is a type that reads the detector of an earlier feature.
func ofDetector(name, about string, read func(*detect.Detector) float64) kind {
	return kind{name: name, about: about + "; `of` is the name of an earlier feature that is a detector", settings: plain, reads: read}
}

// detecting is a detector as the memory of a feature.
type detecting struct{ *detect.Detector }

// newDetecting makes the detector of options that have been checked.
func newDetecting(typ string, options param.Values) memory {
	d, err := detect.New(typ, options)
	if err != nil {
		panic(err) // the plan has read the same options
	}
	return &detecting{d}
}

func (m *detecting) step(_ int64, x float64) float64 {
	if m.Takes(x) != nil {
		return math.NaN()
	}
	return float64(m.Add(x))
}

func (m *detecting) encode(w *wire.Writer) { m.Encode(w) }
func (m *detecting) decode(r *wire.Reader) { m.Decode(r) }
