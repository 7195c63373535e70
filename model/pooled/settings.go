package pooled

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/regression"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
)

// maxTrees bounds the trees of a forest of a pool.
const maxTrees = 100

// Settings are what a pool is made by, and how its probabilities become a class.
type Settings struct {
	// Spec has neither key, target nor seed: those are the definition's.
	Spec adaptive.Spec
	// Threshold is the least probability of the second of two classes at which it is
	// predicted; 0 for the more probable one.
	Threshold float64
	// Width is how many standard deviations the interval of a number reaches to either
	// side; 0 for none.
	Width float64
	// MinRows is how many rows must have been learned before anything is predicted.
	MinRows float64
}

// read declares the options of the type adaptive and reads them.
func read(r *param.Reader) Settings {
	numbers := regression.ReadForest(r)
	return Settings{
		Width: numbers.Width(),
		Spec: adaptive.Spec{
			Trees:      r.Integer("trees", 10, param.Between(1, maxTrees), "The number of trees of each forest."),
			SplitRows:  r.Integer("split_rows", 10, param.Between(2, 100), "The number of rows that a leaf must have seen before it is split."),
			Candidates: r.Integer("candidates", 0, param.Between(0, 1000), "The number of random cuts that are tried at a split. 0 is twice the number of inputs."),
			MaxNodes:   r.Integer("max_nodes", 4096, param.Between(3, 1<<16), "The largest number of nodes of a tree."),
			Strength:   r.Number("prior_strength", 1, param.Between(1e-3, 1e6), "The weight, in rows, of what a node takes over from the node above it."),
			Stop:       r.Number("stop_prior", 0.2, param.Between(1e-6, 1-1e-6), "The prior probability that a tree ends in a node rather than below it."),
			Linear:     true,
		},
		Threshold: r.Number("threshold", 0, param.Between(0, 1), "With two classes: the lowest probability of the second class at which that class is predicted. 0 predicts the more probable class."),
		MinRows:   model.MinRowsOption(r, "predicts"),
	}
}

// spec returns the pool of a definition with these settings. What is read off a pool is no
// part of its key, so that definitions that differ in it share one. The seed follows from
// the key, so a stream that is learned again gives the same pool.
func (s *Settings) spec(d *model.Definition) (adaptive.Spec, error) {
	spec := s.Spec
	spec.Target = d.Target
	text, err := json.Marshal(struct {
		Spec   adaptive.Spec
		Inputs []string
	}{spec, d.Inputs})
	if err != nil {
		return spec, fmt.Errorf("options of model %q: %w", d.Name, err)
	}
	sum := sha256.Sum256(text)
	spec.Key, spec.Seed = hex.EncodeToString(sum[:8]), binary.BigEndian.Uint64(sum[8:])
	return spec, nil
}

// Needs returns what a definition with these settings is read off.
func (s *Settings) Needs(d *model.Definition) (model.Needs, error) {
	spec, err := s.spec(d)
	if err != nil {
		return model.Needs{}, err
	}
	if _, err := adaptive.New(spec); err != nil {
		return model.Needs{}, fmt.Errorf("%w: options: %w", model.ErrDefinition, err)
	}
	of, by := *d, *s
	return model.Needs{Full: true, Pools: []model.PoolNeed{{
		Spec: spec, Selects: of.Selects,
		Over: func(pools []*adaptive.Pool, layout *stats.Layout) (model.Model, error) {
			return by.reading(&of, pools, layout)
		},
	}}}, nil
}
