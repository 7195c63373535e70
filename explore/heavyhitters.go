package explore

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// heavyHittersResult are the values of a categorical attribute that have the
// most weight. Counts of values that the dictionary has room for are exact.
type heavyHittersResult struct {
	Count  Number     `json:"count"` // of the rows that have the attribute
	Values []TopValue `json:"values"`
}

// heavyHitters returns up to limit values of a categorical attribute or list,
// the most frequent first; 0 means ten.
func heavyHitters(s *stats.Summary, attribute string, limit int) (*heavyHittersResult, error) {
	if limit < 0 {
		return nil, fmt.Errorf("limit is %d, want 0 or more", limit)
	}
	if limit == 0 {
		limit = topValues
	}
	c, err := find(s, attribute)
	if err != nil {
		return nil, err
	}
	if c.categorical < 0 {
		return nil, fmt.Errorf("attribute %q is a number, not categorical", attribute)
	}
	out := &heavyHittersResult{Count: Number(s.Present(c.categorical)), Values: []TopValue{}}
	counts, names := s.Categories(c.categorical), &s.Layout().Categorical[c.categorical]
	for i, value := range names.Values {
		if n := counts.Count(int32(i + 1)); n > 0 {
			out.Values = append(out.Values, TopValue{Value: value, Count: Number(n)})
		}
	}
	// Each list of the dictionary and of the sketch is complete for its values, so
	// that the top of both together is among the top of each.
	if _, heavy := s.Overflowed(c.categorical); heavy != nil {
		for _, h := range heavy.Top(limit) {
			out.Values = append(out.Values, TopValue{Value: h.Value, Count: Number(h.Estimate), Error: Number(h.Error)})
		}
	}
	// Equal counts go by name: the order must not depend on that of the dictionary,
	// which two instances that merge may have built differently.
	slices.SortStableFunc(out.Values, func(a, b TopValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	out.Values = out.Values[:min(limit, len(out.Values))]
	return out, nil
}
