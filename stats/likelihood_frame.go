package stats

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// LikelihoodFrame is the fixed part of the sums of a likelihood: how a row becomes
// terms, and about which parameters sums are expanded. It is settled once per project.
// Sums of equal frames add exactly.
//
// The parameters are those of the first predictor, its intercept last, then those of the
// next. They are about terms that are centred and scaled.
type LikelihoodFrame struct {
	Key    string
	Kernel likelihood.Kernel
	// Target is the attribute, and Classes its values where it is a class. Offset is
	// that which is added to the first predictor; empty for none.
	Target, Offset string
	Classes        []string
	// Complete says that rows that lack an input are left out; else the input is at its
	// centre.
	Complete bool
	Inputs   []LikelihoodInput
	// Centre and Scale are of the target of quantiles, which is centred and scaled;
	// else 0 and 1.
	Centre, Scale float64
	// Origin are the parameters that polynomials are written about. It never changes.
	Origin []float64
	// Point are those at which rows are expanded from now on, settled when there were
	// Epoch rows: any point gives terms of the same sums. It is no part of the ID.
	Point []float64
	Epoch uint64
}

// LikelihoodInput is an attribute that counts.
type LikelihoodInput struct {
	Name string
	// Centre and Scale are those of a numeric attribute.
	Centre, Scale float64
	// Levels are the values of a categorical one, the reference first; nil of a numeric
	// one.
	Levels []LikelihoodLevel
}

// LikelihoodLevel is a value of a categorical attribute. All but the reference are
// terms, 1 for the value and else 0, that are centred and scaled.
type LikelihoodLevel struct {
	Label         string
	Other         bool // the values that the dictionary has no room for
	Centre, Scale float64
}

// Bounds of a frame.
const (
	// MaxLikelihoodTerms bounds the terms of a frame.
	MaxLikelihoodTerms = 256
	// MaxLikelihoodParameters bounds its parameters.
	MaxLikelihoodParameters = 512
	// maxThirdParameters is up to how many parameters third derivatives are kept: 11,480
	// numbers.
	maxThirdParameters = 40
)

// Terms returns how many terms a row has, the intercept aside.
func (f *LikelihoodFrame) Terms() int {
	n := 0
	for i := range f.Inputs {
		if f.Inputs[i].Levels == nil {
			n++
		} else {
			n += len(f.Inputs[i].Levels) - 1
		}
	}
	return n
}

// Parameters returns how many there are.
func (f *LikelihoodFrame) Parameters() int {
	n, terms := 0, f.Terms()
	for a := range f.Kernel.Predictors() {
		if n++; f.Kernel.Full(a) {
			n += terms
		}
	}
	return n
}

// hasThird reports whether third derivatives are kept.
func (f *LikelihoodFrame) hasThird() bool {
	return f.Kernel.HasThird() && f.Parameters() <= maxThirdParameters
}

// ID identifies the frame: a digest of all but the point.
func (f *LikelihoodFrame) ID() string {
	fixed := *f
	fixed.Point, fixed.Epoch = fixed.Origin, 0
	w := wire.NewWriter(nil)
	fixed.Encode(w)
	sum := sha256.Sum256(w.Bytes())
	return hex.EncodeToString(sum[:8])
}

// Validate returns an error where the frame cannot be one.
func (f *LikelihoodFrame) Validate() error {
	if err := f.Kernel.Validate(); err != nil {
		return err
	}
	for i := range f.Inputs {
		in := &f.Inputs[i]
		if in.Levels == nil && !isScale(in.Centre, in.Scale) {
			return fmt.Errorf("input %q is centred on %v and scaled by %v", in.Name, in.Centre, in.Scale)
		}
		for _, l := range in.Levels {
			if !isScale(l.Centre, l.Scale) {
				return fmt.Errorf("value %q of input %q is centred on %v and scaled by %v", l.Label, in.Name, l.Centre, l.Scale)
			}
		}
	}
	terms, n := f.Terms(), f.Parameters()
	switch {
	case terms > MaxLikelihoodTerms || n > MaxLikelihoodParameters:
		return fmt.Errorf("there are %d terms and %d parameters, want at most %d and %d", terms, n, MaxLikelihoodTerms, MaxLikelihoodParameters)
	case len(f.Origin) != n || len(f.Point) != n:
		return fmt.Errorf("origin and point have %d and %d numbers, want %d", len(f.Origin), len(f.Point), n)
	case f.Kernel.Family == likelihood.Logistic && len(f.Classes) != f.Kernel.Classes:
		return fmt.Errorf("there are %d classes, want %d", len(f.Classes), f.Kernel.Classes)
	case !isScale(f.Centre, f.Scale):
		return fmt.Errorf("the target is centred on %v and scaled by %v", f.Centre, f.Scale)
	}
	for _, x := range append(append([]float64(nil), f.Origin...), f.Point...) {
		if math.Abs(x) > maxParameter || math.IsNaN(x) {
			return fmt.Errorf("a parameter is %v, want at most %v", x, float64(maxParameter))
		}
	}
	return nil
}

