package live

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// PoolInfo is the models that follow the stream of one shard for a definition: of each its
// weight in a prediction, and what its last predictions have cost.
type PoolInfo struct {
	Shard   string            `json:"shard"` // of a merged project the shard there, after the name of the merge
	Target  string            `json:"target"`
	Rows    float64           `json:"rows"` // weight of those that were learned
	Members []adaptive.Member `json:"members"`
}

// PoolsOf lists the pools in the statistics of a shard or a project, by definition and shard.
func PoolsOf(whole stats.Additive) ([]PoolInfo, error) {
	w, ok := keyless(whole).(*wrap.Adaptive)
	if !ok {
		return nil, fmt.Errorf("%w: pools of models in %s", stats.ErrIncompatible, stats.InWords(whole))
	}
	var out []PoolInfo
	sources := w.PoolSources()
	for i, p := range w.Pools() {
		r := p.Report()
		out = append(out, PoolInfo{Shard: sources[i], Target: p.Spec().Target, Rows: r.Rows, Members: r.Members})
	}
	return out, nil
}
