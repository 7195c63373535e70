package design

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// ErrAliased is wrapped by errors about inputs that the others determine.
var ErrAliased = errors.New("inputs are aliased or ill-conditioned")

// RcondDouble is the least reciprocal condition number of a matrix in float64
// that is inverted.
const RcondDouble = 1e-14

// Constant reports whether term i has no variance but for rounding.
func Constant(m *Moments, i int) bool {
	const rounding = 1e-30
	mean := m.Mean[i].Float()
	return !(m.At(i, i).Float() > rounding*mean*mean*m.Weight.Float())
}

// Involved names the terms of a combination that matter.
func Involved(names []string, combination []float64) string {
	const trace = 1e-6 // of the largest; what rounding leaves is smaller
	largest := 0.0
	for _, x := range combination {
		largest = max(largest, math.Abs(x))
	}
	var involved []string
	for i, x := range combination {
		if math.Abs(x) > trace*largest {
			involved = append(involved, fmt.Sprintf("%q", names[i]))
		}
	}
	const most = 8
	if len(involved) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(involved[:most], ", "), len(involved)-most)
	}
	return strings.Join(involved, ", ")
}
