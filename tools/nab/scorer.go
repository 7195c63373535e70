package nab

import (
	"fmt"
	"math"
	"slices"
)

// profile is what hits, false alarms and misses weigh.
type profile struct {
	Name     string
	Hit      float64
	FalseHit float64
	Miss     float64
}

// profiles returns the corpus' three (config/profiles.json).
func profiles() []profile {
	return []profile{
		{Name: "standard", Hit: 1, FalseHit: 0.11, Miss: 1},
		{Name: "reward low FP", Hit: 1, FalseHit: 0.22, Miss: 1},
		{Name: "reward low FN", Hit: 1, FalseHit: 0.11, Miss: 2},
	}
}

// result is the outcome at one threshold.
type result struct {
	Score     float64 // 100 is perfect, 0 is what no alarm at all gives
	Threshold float64 // rows that score this much or more are alarms
	Hits      int     // windows with an alarm
	False     int     // alarms outside of windows
}

// sigmoid weighs an alarm by its place: -1 at the left edge of a window, 0 at
// its right edge, and above after it.
func sigmoid(place float64) float64 {
	if place > 3 {
		return -1
	}
	return 2/(1+math.Exp(5*place)) - 1
}

// event is one row that counts.
type event struct {
	score  float64
	window int     // of the corpus; -1 outside
	weight float64 // of an alarm here
}

// events returns the rows of a series that count, with what an alarm there is
// worth.
func (s *series) events(scores []float64, p profile, firstWindow int) []event {
	var out []event
	next, before := 0, -1
	for i := s.probation(); i < len(s.Values); i++ {
		for next < len(s.Windows) && s.Windows[next].Last < i {
			before = next
			next++
		}
		e := event{score: scores[i], window: -1, weight: -p.FalseHit}
		switch {
		case next < len(s.Windows) && i >= s.Windows[next].First:
			w := s.Windows[next]
			place := -float64(w.Last-i+1) / float64(w.Last-w.First+1)
			e.window, e.weight = firstWindow+next, sigmoid(place)*p.Hit/sigmoid(-1)
		case before >= 0:
			w := s.Windows[before]
			e.weight = sigmoid(float64(i-w.Last)/float64(w.Last-w.First)) * p.FalseHit
		}
		out = append(out, e)
	}
	return out
}

// optimise returns the result at the best threshold, one for all series, as NAB
// does for every detector. scores has one number per row of each series; a
// number that is NaN is no alarm at any threshold.
func (c *dataSet) optimise(scores [][]float64, p profile) (result, error) {
	results, err := c.sweep(scores, p)
	if err != nil {
		return result{}, err
	}
	return slices.MaxFunc(results, func(a, b result) int {
		switch {
		case a.Score < b.Score:
			return -1
		case a.Score > b.Score:
			return 1
		}
		return 0
	}), nil
}

// sweep returns the results at every threshold that makes a difference, from
// the one without an alarm to the lowest.
func (c *dataSet) sweep(scores [][]float64, p profile) ([]result, error) {
	if len(scores) != len(c.Series) {
		return nil, fmt.Errorf("there are scores of %d series, want %d", len(scores), len(c.Series))
	}
	var events []event
	windows := 0
	for i := range c.Series {
		s := &c.Series[i]
		if len(scores[i]) != len(s.Values) {
			return nil, fmt.Errorf("series %q has %d scores, want %d", s.Name, len(scores[i]), len(s.Values))
		}
		events = append(events, s.events(scores[i], p, windows)...)
		windows += len(s.Windows)
	}
	events = slices.DeleteFunc(events, func(e event) bool { return math.IsNaN(e.score) })
	slices.SortStableFunc(events, func(a, b event) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	best := make([]float64, windows)
	for i := range best {
		best[i] = math.Inf(-1)
	}
	null := -p.Miss * float64(windows)
	raw, r := null, result{Threshold: math.Inf(1)}
	out := []result{r}
	for i, e := range events {
		switch {
		case e.window < 0:
			raw += e.weight
			r.False++
		case math.IsInf(best[e.window], -1):
			raw += p.Miss + e.weight
			best[e.window] = e.weight
			r.Hits++
		case e.weight > best[e.window]:
			raw += e.weight - best[e.window]
			best[e.window] = e.weight
		}
		if i+1 == len(events) || events[i+1].score < e.score {
			r.Threshold, r.Score = e.score, 100*(raw-null)/(p.Hit*float64(windows)-null)
			out = append(out, r)
		}
	}
	return out, nil
}
