package adaptive

import (
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Spec is what a pool learns, and how. It never changes.
type Spec struct {
	// Key finds the pools that a definition of a model needs.
	Key string
	// Target is the attribute that is predicted: categorical or binary for classes,
	// numeric for a number.
	Target string
	// Trees is the number of trees of each forest; 0 is 10.
	Trees int
	// SplitRows is how many rows a leaf must have seen before it is split; 0 is 10.
	SplitRows int
	// Candidates is how many cuts are tried at a split; 0 is twice the number of inputs.
	Candidates int
	// MaxNodes bounds the nodes of a tree; 0 is 4096.
	MaxNodes int
	// Stop is the prior probability that a tree ends in a node; 0 is 0.2.
	Stop float64
	// Strength is the weight of the prior of a node, as of so many rows; 0 is 1.
	Strength float64
	// Linear adds linear models to the forests.
	Linear bool
	// Seed decides which cuts are tried.
	Seed uint64
}

// Bounds of a pool. The counts of a tree are at most maxCounts numbers: with many classes
// trees have fewer nodes than Spec.MaxNodes.
const (
	maxTrees   = 100
	maxNodes   = 1 << 16
	maxCounts  = 1 << 19
	maxClasses = 1000
	maxInputs  = 1 << 12
)

// filled returns the spec with defaults in place of zeros.
func (s Spec) filled() Spec {
	or := func(v *int, other int) {
		if *v == 0 {
			*v = other
		}
	}
	or(&s.Trees, 10)
	or(&s.SplitRows, 10)
	or(&s.MaxNodes, 4096)
	if s.Stop == 0 {
		s.Stop = .2
	}
	if s.Strength == 0 {
		s.Strength = 1
	}
	return s
}

// validate returns an error that names the first field that is out of bounds.
func (s *Spec) validate() error {
	switch {
	case s.Target == "":
		return errors.New("adaptive pool without a target")
	case s.Trees < 1 || s.Trees > maxTrees:
		return fmt.Errorf("trees of an adaptive pool is %d, want 1 to %d", s.Trees, maxTrees)
	case s.SplitRows < 2 || s.SplitRows > 100:
		return fmt.Errorf("split_rows of an adaptive pool is %d, want 2 to 100", s.SplitRows)
	case s.Candidates < 0 || s.Candidates > 1000:
		return fmt.Errorf("candidates of an adaptive pool is %d, want 0 to 1000", s.Candidates)
	case s.MaxNodes < 3 || s.MaxNodes > maxNodes:
		return fmt.Errorf("max_nodes of an adaptive pool is %d, want 3 to %d", s.MaxNodes, maxNodes)
	case !(s.Stop > 0 && s.Stop < 1):
		return fmt.Errorf("stop_prior of an adaptive pool is %v, want above 0 and below 1", s.Stop)
	case !(s.Strength > 0 && s.Strength <= 1e6):
		return fmt.Errorf("prior_strength of an adaptive pool is %v, want above 0, at most 1000000", s.Strength)
	}
	return nil
}

func (s *Spec) encode(w *wire.Writer) {
	w.String(s.Key)
	w.String(s.Target)
	for _, v := range []int{s.Trees, s.SplitRows, s.Candidates, s.MaxNodes} {
		w.Uvarint(uint64(v))
	}
	w.Float64(s.Stop)
	w.Float64(s.Strength)
	w.Bool(s.Linear)
	w.Uint64(s.Seed)
}

func decodeSpec(r *wire.Reader) Spec {
	s := Spec{Key: r.String(), Target: r.String()}
	for _, v := range []*int{&s.Trees, &s.SplitRows, &s.Candidates, &s.MaxNodes} {
		n := r.Uvarint()
		if n > maxNodes {
			r.Fail("option of an adaptive pool is %d", n)
			n = 0
		}
		*v = int(n)
	}
	s.Stop, s.Strength, s.Linear, s.Seed = r.Finite(), r.Finite(), r.Bool(), r.Uint64()
	if err := s.validate(); err != nil {
		r.Fail("%v", err)
	}
	return s
}
