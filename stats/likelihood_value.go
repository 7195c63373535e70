package stats

import (
	"math"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
)

// LikelihoodValue is what a row has of an attribute: nothing, a number, a value of a
// category, or one that its dictionary has no room for.
type LikelihoodValue struct {
	Kind   LikelihoodKind
	Number float64
	Label  string
}

// LikelihoodKind says what a LikelihoodValue is.
type LikelihoodKind byte

// The kinds.
const (
	LikelihoodMissing LikelihoodKind = iota
	LikelihoodNumber
	LikelihoodLabel
	LikelihoodOther
)

// Class returns the value as the name of a class; false where there is none.
func (v LikelihoodValue) Class() (string, bool) {
	switch v.Kind {
	case LikelihoodNumber:
		return strconv.FormatFloat(v.Number, 'f', -1, 64), true
	case LikelihoodLabel:
		return v.Label, true
	case LikelihoodOther:
		return OtherClass, true
	}
	return "", false
}

// OtherClass is the name of the values that a dictionary has no room for.
const OtherClass = "(other)"

// outcome returns the target as the kernel takes it; false where it takes none.
func (f *LikelihoodFrame) outcome(v LikelihoodValue) (float64, bool) {
	if f.Kernel.Family == likelihood.Logistic {
		name, ok := v.Class()
		for k, class := range f.Classes {
			if ok && class == name {
				return float64(k), true
			}
		}
		return 0, false
	}
	y := (v.Number - f.Centre) / f.Scale
	return y, v.Kind == LikelihoodNumber && f.Kernel.Takes(y)
}

// maxTerm bounds how far a term may be from its centre, in scales: a row beyond is left
// out.
const maxTerm = 1e8

// expand fills z, one number a term and 1 for the intercept, from the values of the
// inputs; false where the row is to be left out.
func (f *LikelihoodFrame) expand(values []LikelihoodValue, z []float64) bool {
	at, ok := 0, true
	for i := range f.Inputs {
		in, v := &f.Inputs[i], values[i]
		if in.Levels == nil {
			z[at] = 0
			if v.Kind == LikelihoodNumber {
				z[at] = (v.Number - in.Centre) / in.Scale
				ok = ok && math.Abs(z[at]) <= maxTerm
			} else if f.Complete {
				ok = false
			}
			at++
			continue
		}
		level := in.level(v)
		ok = ok && (level >= 0 || !f.Complete)
		for k := 1; k < len(in.Levels); k++ {
			l := &in.Levels[k]
			switch {
			case level < 0:
				z[at] = 0
			case level == k:
				z[at] = (1 - l.Centre) / l.Scale
			default:
				z[at] = -l.Centre / l.Scale
			}
			at++
		}
	}
	z[at] = 1
	return ok
}

// level returns the place of a value among the levels, -1 for one that is unknown.
func (in *LikelihoodInput) level(v LikelihoodValue) int {
	for k := range in.Levels {
		l := &in.Levels[k]
		if v.Kind == LikelihoodOther && l.Other || v.Kind == LikelihoodLabel && !l.Other && l.Label == v.Label {
			return k
		}
	}
	return -1
}
