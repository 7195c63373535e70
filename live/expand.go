package live

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/glob"
)

// Expand says which columns are computed of continuous attributes and learned beside
// them (package expansion). The zero value computes none.
type Expand struct {
	// Rows is how many first values of an attribute, or first rows, settle knots, bounds
	// and frequencies.
	Rows int
	// Splines, Bins and Fourier are attributes, by name or pattern.
	Splines []string
	Knots   int
	// Natural makes the splines natural cubics; else they are hats.
	Natural bool
	Bins    []string
	// Count is the number of bins of each attribute.
	Count int
	// Pairs are the products, each two names with a colon between them. Products are attributes, by name or
	// pattern, of which all pairs are multiplied, at most MostProducts.
	Pairs        []string
	Products     []string
	MostProducts int
	Fourier      []string
	// Columns is the number of Fourier features, Bandwidth the factor of the median
	// distance of rows, Seed what decides the frequencies.
	Columns   int
	Bandwidth float64
	Seed      int
}

// Bounds of the settings.
const (
	leastExpandRows = 20
	mostExpandRows  = 100_000
	mostProducts    = 5000
)

// Validate checks names and bounds. The error names the field by its place in sml_learn.
func (x *Expand) Validate() error {
	if x.IsZero() {
		return nil
	}
	if x.Rows < leastExpandRows || x.Rows > mostExpandRows {
		return fmt.Errorf("rows is %d, want %d to %d", x.Rows, leastExpandRows, mostExpandRows)
	}
	for _, list := range []struct {
		field string
		names []string
	}{{"splines", x.Splines}, {"bins", x.Bins}, {"products", x.Products}, {"fourier", x.Fourier}} {
		for i, name := range list.names {
			if name == "" || !glob.Valid(name) || slices.Contains(list.names[:i], name) {
				return fmt.Errorf("%s.attributes.%d is %q, which is empty, no pattern or occurs twice", list.field, i, name)
			}
		}
	}
	for i, text := range x.Pairs {
		if pair := pairIn(text); pair[0] == "" || pair[1] == "" || slices.Contains(x.Pairs[:i], text) {
			return fmt.Errorf("products.pairs.%d is %q, want two attributes with a colon between them, each pair once", i, text)
		}
	}
	switch {
	case x.Knots < 3 || x.Knots > expansion.MostKnots:
		return fmt.Errorf("splines.knots is %d, want 3 to %d", x.Knots, expansion.MostKnots)
	case x.Count < 2 || x.Count > expansion.MostKnots:
		return fmt.Errorf("bins.bins is %d, want 2 to %d", x.Count, expansion.MostKnots)
	case x.MostProducts < 1 || x.MostProducts > mostProducts:
		return fmt.Errorf("products.max is %d, want 1 to %d", x.MostProducts, mostProducts)
	case x.Columns < 2 || x.Columns > expansion.MostFourier || x.Columns%2 != 0:
		return fmt.Errorf("fourier.columns is %d, want an even number from 2 to %d", x.Columns, expansion.MostFourier)
	case !(x.Bandwidth >= 1e-3 && x.Bandwidth <= 1e3):
		return fmt.Errorf("fourier.bandwidth is %v, want 0.001 to 1000", x.Bandwidth)
	}
	return nil
}

// IsZero reports whether nothing is computed.
func (x *Expand) IsZero() bool {
	return len(x.Splines)+len(x.Bins)+len(x.Pairs)+len(x.Products)+len(x.Fourier) == 0
}

// EachName calls visit with each attribute that is named, not by a pattern, and its place in
// sml_learn below expand, until that returns an error.
func (x *Expand) EachName(visit func(place, attribute string) error) error {
	for _, list := range []struct {
		field string
		names []string
	}{{"splines", x.Splines}, {"bins", x.Bins}, {"products", x.Products}, {"fourier", x.Fourier}} {
		for i, name := range list.names {
			if glob.Is(name) {
				continue
			}
			if err := visit(fmt.Sprintf("%s.attributes.%d", list.field, i), name); err != nil {
				return err
			}
		}
	}
	for i, text := range x.Pairs {
		for _, name := range pairIn(text) {
			if err := visit(fmt.Sprintf("products.pairs.%d", i), name); err != nil {
				return err
			}
		}
	}
	return nil
}

// kind returns what splines are.
func (x *Expand) kind() expansion.Kind {
	if x.Natural {
		return expansion.Natural
	}
	return expansion.Hats
}

// pairIn reads a pair of attributes, a:b. Where names have colons too, it is the first
// that counts.
func pairIn(text string) [2]string {
	a, b, _ := strings.Cut(text, ":")
	return [2]string{strings.TrimSpace(a), strings.TrimSpace(b)}
}

// matches reports whether an attribute is listed, by name or pattern.
func matches(list []string, attribute string) bool {
	return slices.ContainsFunc(list, func(pattern string) bool { return pattern == attribute || glob.Match(pattern, attribute) })
}

// fields are the settings by the names that they have in sml_learn.
func (x *Expand) fields() []field {
	return []field{
		{"expand.rows", x.Rows}, {"expand.splines.attributes", x.Splines}, {"expand.splines.knots", x.Knots}, {"expand.splines.basis: natural", x.Natural},
		{"expand.bins.attributes", x.Bins}, {"expand.bins.bins", x.Count},
		{"expand.products.pairs", x.Pairs}, {"expand.products.attributes", x.Products}, {"expand.products.max", x.MostProducts},
		{"expand.fourier.attributes", x.Fourier}, {"expand.fourier.columns", x.Columns}, {"expand.fourier.bandwidth", x.Bandwidth}, {"expand.fourier.seed", x.Seed},
	}
}

// OfTargetOnly reports whether the settings ask for features of a kind, and all that they ask
// for is computed of the target too, so that no model of it can use any. Patterns may match
// other attributes.
func (x *Expand) OfTargetOnly(feature, target string) bool {
	only := func(list []string) bool {
		return len(list) > 0 && !slices.ContainsFunc(list, func(name string) bool { return name != target })
	}
	switch feature {
	case expansion.Hats.Feature():
		return only(x.Splines)
	case expansion.Bins.Feature():
		return only(x.Bins)
	case expansion.Product.Feature():
		others := slices.DeleteFunc(slices.Clone(x.Products), func(name string) bool { return name == target })
		listed := len(others) > 1 || slices.ContainsFunc(others, glob.Is)
		paired := slices.ContainsFunc(x.Pairs, func(text string) bool {
			pair := pairIn(text)
			return pair[0] != target && pair[1] != target
		})
		return len(x.Pairs)+len(x.Products) > 0 && !listed && !paired
	case expansion.Fourier.Feature(): // computed of all their attributes together
		return slices.Contains(x.Fourier, target)
	}
	return false
}
