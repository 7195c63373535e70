package live

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
)

// Info is what a project holds.
type Info struct {
	Project string `json:"project"`
	// Rows is the weight of all rows that count: their number when all weigh 1.
	Rows   float64         `json:"rows"`
	Schema []AttributeInfo `json:"schema"`
	Shards []ShardInfo     `json:"shards"`
	Models []ModelInfo     `json:"models"`
	// Frozen says that the project learns nothing for now.
	Frozen bool `json:"frozen,omitempty"`
	// Frames are the cells that detectors count in; none as long as no model
	// needs any.
	Frames    []FrameInfo `json:"frames,omitempty"`
	Staleness float64     `json:"staleness"` // seconds
}

// AttributeInfo is one attribute of the schema.
type AttributeInfo struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Values []string `json:"values,omitempty"`
}

// ShardInfo is one shard; Live says that this process learns it.
type ShardInfo struct {
	ID      string  `json:"id"`
	Rows    float64 `json:"rows"`
	Version uint64  `json:"version"`
	Live    bool    `json:"live"`
}

// ModelInfo is one model definition and, once built, what it was built from.
type ModelInfo struct {
	Name      string  `json:"name"`
	Type      string  `json:"type"`
	Target    string  `json:"target,omitempty"`
	BuiltFrom float64 `json:"built_from"` // weight of the rows
	Error     string  `json:"error,omitempty"`
	// Versions are the frozen ones; Serves is the one that answers for the
	// model, empty for the living model.
	Versions []string `json:"versions,omitempty"`
	Serves   string   `json:"serves,omitempty"`
}

// Info describes the project as of now.
func (p *Project) Info(ctx context.Context) (*Info, error) { return p.InfoWithin(ctx, 0) }

// InfoWithin describes the project as of now, or as of a snapshot that is at
// most that old: many who ask at the same time then share one, and the answers
// to questions about it.
func (p *Project) InfoWithin(ctx context.Context, age time.Duration) (*Info, error) {
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	s, err := p.snapshotWithin(age)
	if err != nil {
		return nil, err
	}
	out := &Info{
		Project: p.settings.Project, Rows: s.summary.Weight(), Shards: s.shards,
		Staleness: p.now().Sub(s.taken).Seconds(), Schema: []AttributeInfo{},
	}
	for _, a := range p.schema.Load().schema.Attributes() {
		out.Schema = append(out.Schema, AttributeInfo{Name: a.Name, Type: a.Kind.String(), Values: a.Values})
	}
	out.Models, out.Frozen = p.models.info(), p.Frozen()
	evidence, err := s.modelEvidence()
	if err != nil {
		return nil, err
	}
	out.Frames = framesOf(evidence.Detectors)
	return out, nil
}

func (t *modelTable) info() []ModelInfo {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := []ModelInfo{}
	for _, name := range slices.Sorted(maps.Keys(t.definitions)) {
		d := t.definitions[name]
		m := ModelInfo{Name: name, Type: d.Type, Target: d.Target, Serves: t.serving[name]}
		for _, full := range slices.Sorted(maps.Keys(t.frozen)) {
			if version, ok := strings.CutPrefix(full, name+"@"); ok {
				m.Versions = append(m.Versions, version)
			}
		}
		if b := t.built[name]; b != nil {
			m.BuiltFrom = b.rows
		}
		if err := t.failed[name]; err != nil {
			m.Error = err.Error()
		}
		out = append(out, m)
	}
	return out
}
