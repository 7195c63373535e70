package stats

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// EntityStore keeps the statistics of keys that have left memory.
type EntityStore interface {
	// Load returns what Save was given last for the key, or nil.
	Load(ctx context.Context, key string) ([]byte, error)
	Save(ctx context.Context, key string, value []byte) error
}

// EntityOptions are the settings of Entities.
type EntityOptions struct {
	// Each makes the statistic of a key; All that of the population, which is
	// the sum over all keys and may keep more.
	Each, All Maker
	// Resident bounds the keys in memory after Trim; at least 1.
	Resident int
	// Young is the weight k at which a key's own score and the population's
	// count alike: see Blend. 0 means that the population never counts.
	Young float64
}

// Entities is one statistic per key and one of all keys together. Of the keys,
// those that were not used for longest leave for a store and come back.
//
// It is not safe for concurrent use.
type Entities struct {
	options    EntityOptions
	store      EntityStore
	population Additive
	resident   map[string]*resident
	clock      uint64 // counts uses
}

// resident is a key in memory.
type resident struct {
	statistic Additive
	used      uint64 // Entities.clock at its last use
}

// NewEntities returns an empty collection. An option out of range is an error.
func NewEntities(store EntityStore, options EntityOptions) (*Entities, error) {
	if store == nil || options.Each == nil || options.All == nil {
		return nil, fmt.Errorf("entities need a store and makers of both statistics")
	}
	if options.Resident < 1 {
		return nil, fmt.Errorf("resident is %d, want at least 1", options.Resident)
	}
	if !(options.Young >= 0 && options.Young <= maxWeight) {
		return nil, fmt.Errorf("young is %v, want 0 to %g", options.Young, float64(maxWeight))
	}
	population, err := options.All.New()
	if err != nil {
		return nil, err
	}
	return &Entities{options: options, store: store, population: population, resident: map[string]*resident{}}, nil
}

// Learn adds each row to the statistic of its key and to the population; keys
// holds one key per row. On error nothing is learned. It brings keys back and
// lets none leave: Trim does.
func (e *Entities) Learn(ctx context.Context, layout *Layout, rows *Rows, keys []string) error {
	if len(keys) != rows.N {
		return fmt.Errorf("there are %d keys for %d rows", len(keys), rows.N)
	}
	if err := rows.Validate(layout); err != nil {
		return err
	}
	byKey := newKeyed[string](e.options.Each)
	parts := byKey.split(rows, func(i int) (string, bool) { return keys[i], true })
	names := slices.Sorted(maps.Keys(parts))
	next := make([]Additive, len(names))
	for i, key := range names {
		r, err := e.bring(ctx, key)
		if err != nil {
			return err
		}
		if r == nil {
			next[i], err = e.options.Each.New()
		} else {
			next[i] = r.statistic.Clone()
		}
		if err == nil {
			err = next[i].Learn(layout, parts[key])
		}
		if err != nil {
			return fmt.Errorf("key %.100q: %w", key, err)
		}
	}
	if err := e.population.Learn(layout, rows); err != nil {
		return fmt.Errorf("population: %w", err)
	}
	for i, key := range names {
		e.clock++
		e.resident[key] = &resident{statistic: next[i], used: e.clock}
	}
	return nil
}

// Of returns the statistic of a key, nil when it has none. It must not be
// changed, and is that of this moment.
func (e *Entities) Of(ctx context.Context, key string) (Additive, error) {
	r, err := e.bring(ctx, key)
	if err != nil || r == nil {
		return nil, err
	}
	e.clock++
	r.used = e.clock
	return r.statistic, nil
}

// Population returns the statistic of all keys together, which must not be
// changed.
func (e *Entities) Population() Additive { return e.population }

// Resident returns the number of keys in memory.
func (e *Entities) Resident() int { return len(e.resident) }

// Blend returns the score of a row of a key of weight n: own with weight
// n/(n+k), the population's with k/(n+k), k being EntityOptions.Young. So a
// young key is judged by the population and an old one by itself: the posterior
// mean with a prior worth k rows (A. Gelman et al., Bayesian Data Analysis, 3rd
// ed., eq. 2.12 with equal variances).
func (e *Entities) Blend(n, own, population float64) float64 {
	return Blend(n, e.options.Young, own, population)
}

// Blend is Entities.Blend with the weight k as an argument.
func Blend(n, k, own, population float64) float64 {
	switch {
	case k == 0:
		return own
	case !(n > 0):
		return population
	}
	return population + n/(n+k)*(own-population)
}

// bring returns the key, from the store when it is not in memory, and nil when
// it is in neither.
func (e *Entities) bring(ctx context.Context, key string) (*resident, error) {
	if r := e.resident[key]; r != nil {
		return r, nil
	}
	value, err := e.store.Load(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("load key %.100q: %w", key, err)
	}
	if value == nil {
		return nil, nil
	}
	reader := wire.NewReader(value)
	statistic, err := e.options.Each.Decode(reader)
	if err == nil {
		err = reader.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("key %.100q: %w", key, err)
	}
	e.clock++
	r := &resident{statistic: statistic, used: e.clock}
	e.resident[key] = r
	return r, nil
}

// Trim saves the keys that were not used for longest and lets them leave, an
// eighth more than needed, so that it is seldom. On error the keys that are not
// saved stay.
func (e *Entities) Trim(ctx context.Context) error {
	over := len(e.resident) - e.options.Resident
	if over <= 0 {
		return nil
	}
	names := slices.SortedFunc(maps.Keys(e.resident), func(a, b string) int {
		if e.resident[a].used < e.resident[b].used {
			return -1
		}
		return 1
	})
	for _, key := range names[:over+e.options.Resident/8] {
		var w wire.Writer
		e.resident[key].statistic.Encode(&w)
		if err := e.store.Save(ctx, key, w.Bytes()); err != nil {
			return fmt.Errorf("save key %.100q: %w", key, err)
		}
		delete(e.resident, key)
	}
	return nil
}
