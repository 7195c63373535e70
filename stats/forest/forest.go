package forest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Spec is what a forest is grown for, and how. It never changes.
type Spec struct {
	// ID tells forests apart: counts of equal IDs add up.
	ID string
	// Key finds the forests that a definition of a model needs.
	Key string
	// Target is the attribute whose classes are counted: a categorical one, or a
	// binary one with the classes "0" and "1"; or a number.
	Target string
	// Numeric says that the target is a number.
	Numeric bool `json:",omitempty"`
	// MaxLinear is the largest number of numeric inputs with which the nodes of a forest of a
	// number have linear models; with more they have means.
	MaxLinear int `json:",omitempty"`
	// Trees is their number.
	Trees int
	// SplitRows is how many rows a leaf must have seen before it is split.
	SplitRows int
	// Candidates is how many cuts are tried at a split; 0 is twice the number of inputs.
	Candidates int
	// MaxNodes bounds the nodes of a tree.
	MaxNodes int
	// Strength is the weight of the prior of a node, as of so many rows.
	Strength float64
	// Seed decides which cuts are tried.
	Seed uint64
}

// Bounds of a forest. Its counts are at most maxCounts numbers, and its sums maxSums: with many
// classes or linear inputs its trees have fewer nodes than Spec.MaxNodes.
const (
	MaxTrees  = 100
	MaxLinear = 64
	maxSums   = 1 << 20
	// maxTreeSums bounds the sums of one tree, which with its frame are then at most 0.25 MB.
	maxTreeSums = 29_000
	maxNodes    = 1 << 16
	maxCounts   = 1 << 22
	maxNames    = 1 << 16 // inputs, classes, and categories of an input
)

// validate returns an error that names the first field that is out of bounds.
func (s *Spec) validate() error {
	switch {
	case s.ID == "" || s.Target == "":
		return errors.New("forest without an id or a target")
	case s.Trees < 1 || s.Trees > MaxTrees:
		return fmt.Errorf("forest has %d trees, want 1 to %d", s.Trees, MaxTrees)
	case s.SplitRows < 2 || s.SplitRows > 1000:
		return fmt.Errorf("split_rows of a forest is %d, want 2 to 1000", s.SplitRows)
	case s.Candidates < 0 || s.Candidates > 1000:
		return fmt.Errorf("candidates of a forest is %d, want 0 to 1000", s.Candidates)
	case s.MaxNodes < 3 || s.MaxNodes > maxNodes:
		return fmt.Errorf("max_nodes of a forest is %d, want 3 to %d", s.MaxNodes, maxNodes)
	case s.MaxLinear < 0 || s.MaxLinear > MaxLinear || s.MaxLinear > 0 && !s.Numeric:
		return fmt.Errorf("max_linear_inputs of a forest is %d, want 0 to %d, and 0 for classes", s.MaxLinear, MaxLinear)
	case !(s.Strength > 0 && s.Strength <= 1e6):
		return fmt.Errorf("prior_strength of a forest is %v, want above 0, at most 1000000", s.Strength)
	}
	return nil
}

// Fits reports whether the target is what the forest is grown for: a number, or classes.
func (s *Spec) Fits(layout *stats.Layout) bool {
	at := layout.NumericIndex(s.Target)
	if s.Numeric {
		return at >= 0 && !layout.Numeric[at].Binary
	}
	return at >= 0 && layout.Numeric[at].Binary || layout.CategoricalIndex(s.Target) >= 0
}

// Forest is the structure of all trees, and the names of what they were grown of. Forests
// that have been published never change: a [Grower] makes larger ones.
type Forest struct {
	Spec
	inputs  []input
	classes names
	target  scale // of a number
	trees   []*frame
}

// input is an attribute that trees may split by.
type input struct {
	name    string
	nominal bool
	values  names // of a nominal one
	scale   scale // of a number, where the target is one
}

// names are numbered in the order in which they came.
type names struct {
	list  []string
	index map[string]int32
}

