package live

import (
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// HeldInfo is what one of the statistics of a project holds.
type HeldInfo struct {
	// Part is its name, empty for the only one.
	Part string `json:"part,omitempty"`
	// Rows is the weight of the rows that count, Effective how many equally
	// weighted rows they are worth, where weights have decayed.
	Rows      float64  `json:"rows"`
	Effective *float64 `json:"effective,omitempty"`
	// From and To bound the times of the rows of a window: from the one on,
	// before the other.
	From *time.Time `json:"from,omitempty"`
	To   *time.Time `json:"to,omitempty"`
}

// held describes what each of the statistics side by side holds.
// The main one comes first, under an empty name when it is the only one.
func (s *snapshot) held() ([]HeldInfo, error) {
	side, ok := s.whole.(stats.Parallel)
	if !ok {
		return []HeldInfo{heldIn("", s.whole, s.summary)}, nil
	}
	var out []HeldInfo
	for _, name := range side.Names() {
		summary, err := s.part(name)
		if err != nil {
			return nil, err
		}
		out = append(out, heldIn(name, side.Part(name), summary))
	}
	return out, nil
}

// heldIn describes one of them, with its summary.
// Effective rows are Kish's (Survey Sampling, 1965, section 11.7): how many rows of
// equal weight carry as much information.
func heldIn(name string, a stats.Additive, s *stats.Summary) HeldInfo {
	out := HeldInfo{Part: name, Rows: s.Weight()}
	if s.Decays() {
		n := s.EffectiveRows()
		out.Effective = &n
	}
	if w, ok := a.(stats.Spanning); ok {
		if from, to, any := w.Span(); any {
			first, last := time.Unix(0, from).UTC(), time.Unix(0, to).UTC()
			out.From, out.To = &first, &last
		}
	}
	return out
}