// maxParameter bounds the parameters of a frame, in units of its terms.
const maxParameter = 1e6

func isScale(centre, scale float64) bool {
	return math.Abs(centre) <= MaxMagnitude && scale > 0 && scale <= MaxMagnitude && !math.IsInf(1/scale, 0)
}

// Encode appends the frame.
func (f *LikelihoodFrame) Encode(w *wire.Writer) {
	w.String(f.Key)
	w.String(string(f.Kernel.Family))
	w.Uvarint(uint64(f.Kernel.Classes))
	w.Float64(f.Kernel.Level)
	w.Float64(f.Kernel.Bandwidth)
	w.String(f.Target)
	w.String(f.Offset)
	w.Uvarint(uint64(len(f.Classes)))
	for _, c := range f.Classes {
		w.String(c)
	}
	w.Bool(f.Complete)
	w.Float64(f.Centre)
	w.Float64(f.Scale)
	w.Uvarint(uint64(len(f.Inputs)))
	for i := range f.Inputs {
		in := &f.Inputs[i]
		w.String(in.Name)
		w.Uvarint(uint64(len(in.Levels)))
		if in.Levels == nil {
			w.Float64(in.Centre)
			w.Float64(in.Scale)
		}
		for _, l := range in.Levels {
			w.String(l.Label)
			w.Bool(l.Other)
			w.Float64(l.Centre)
			w.Float64(l.Scale)
		}
	}
	w.Float64s(f.Origin)
	w.Float64s(f.Point)
	w.Uvarint(f.Epoch)
}

// DecodeLikelihoodFrame reads what Encode wrote and validates it.
func DecodeLikelihoodFrame(r *wire.Reader) (*LikelihoodFrame, error) {
	f := &LikelihoodFrame{Key: r.String()}
	f.Kernel.Family = likelihood.Family(r.String())
	f.Kernel.Classes = int(min(r.Uvarint(), likelihood.MaxClasses+1))
	f.Kernel.Level, f.Kernel.Bandwidth = r.Finite(), r.Finite()
	f.Kernel.Sharp = f.Kernel.Family == likelihood.Quantile // as that of all sums
	f.Target, f.Offset = r.String(), r.String()
	for range r.Count(1) {
		f.Classes = append(f.Classes, r.String())
	}
	f.Complete = r.Bool()
	f.Centre, f.Scale = r.Finite(), r.Finite()
	for range r.Count(2) {
		in := LikelihoodInput{Name: r.String()}
		levels := r.Count(2)
		if levels == 0 {
			in.Centre, in.Scale = r.Finite(), r.Finite()
		}
		for range levels {
			in.Levels = append(in.Levels, LikelihoodLevel{Label: r.String(), Other: r.Bool(), Centre: r.Finite(), Scale: r.Finite()})
		}
		f.Inputs = append(f.Inputs, in)
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	if err := f.Kernel.Validate(); err != nil {
		return nil, fmt.Errorf("%w: likelihood: %w", wire.ErrCorrupt, err)
	}
	if n := f.Parameters(); n > MaxLikelihoodParameters {
		return nil, fmt.Errorf("%w: likelihood of %d parameters", wire.ErrCorrupt, n)
	}
	f.Origin, f.Point = make([]float64, f.Parameters()), make([]float64, f.Parameters())
	for _, part := range [][]float64{f.Origin, f.Point} {
		for i := range part {
			part[i] = r.Finite()
		}
	}
	f.Epoch = r.Uvarint()
	if r.Err() != nil {
		return nil, r.Err()
	}
	if err := f.Validate(); err != nil {
		return nil, fmt.Errorf("%w: likelihood: %w", wire.ErrCorrupt, err)
	}
	return f, nil
}
