package live

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/keyed"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// EntityScoring says how rows are scored with the statistics of their keys.
type EntityScoring struct {
	// Young is the weight at which a key's own score and that of the population
	// count alike, as in stats.Blend; 0 means that the population never counts
	// once a key has the model's min_rows.
	Young float64
	// Models bounds the models of keys in memory; 0 means DefaultEntityModels.
	Models int
}

// DefaultEntityModels is used when EntityScoring.Models is zero.
const DefaultEntityModels = 20000

// entityGrowth is by how much a key must have grown before its model is rebuilt.
const entityGrowth = 0.05

// validate is asked when the scorer is made; the error names the setting.
func (e *EntityScoring) validate() error {
	if !(e.Young >= 0 && e.Young <= maxWeight) {
		return fmt.Errorf("entities: young is %v, want 0 to %g", e.Young, float64(maxWeight))
	}
	if e.Models < 0 {
		return fmt.Errorf("entities: models is %d, want at least 1", e.Models)
	}
	return nil
}

// keyModels are the models of keys that a scorer has built.
// mu guards all below it, and is held while models of keys are built: two batches
// with the same new keys would otherwise build each model twice.
type keyModels struct {
	project *Project
	young   float64
	most    int

	mu     sync.Mutex
	of     *builtModel // the population's, as of the last batch
	models map[string]*keyModel
	clock  uint64
}

// keyModel is the model of one key. model is nil while the key has less
// than the model's min_rows.
type keyModel struct {
	model   model.Model
	rows    float64 // of the key now
	weight  float64 // of the key when the model was built
	columns int     // numeric columns that the model was built on
	used    uint64
}

// newKeyModels fills in defaults; settings have been validated.
func newKeyModels(p *Project, settings EntityScoring) *keyModels {
	if settings.Models == 0 {
		settings.Models = DefaultEntityModels
	}
	return &keyModels{project: p, young: settings.Young, most: settings.Models, models: map[string]*keyModel{}}
}

// ownScores is the models of the keys of one piece of a batch.
type ownScores struct {
	young  float64
	models map[string]*keyModel // nil where keys do not count
	result model.Result
	part   string // that the rows of a key are, empty for that of the population
}

// fits reports why a model cannot be built per key.
func (t *keyModels) fits(built *builtModel) error {
	p, d := t.project, &built.definition
	maker, ok := p.composition.maker().(keyed.Maker)
	if !ok {
		return fmt.Errorf("project %q keeps nothing per key: set `key` of sml_learn", p.home.project)
	}
	if built.role != model.RoleAnomaly {
		return fmt.Errorf("model %q of type %s cannot be scored per key, only anomaly models can", d.Name, d.Type)
	}
	slim, ok := maker.Each.(stats.SlimMaker)
	if !ok {
		return nil
	}
	needs, err := p.home.types.Needs(*d)
	switch {
	case err != nil:
		return err
	case needs.Full:
		enough := p.home.types.Such(model.RoleAnomaly, func(n model.Needs) bool { return !n.Full })
		return fmt.Errorf("model %q of type %s per key needs more than is kept of a key: `entities.pairs` of sml_learn is false, which suffices for %s", d.Name, d.Type, strings.Join(enough, ", "))
	case needs.Histograms && slim.HistogramBins == 0:
		return fmt.Errorf("model %q of type %s per key needs histograms: `entities.histogram_bins` of sml_learn is 0", d.Name, d.Type)
	}
	return nil
}

// prepare finds or builds the models of the keys of a piece of a batch.
// A model is built anew when its key has grown by entityGrowth, has shrunk, or the
// schema has a new numeric column.
func (t *keyModels) prepare(ctx context.Context, built *builtModel, w *scoring, messages []Message) error {
	if err := t.fits(built); err != nil {
		return err
	}
	keys := make([]string, 0, len(messages))
	if w.own.part = ""; t.project.composition.keysCover() != "" {
		w.own.part = project.PartHistory
	}
	w.own.young, w.own.models = t.young, make(map[string]*keyModel, len(messages))
	for i := range messages {
		if _, known := w.own.models[messages[i].Key]; !known && messages[i].Err == nil {
			w.own.models[messages[i].Key] = nil
			keys = append(keys, messages[i].Key)
		}
	}
	weights := make([]float64, len(keys))
	err := t.project.keys.visit(ctx, keys, func() { clear(weights) }, func(i int, a stats.Additive, gone bool) {
		if gone {
			weights[i] -= a.Weight()
		} else {
			weights[i] += a.Weight()
		}
	})
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of != built {
		if t.of != nil && !reflect.DeepEqual(t.of.definition, built.definition) {
			clear(t.models)
		}
		t.of = built
	}
	var stale []string
	for i, key := range keys {
		m := t.models[key]
		columns := len(w.layout.Numeric)
		if m == nil || m.columns != columns || weights[i] < m.weight || weights[i] > m.weight*(1+entityGrowth) {
			if weights[i] > 0 {
				stale = append(stale, key)
			}
			m = &keyModel{rows: weights[i]}
		} else {
			// Who scores at the same time keeps the entry it has.
			m = &keyModel{model: m.model, rows: weights[i], weight: m.weight, columns: m.columns}
			t.models[key] = m
		}
		t.clock++
		m.used = t.clock
		w.own.models[key] = m
	}
	if len(stale) == 0 || built.warmingUp { // whose results are not told
		return nil
	}
	return t.build(ctx, built, w, stale)
}

