package live

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

// ForestInfo is one forest: trees that have grown from the rows, and how many rows have been
// counted in them.
type ForestInfo struct {
	ID      string   `json:"id"`
	Target  string   `json:"target"`
	Trees   int      `json:"trees"`
	Nodes   int      `json:"nodes"`             // of all trees
	Classes []string `json:"classes,omitempty"` // none of a number
	Rows    float64  `json:"rows"`              // weight of those that have a class, since it began
}

// ForestsOf returns the forests among the stored definitions of a project, in the order of
// their names, with the rows that its statistics have counted in them. Damage, and statistics
// that no composition makes, are an error.
func ForestsOf(whole stats.Additive, stored map[string][]byte) ([]ForestInfo, error) {
	e, err := evidenceOf(whole)
	if err != nil {
		return nil, err
	}
	e.Forests = nil
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		if !strings.HasPrefix(name, project.ForestRecord) {
			continue
		}
		f, err := decodeForest(stored[name])
		if err != nil {
			return nil, fmt.Errorf("stored forest %q: %w", name, err)
		}
		e.Forests = append(e.Forests, f)
	}
	return forestsOf(e), nil
}

func forestsOf(e *model.Evidence) []ForestInfo {
	var out []ForestInfo
	for _, f := range e.Forests {
		tally := e.Tally
		if tally == nil {
			tally = &forest.Tally{}
		}
		out = append(out, ForestInfo{ID: f.ID, Target: f.Target, Trees: f.Trees, Nodes: f.Nodes(), Classes: f.Classes(), Rows: tally.Weight(f.ID)})
	}
	return out
}
