package live

import (
	"context"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Info is what a project holds.
type Info struct {
	Project string `json:"project"`
	// Rows is the weight of all rows that count: their number when all weigh 1.
	Rows   float64         `json:"rows"`
	Schema []AttributeInfo `json:"schema"`
	Shards []ShardInfo     `json:"shards"`
	// Held is what each of the statistics that the project keeps holds, the main
	// one first: a window holds at least what its settings ask for.
	Held []HeldInfo `json:"held"`
	// Composition is the settings of the statistics that the project keeps, and limits
	// that it was altered to, by the names that they have in sml_learn.
	Composition param.Settings `json:"composition"`
	// KeysCover says which rows the statistics of a key are of, where the population has
	// a window or decays.
	KeysCover string `json:"keys_cover,omitempty"`
	// Reading is how the text of documents becomes values, by the names of sml_learn.
	Reading param.Settings `json:"reading"`
	// Unread are the keys of documents that hold objects or arrays of which nothing
	// is learned.
	Unread []UnreadInfo `json:"unread,omitempty"`
	Models []ModelInfo  `json:"models"`
	// Inexact is how many digits of correlations and regressions with an attribute are
	// right, by its name, where rows have been forgotten that leave fewer than 8.
	Inexact map[string]int `json:"inexact,omitempty"`
	// Frozen says that the project learns nothing for now.
	Frozen bool `json:"frozen,omitempty"`
	// Binnings are the cells that detectors count in; none as long as no model
	// needs any.
	Binnings []BinningInfo `json:"frames,omitempty"`
	// Forests are the trees that models count in; none as long as no model needs one.
	Forests []ForestInfo `json:"forests,omitempty"`
	// Pools are the models that follow the stream, shard by shard; none as long as no
	// model needs any.
	Pools []PoolInfo `json:"pools,omitempty"`
	// Expansions are the columns that are computed of attributes; they are not among those
	// of the schema.
	Expansions []ExpansionInfo `json:"expansions,omitempty"`
	// AsOf is when what is told here was put together, Staleness how many seconds
	// ago. Answers to questions are at least as new from then on.
	AsOf      time.Time `json:"as_of"`
	Staleness float64   `json:"staleness"`
}

// AttributeInfo is one attribute of the schema.
type AttributeInfo struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Values []string `json:"values,omitempty"`
	// Why says what settled the type: a declaration, or the first value.
	Why string `json:"why,omitempty"`
}

// UnreadInfo is a key of documents with an object or an array of which nothing is
// learned. Advice says what would learn it.
type UnreadInfo struct {
	Name   string `json:"name"`
	Is     string `json:"is"`
	Advice string `json:"advice"`
}

// Unread lists the keys with objects or arrays of which nothing is learned, nil for
// none.
func Unread(s *schema.Schema) (out []UnreadInfo) {
	for _, u := range s.Unread() {
		out = append(out, UnreadInfo{Name: u.Name, Is: u.Sort, Advice: u.Advice})
	}
	return out
}

// ShardInfo is one shard; Live says that this process learns it.
// Rows is a weight; Version is the number of the newest record that was read.
type ShardInfo struct {
	ID      string  `json:"id"`
	Rows    float64 `json:"rows"`
	Version uint64  `json:"version"`
	Live    bool    `json:"live"`
	// Unforgotten says why the rows of a shard that holds rows to forget could not
	// be taken away from the others. They count all the same.
	Unforgotten string `json:"unforgotten,omitempty"`
	// Missing says which positions were acknowledged and are not in the shard, and what
	// to do.
	Missing string `json:"missing,omitempty"`
}

// ModelInfo is one model definition and, once built, what it was built from.
type ModelInfo struct {
	Name      string  `json:"name"`
	Type      string  `json:"type"`
	Target    string  `json:"target,omitempty"`
	BuiltFrom float64 `json:"built_from"` // weight of the rows
	Error     string  `json:"error,omitempty"`
	// Waiting is what it waits for before it can answer.
	Waiting string `json:"waiting_for,omitempty"`
	// Calibration says whether the probabilities of a classifier that asks for it are
	// calibrated, or what that waits for.
	Calibration string `json:"calibration,omitempty"`
	// Versions are the frozen ones; Serves is the one that answers for the
	// model, empty for the living model.
	Versions []string `json:"versions,omitempty"`
	Serves   string   `json:"serves,omitempty"`
}

// Info describes the project as of now.
// It merges all shards, which costs the more the more attributes there are.
func (p *Project) Info(ctx context.Context) (*Info, error) { return p.InfoWithin(ctx, 0) }

// InfoWithin describes the project as of now, or as of a snapshot that is at
// most that old: callers that ask at the same time then share one, and the
// answers to questions about it.
func (p *Project) InfoWithin(ctx context.Context, age time.Duration) (*Info, error) {
	if err := p.home.start(ctx); err != nil {
		return nil, err
	}
	s, err := p.snapshots.within(age)
	if err != nil {
		return nil, err
	}
	ReadAsOf(ctx, s.taken)
	out := &Info{
		Project: p.home.project, Rows: s.summary.Weight(), Shards: s.shards,
		AsOf: s.taken.UTC(), Staleness: p.home.now().Sub(s.taken).Seconds(), Schema: []AttributeInfo{}, Inexact: s.inexact, Composition: append(p.composition.keeps(), p.schemas.altered()...),
	}
	current := p.schemas.current.Load().schema
	for _, a := range current.Attributes() {
		if a.Computed {
			continue
		}
		out.Schema = append(out.Schema, AttributeInfo{Name: a.Name, Type: a.Kind.String(), Values: a.Values, Why: a.Why()})
	}
	out.KeysCover = p.composition.keysCover()
	out.Reading, out.Unread = p.schemas.reading().Settings(), Unread(current)
	if out.Held, err = s.held(); err != nil {
		return nil, err
	}
	out.Models, out.Frozen = p.models.info(current, s.summary), p.learner.isFrozen()
	if err := p.models.tellCalibration(ctx, out.Models); err != nil {
		return nil, err
	}
	evidence, err := s.modelEvidence()
	if err != nil {
		return nil, err
	}
	out.Binnings, out.Forests = binningsOf(evidence.Detectors), forestsOf(evidence)
	if out.Pools, err = PoolsOf(s.withAll); err != nil {
		return nil, err
	}
	out.Expansions = ExpansionsOf(current, s.summary)
	return out, nil
}

// info lists the models, by name in order.
// It builds nothing: of a model that has not been used yet it says what can be seen
// without a build.
func (m *Models) info(s *schema.Schema, learned *stats.Summary) []ModelInfo {
	out := []ModelInfo{}
	for _, d := range m.definitions.all() {
		i := ModelInfo{Name: d.Name, Type: d.Type, Target: d.Target}
		i.Versions, i.Serves = m.definitions.versionsOf(d.Name)
		built, failed := m.builds.last(d.Name)
		if built != nil {
			i.BuiltFrom = built.rows
		}
		switch lacks, _ := model.Lacks(&d, learned); {
		case lacks != "":
			i.Waiting = lacks
		case built != nil && built.warmingUp:
			i.Waiting = built.waits()
		}
		if failed != nil {
			i.Error = failed.Error()
		}
		if impossible := Impossible(m.home.project, s, &d); impossible != "" {
			i.Error = impossible
		}
		out = append(out, i)
	}
	return out
}
