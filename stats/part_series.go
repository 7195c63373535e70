package stats

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// statistic is what a series holds one of per unit. A type whose columns or
// codes have to be mapped overrides merge and subtract of the series.
type statistic[T any] interface {
	Merge(T) error
	Subtract(T) error
	Clone() T
	Encode(w *wire.Writer)
	scalable(f float64) error
	scale(f float64)
	isInRange() bool
}

// series is a part that holds one statistic per unit. Parts embed it; they add
// extend, learn, clone and decode, and override what differs.
type series[T statistic[T]] struct {
	at []T // by unit
}

// holder is a series of any part, as the operand of another one.
type holder[T any] interface {
	unit(i int) T
}

// operand returns a unit of another part; one that holds other statistics is an
// error that wraps ErrIncompatible.
func operand[T any](o part, unit int) (held T, err error) {
	h, ok := o.(holder[T])
	if !ok {
		return held, incompatibleParts()
	}
	return h.unit(unit), nil
}

// incompatibleParts is the error for an operand that is not of the same row.
func incompatibleParts() error {
	return fmt.Errorf("%w: two summaries keep different statistics in one of their parts", ErrIncompatible)
}

func (s *series[T]) unit(i int) T { return s.at[i] }

// grow adds empty statistics up to n units.
func (s *series[T]) grow(n int, empty func() T) {
	for len(s.at) < n {
		s.at = append(s.at, empty())
	}
}

// copied returns a deep copy.
func (s *series[T]) copied() series[T] {
	out := series[T]{at: make([]T, len(s.at))}
	for i, x := range s.at {
		out.at[i] = x.Clone()
	}
	return out
}

// bind does nothing: only parts that read-outs ask need it.
func (s *series[T]) bind(*Summary) {}

func (s *series[T]) merge(o part, at place) error {
	from, err := operand[T](o, at.from)
	if err != nil {
		return err
	}
	return s.at[at.to].Merge(from)
}

func (s *series[T]) subtract(o part, at place) error {
	from, err := operand[T](o, at.from)
	if err != nil {
		return err
	}
	return s.at[at.to].Subtract(from)
}

func (s *series[T]) scalable(f float64) error {
	for _, x := range s.at {
		if err := x.scalable(f); err != nil {
			return err
		}
	}
	return nil
}

func (s *series[T]) scale(f float64) {
	for _, x := range s.at {
		x.scale(f)
	}
}

func (s *series[T]) isInRange(unit int) bool { return s.at[unit].isInRange() }

func (s *series[T]) encode(w *wire.Writer, unit int) { s.at[unit].Encode(w) }
