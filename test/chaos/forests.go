//go:build linux

package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

// Targets of the models that rows are counted in, or that learn them row by row. Every
// row has all of them.
const (
	classTarget  = "state"
	numberTarget = "x2"
	poolTarget   = "flag"
)

// treeModels are the models of the project: a forest of classes, one of a number, and a pool.
// They are small, as each partition stores its counts at each batch; leaves wait long before
// they are split, so that forests still grow when keys are lost.
func treeModels() []model.Definition {
	inputs := []string{"x0", "x3"}
	return []model.Definition{
		{Name: "class", Type: "forest", Target: classTarget, Inputs: inputs, Options: map[string]any{"trees": 2, "split_rows": 500, "max_nodes": 1024}},
		{Name: "number", Type: "forest", Target: numberTarget, Inputs: inputs, Options: map[string]any{"trees": 2, "split_rows": 1000, "max_nodes": 512}},
		{Name: "pool", Type: "forest", Target: poolTarget, Inputs: inputs, Options: map[string]any{"trees": 1, "max_nodes": 32, "adapt": true}},
	}
}

// grown is what the forests of a project count, and its pools have learned.
type grown struct {
	tallied [partitions]map[string]float64 // weight by target, of all forests of it
	pooled  [partitions]float64            // weight that the shard's pool has learned
	roots   map[string]map[string]float64  // by target and class: rows in the roots, of all forests
	behind  int                            // forests that have fewer nodes than rows were counted in
	faults  []string                       // why roots cannot be read
}

// add adds what a shard's statistics have beside their summary to tally.
func (g *grown) add(p int, a stats.Additive, forests []*forest.Forest, tally *forest.Tally) error {
	g.tallied[p] = map[string]float64{}
	for {
		if t, ok := a.(forest.Tallying); ok {
			if own, _ := t.Tally(); own != nil {
				tally.Merge(own)
				for _, f := range forests {
					g.tallied[p][f.Target] += own.Weight(f.ID)
				}
			}
		}
		if l, ok := a.(interface{ Pools() []*adaptive.Pool }); ok {
			for _, pool := range l.Pools() {
				g.pooled[p] += pool.Weight()
			}
		}
		c, ok := a.(stats.Collapser)
		if !ok {
			return nil
		}
		inner, err := c.Collapse()
		if err != nil {
			return err
		}
		a = inner
	}
}

// readRoots adds up the roots of all forests.
func (g *grown) readRoots(forests []*forest.Forest, tally *forest.Tally, layout *stats.Layout) {
	g.roots = map[string]map[string]float64{classTarget: {}, numberTarget: {}}
	for _, f := range forests {
		if f.IsBehind(tally) { // it was lost, and who had grown it killed before writing it again
			tally = tally.Within(f)
			g.behind++
		}
		var root *forest.NodeReport
		classes := []string{"all"}
		if f.Numeric {
			trees, err := tally.ReadNumbers(f, layout, stopPrior, false)
			if err != nil {
				g.faults = append(g.faults, fmt.Sprintf("forest %s of %q: %v", f.ID, f.Target, err))
				continue
			}
			root = trees.Report().Tree
		} else {
			trees, err := tally.Read(f, layout, stopPrior)
			if err != nil {
				g.faults = append(g.faults, fmt.Sprintf("forest %s of %q: %v", f.ID, f.Target, err))
				continue
			}
			root, classes = trees.Report().Tree, trees.Classes()
		}
		for i, class := range classes {
			g.roots[f.Target][class] += root.Rows[i]
		}
	}
}

// stopPrior is what trees are read with; counts do not depend on it.
const stopPrior = 0.2

// storedForests returns the forests of a project.
func storedForests(p *project.Project) ([]*forest.Forest, error) {
	var out []*forest.Forest
	for _, name := range slices.Sorted(maps.Keys(p.Definitions)) {
		if !strings.HasPrefix(name, project.ForestRecord) {
			continue
		}
		f, err := forest.Decode(wire.NewReader(p.Definitions[name]))
		if err != nil {
			return nil, fmt.Errorf("stored forest %q: %w", name, err)
		}
		out = append(out, f)
	}
	return out, nil
}

// compareGrown compares what forests count, partition by partition and class by class, with
// the rows that were learned. A pool has learned the same rows, but where a partition was
// joined of two states: then that of the one which has learned more stays.
func compareGrown(r *report, t *truth, o *outcome) {
	for _, fault := range o.grown.faults {
		r.fault("%s", fault)
	}
	for p := range partitions {
		for _, target := range []string{classTarget, numberTarget} {
			if got := o.grown.tallied[p][target]; got != float64(o.rows[p]) {
				r.fault("partition %d: the forests of %q count %v rows, want %d", p, target, got, o.rows[p])
			}
		}
		got, want := o.grown.pooled[p], float64(o.rows[p])
		if got > want || got < want && r.KeyDeletions+r.KeyMoves+r.SetBacks == 0 {
			r.fault("partition %d: the pool has learned %v rows, want %v", p, got, want)
		}
		r.PoolRows += int64(got)
	}
	want := map[string]float64{}
	for class, n := range t.state {
		want[class] = float64(n)
	}
	if got := o.grown.roots[classTarget]; !maps.Equal(got, want) {
		r.fault("the roots of the forests of %q have %v, want %v", classTarget, got, want)
	}
	if got := o.grown.roots[numberTarget]["all"]; got != float64(r.Learned) {
		r.fault("the roots of the forests of %q have %v rows, want %d", numberTarget, got, r.Learned)
	}
	for _, n := range o.grown.roots[classTarget] {
		r.ForestRows += int64(n)
	}
	r.Forests, r.ForestsBehind = o.forests, o.grown.behind
	if r.ForestsBehind > 0 && r.KeyDeletions+r.KeyMoves == 0 {
		r.fault("%d forests lack nodes in which rows were counted, and no key was deleted", r.ForestsBehind)
	}
}

// readShards reads what the shards of the project have.
func (o *outcome) readShards(ctx context.Context, p *project.Project) error {
	shards, err := p.Shards(ctx)
	if err != nil {
		return err
	}
	if err := p.FollowForests(ctx); err != nil { // a shard may count in nodes that are newer
		return err
	}
	forests, err := storedForests(p)
	if err != nil {
		return err
	}
	o.forests = len(forests)
	tally := &forest.Tally{}
	for _, s := range shards {
		at, err := partitionOf(s.ID)
		if err != nil {
			return err
		}
		o.rows[at] = int64(s.Content.Weight())
		o.positions[at], o.owed[at] = s.Positions.Intervals(), s.Positions.Owed()
		o.versions += s.Version
		if err := o.grown.add(at, s.Content, forests, tally); err != nil {
			return err
		}
	}
	o.grown.readRoots(forests, tally, p.Layout())
	return nil
}