// build builds the models of keys; the lock is held.
func (t *keyModels) build(ctx context.Context, built *builtModel, w *scoring, keys []string) error {
	sums := make([]keySum, len(keys))
	begin := func() { clear(sums) }
	if err := t.project.keys.visit(ctx, keys, begin, func(i int, a stats.Additive, gone bool) { sums[i].add(0, a, gone) }); err != nil {
		return err
	}
	for i, key := range keys {
		own, err := sums[i].total()
		if err != nil {
			return fmt.Errorf("key %.100q: %w", key, err)
		}
		m := w.own.models[key]
		if own == nil {
			continue
		}
		m.weight, m.columns = own.Weight(), len(w.layout.Numeric)
		t.models[key] = m
		summary, err := entitySummary(own, w.layout)
		if err != nil {
			return fmt.Errorf("key %.100q: %w", key, err)
		}
		if summary == nil {
			continue
		}
		on, err := t.project.home.types.Build(ctx, built.definition, &model.Evidence{Summary: summary, Expansions: t.project.home.expansions()})
		if err != nil || m.weight < on.MinRows() || !slices.Equal(on.Inputs(), built.model.Inputs()) {
			continue // the population judges alone until the key has enough
		}
		m.model = on
	}
	t.trim()
	return nil
}

// entitySummary returns what models are built from of a key, nil when the rows
// are older than what is known of it.
func entitySummary(own stats.Additive, layout *stats.Layout) (*stats.Summary, error) {
	slim, ok := own.(*stats.Slim)
	if !ok {
		return project.SummaryOf(own)
	}
	if !layout.Extends(slim.Layout()) {
		return nil, nil
	}
	return slim.Summary(layout, stats.SummaryOptions{})
}

// trim lets the models go that were not used for longest, an eighth more than
// needed, so that it is seldom; the lock is held.
func (t *keyModels) trim() {
	if len(t.models) <= t.most {
		return
	}
	used := make([]uint64, 0, len(t.models))
	for _, m := range t.models {
		used = append(used, m.used)
	}
	slices.Sort(used)
	oldest := used[len(t.models)-t.most+t.most/8]
	for key, m := range t.models {
		if m.used < oldest {
			delete(t.models, key)
		}
	}
}

// blend makes the population's result that of the key and the population.
// The weight of the key's own score is its rows over its rows plus young. A mixture
// of scores has no p-value.
func (o *ownScores) blend(key string, row []float64, codes []int32, into *model.Result) {
	m := o.models[key]
	if m == nil || m.model == nil {
		return
	}
	m.model.Predict(row, codes, &o.result)
	into.Score = stats.Blend(m.rows, o.young, o.result.Score, into.Score)
	into.PValue = math.NaN()
	if len(into.Contributions) != len(o.result.Contributions) {
		return
	}
	for i, c := range o.result.Contributions {
		into.Contributions[i] = stats.Blend(m.rows, o.young, c, into.Contributions[i])
	}
}

// tell adds the weight of the key to the last result.
func (o *ownScores) tell(results *Results, key string) {
	if o.models == nil {
		return
	}
	rows := 0.0
	if m := o.models[key]; m != nil {
		rows = m.rows
	}
	results.appendEntityRows(rows, o.part)
}

// appendEntityRows adds fields to the last result: the rows of the key and, where the
// population has others, which part of its rows they are.
func (r *Results) appendEntityRows(rows float64, part string) {
	b := append(r.buf[:len(r.buf)-1], `,"entity_rows":`...)
	b = strconv.AppendFloat(b, rows, 'f', -1, 64)
	if part != "" {
		b = appendString(append(b, `,"entity_part":`...), part)
	}
	r.buf = append(b, '}')
	r.ends[len(r.ends)-1] = len(r.buf)
}
