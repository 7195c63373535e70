package explore

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/progress"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// gainResult is how much an attribute tells about a target: Gain is
// H(target) - H(target | attribute) in bits, Ratio that over the entropy of the
// attribute (J. R. Quinlan, Induction of decision trees, 1986). Method says how
// it was worked out: counts are exact; normal takes a continuous attribute to
// be normal given each value of the other (or both to be normal together),
// since only its moments are kept by value. Entropies of continuous attributes
// are not defined here.
type gainResult struct {
	Attribute   string `json:"attribute"`
	Target      string `json:"target"`
	Count       Number `json:"count"`
	Gain        Number `json:"gain"`
	Entropy     Number `json:"entropy"`             // of the target
	Conditional Number `json:"conditional_entropy"` // of the target given the attribute
	Ratio       Number `json:"gain_ratio"`
	Method      string `json:"method"`
}

// gain works out the information gain of one attribute about a target.
func gain(s *stats.Summary, attribute, target string) (*gainResult, error) {
	a, err := find(s, attribute)
	if err != nil {
		return nil, err
	}
	t, err := find(s, target)
	if err != nil {
		return nil, err
	}
	for _, c := range []column{a, t} {
		if c.categorical >= 0 && s.Layout().Categorical[c.categorical].List {
			return nil, fmt.Errorf("attribute %q is a list, whose values may share rows", c.name)
		}
	}
	undefined := Number(math.NaN())
	out := &gainResult{Attribute: attribute, Target: target, Gain: undefined, Entropy: undefined, Conditional: undefined, Ratio: undefined, Method: "normal"}
	switch continuousA, continuousT := a.continuous(s), t.continuous(s); {
	case continuousA && continuousT:
		out.correlated(s.Pair(a.numeric, t.numeric))
	case continuousA:
		out.separated(groups(s, a.numeric, t))
		out.Conditional = out.Entropy - out.Gain
	case continuousT:
		out.separated(groups(s, t.numeric, a))
		out.Ratio, out.Entropy = out.Gain/out.Entropy, undefined
	default:
		out.Method = "counts"
		out.counted(tableOf(s, a, t))
	}
	return out, nil
}

// continuous tells numbers with a density from binaries, which are counted.
func (c column) continuous(s *stats.Summary) bool {
	return c.numeric >= 0 && !s.Layout().Numeric[c.numeric].Binary
}

// counted is the gain of a table, in which rounding can make 0 negative.
func (r *gainResult) counted(t *table) {
	r.Count = Number(t.total)
	if t.total == 0 {
		return
	}
	given := 0.0
	for i, row := range t.cells {
		given += t.rowSums[i] / t.total * entropy(row, t.rowSums[i])
	}
	h, own := entropy(t.sums, t.total), entropy(t.rowSums, t.total)
	r.Entropy, r.Conditional, r.Gain = Number(h), Number(given), Number(max(h-given, 0))
	if own > 0 {
		r.Ratio = r.Gain / Number(own)
	}
}

// correlated is the mutual information of two numbers that are normal
// together, -log2(1-r^2)/2 (Cover and Thomas, Elements of Information Theory,
// example 8.5.1).
func (r *gainResult) correlated(p stats.PairStat) {
	r.Count = Number(p.N)
	if rho := correlation(p); p.N > 2 {
		r.Gain = Number(-math.Log2(1-rho*rho) / 2)
	}
}

// separated is the mutual information of a category and a number that is
// normal given each of its values: the integral of the entropy of the posterior
// under the mixture (Cover and Thomas, section 8.5: I = H(K) - H(K|X)), which has
// no closed form. Groups without variance cannot be told. Entropy becomes that of
// the category.
func (r *gainResult) separated(all []group) {
	var parts mixture
	weights, total := []float64{}, 0.0
	for _, g := range all {
		n := g.n.Float()
		if n == 0 {
			continue
		}
		weights = append(weights, n)
		total += n
		parts = append(parts, normalPart{weight: n, mean: g.mean.Float(), deviation: math.Sqrt(g.variance().Float())})
	}
	r.Count = Number(total)
	if total == 0 {
		return
	}
	h := entropy(weights, total)
	r.Entropy = Number(h)
	for _, p := range parts {
		if !(p.deviation > 0) {
			return
		}
	}
	r.Gain = Number(min(max(h-parts.conditionalEntropy(), 0), h))
}

// gains ranks attributes by what they tell about a target, the most first;
// those that cannot be told come last. Without attributes all others are
// ranked, lists left out.
func gains(ctx context.Context, s *stats.Summary, target string, attributes []string) ([]gainResult, error) {
	if len(attributes) == 0 {
		for _, name := range names(s) {
			if name != target {
				attributes = append(attributes, name)
			}
		}
	}
	out := make([]gainResult, 0, len(attributes))
	for i, name := range attributes {
		progress.Report(ctx, "attribute", i, len(attributes))
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		g, err := gain(s, name, target)
		if err != nil {
			return nil, err
		}
		out = append(out, *g)
	}
	slices.SortStableFunc(out, func(a, b gainResult) int { return cmp.Compare(b.Gain, a.Gain) })
	return out, nil
}

// names returns all attributes but the lists.
func names(s *stats.Summary) []string {
	var out []string
	for _, c := range s.Layout().Numeric {
		if !expansion.IsColumn(c.Name) {
			out = append(out, c.Name)
		}
	}
	for i := range s.Layout().Categorical {
		if c := &s.Layout().Categorical[i]; !c.List {
			out = append(out, c.Name)
		}
	}
	return out
}
