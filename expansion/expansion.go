package expansion

import (
	"fmt"
	"math"
	"slices"
)

// Kind is how columns are computed. Its values are stored.
type Kind uint8

// The kinds.
const (
	Hats     Kind = iota + 1 // piecewise linear, 1 at its knot and 0 at all others
	Natural                  // natural cubic, 1 at its knot and 0 at all others
	Bins                     // 1 within the bin, else 0
	Product                  // the product of two attributes
	Fourier                  // cosine and sine of random projections
	Copy                     // the attribute itself, of the rows that the others have
	lastKind = Copy
)

// Bounds of one expansion, generous enough for any sensible use.
const (
	// MostKnots bounds the knots of a spline and the bins of an attribute.
	MostKnots = 64
	// MostFourier bounds the columns of Fourier features.
	MostFourier = 2048
	// mostSources bounds the attributes that Fourier features are computed of.
	mostSources = 1000
	// mostFrequencies bounds attributes times frequencies.
	mostFrequencies = 1 << 18
)

// Expansion is a set of columns that are computed of the same attributes. Columns is how
// many; they are named by Names.
type Expansion struct {
	Kind Kind
	// Sources are the names of the attributes: one, of a product two, which may be the
	// same, of Fourier features any number.
	Sources []string
	// Knots are ascending and, of bins, the inner bounds.
	Knots []float64
	// Frame is that of Fourier features, nil of all others.
	Frame *FourierFrame

	curve []float64 // natural: second derivatives at the knots by values there, see natural.go
}

// FourierFrame is what Fourier features are computed with.
type FourierFrame struct {
	// Seed decided the frequencies. Bandwidth is the distance, in units of Scale, at which
	// two rows are about as like as two of the first rows were on the median.
	Seed      uint64
	Bandwidth float64
	// Centre and Scale are the medians and the interquartile ranges, divided by 1.349, of
	// the first rows, parallel to the sources.
	Centre, Scale []float64
	// Frequencies are those of the scaled attributes, attribute by attribute.
	Frequencies []float64
}

// New completes an expansion. The error names what is wrong with it.
func New(e Expansion) (*Expansion, error) {
	if err := e.validate(); err != nil {
		return nil, err
	}
	if e.Kind == Natural {
		e.curve = curvature(e.Knots)
	}
	return &e, nil
}

func (e *Expansion) validate() error {
	switch e.Kind {
	case Hats, Natural, Bins:
		least := 2
		if e.Kind == Bins {
			least = 1
		}
		if len(e.Sources) != 1 || len(e.Knots) < least || len(e.Knots) > MostKnots {
			return fmt.Errorf("%s has %d attributes and %d knots, want 1 and %d to %d", e.Feature(), len(e.Sources), len(e.Knots), least, MostKnots)
		}
		for i, t := range e.Knots {
			if math.IsNaN(t) || math.IsInf(t, 0) || i > 0 && !(t > e.Knots[i-1]) {
				return fmt.Errorf("%s of %q has the knots %v, want finite ascending numbers", e.Feature(), e.Sources[0], e.Knots)
			}
		}
	case Copy:
		if len(e.Sources) != 1 || len(e.Knots) > 0 {
			return fmt.Errorf("a copy has %d attributes and %d knots, want 1 and none", len(e.Sources), len(e.Knots))
		}
	case Product:
		if len(e.Sources) != 2 || len(e.Knots) > 0 {
			return fmt.Errorf("a product has %d attributes and %d knots, want 2 and none", len(e.Sources), len(e.Knots))
		}
	case Fourier:
		return e.validateFourier()
	default:
		return fmt.Errorf("kind of expansion is %d, want 1 to %d", e.Kind, lastKind)
	}
	if e.Frame != nil {
		return fmt.Errorf("%s have a frame of Fourier features", e.Feature())
	}
	return e.validateSources()
}

func (e *Expansion) validateSources() error {
	for i, name := range e.Sources {
		if name == "" || e.Kind == Fourier && slices.Contains(e.Sources[:i], name) {
			return fmt.Errorf("attribute %d of %s is %q, which is empty or occurs twice", i, e.Feature(), name)
		}
	}
	return nil
}

func (e *Expansion) validateFourier() error {
	f, d := e.Frame, len(e.Sources)
	switch {
	case d < 1 || d > mostSources || len(e.Knots) > 0:
		return fmt.Errorf("fourier features have %d attributes and %d knots, want 1 to %d and none", d, len(e.Knots), mostSources)
	case f == nil || len(f.Centre) != d || len(f.Scale) != d:
		return fmt.Errorf("fourier features of %d attributes lack their centre or scale", d)
	case len(f.Frequencies) == 0 || len(f.Frequencies)%d != 0 || len(f.Frequencies) > mostFrequencies || 2*len(f.Frequencies)/d > MostFourier:
		return fmt.Errorf("fourier features of %d attributes have %d frequencies, want 1 to %d for each attribute", d, len(f.Frequencies), MostFourier/2)
	case !(f.Bandwidth > 0) || math.IsInf(f.Bandwidth, 0):
		return fmt.Errorf("bandwidth of fourier features is %v, want a positive number", f.Bandwidth)
	}
	for i := range f.Centre {
		if math.IsNaN(f.Centre[i]-f.Centre[i]) || !(f.Scale[i] > 0) || math.IsInf(f.Scale[i], 0) {
			return fmt.Errorf("fourier features have centre %v and scale %v of %q", f.Centre[i], f.Scale[i], e.Sources[i])
		}
	}
	for _, w := range f.Frequencies {
		if math.IsNaN(w - w) {
			return fmt.Errorf("fourier features have the frequency %v", w)
		}
	}
	return e.validateSources()
}

// Columns returns how many columns the expansion has. The first hat, cubic or bin has
// none: together with it the others would add up to 1, as the intercept is.
func (e *Expansion) Columns() int {
	switch e.Kind {
	case Hats, Natural:
		return len(e.Knots) - 1
	case Bins:
		return len(e.Knots)
	case Product, Copy:
		return 1
	default:
		return 2 * len(e.Frame.Frequencies) / len(e.Sources)
	}
}

// Equal reports whether two expansions compute the same columns.
func (e *Expansion) Equal(o *Expansion) bool {
	if e.Kind != o.Kind || !slices.Equal(e.Sources, o.Sources) || !slices.Equal(e.Knots, o.Knots) || (e.Frame == nil) != (o.Frame == nil) {
		return false
	}
	a, b := e.Frame, o.Frame
	return a == nil || a.Seed == b.Seed && a.Bandwidth == b.Bandwidth && slices.Equal(a.Centre, b.Centre) &&
		slices.Equal(a.Scale, b.Scale) && slices.Equal(a.Frequencies, b.Frequencies)
}