// of returns the number of a name, or -1.
func (n *names) of(name string) int32 {
	if at, ok := n.index[name]; ok {
		return at
	}
	return -1
}

// add numbers a name that is new, unless there are too many.
func (n *names) add(name string) int32 {
	if len(n.list) >= maxNames {
		return -1
	}
	if n.index == nil {
		n.index = map[string]int32{}
	}
	at := int32(len(n.list))
	n.list, n.index[name] = append(n.list, name), at
	return at
}

func namesOf(list []string) names {
	n := names{list: slices.Clone(list), index: make(map[string]int32, len(list))}
	for i, name := range list {
		n.index[name] = int32(i)
	}
	return n
}

// New returns a forest of trees of one leaf each.
func New(s Spec) (*Forest, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	f := &Forest{Spec: s}
	for range s.Trees {
		t := newFrame(s.Strength)
		t.numeric = s.Numeric
		f.trees = append(f.trees, t)
	}
	return f, nil
}

// As returns a forest of the same trees under another ID, in which nothing is counted yet.
func (f *Forest) As(id string) *Forest {
	out := f.freeze()
	out.ID = id
	return out
}

// freeze returns a copy that growing f leaves as it is.
func (f *Forest) freeze() *Forest {
	out := &Forest{Spec: f.Spec, classes: namesOf(f.classes.list), target: f.target}
	for i := range f.inputs {
		in := &f.inputs[i]
		out.inputs = append(out.inputs, input{name: in.name, nominal: in.nominal, values: namesOf(in.values.list), scale: in.scale})
	}
	for _, t := range f.trees {
		out.trees = append(out.trees, t.freeze())
	}
	return out
}

// Extends reports whether f is o or has grown from it.
func (f *Forest) Extends(o *Forest) bool {
	if f.Spec != o.Spec || !f.target.extends(&o.target) || !startsWith(f.classes.list, o.classes.list) || len(f.inputs) < len(o.inputs) {
		return false
	}
	for i := range o.inputs {
		a, b := &f.inputs[i], &o.inputs[i]
		if a.name != b.name || a.nominal != b.nominal || !a.scale.extends(&b.scale) || !startsWith(a.values.list, b.values.list) {
			return false
		}
	}
	for k := range o.trees {
		if !f.trees[k].extends(o.trees[k]) {
			return false
		}
	}
	return true
}

func startsWith(list, start []string) bool {
	return len(list) >= len(start) && slices.Equal(list[:len(start)], start)
}

// Nodes returns the number of nodes of all trees.
func (f *Forest) Nodes() int {
	n := 0
	for _, t := range f.trees {
		n += t.nodes()
	}
	return n
}

// mostNodes returns how many nodes a tree may have with so many classes or
// linear inputs.
func (f *Forest) mostNodes() int {
	if f.Numeric {
		return min(f.MaxNodes, maxSums/(f.Trees*f.mostSums()), maxTreeSums/f.mostSums())
	}
	return min(f.MaxNodes, maxCounts/(f.Trees*max(len(f.classes.list), 1)))
}

// Inputs returns the names of the attributes that trees may split by, in the order in
// which they came.
func (f *Forest) Inputs() []string {
	out := make([]string, len(f.inputs))
	for i := range f.inputs {
		out[i] = f.inputs[i].name
	}
	return out
}

// other is the name of the values of an attribute that its dictionary has no room for. No
// value has it, as no value begins with a zero.
const other = "\x00other"

// otherLabel is what a class or category of values that have no name of their own is called
// (model.OtherLabel).
const otherLabel = "(other)"

// Classes returns the classes in the order in which they came; that of the values that the
// target's dictionary has no room for is `(other)`.
func (f *Forest) Classes() []string { return labels(f.classes.list) }

func labels(list []string) []string {
	out := slices.Clone(list)
	for i, name := range out {
		if name == other {
			out[i] = otherLabel
		}
	}
	return out
}

// binary are the classes of a binary target.
func binary(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
