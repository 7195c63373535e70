package live

import (
	"context"
	"errors"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// said is what a model that follows the stream has said of the row of a message.
type said struct {
	built  *builtModel // nil where the message has no row
	result model.Result
	// counts says that the row was not learned when this was said of it.
	counts bool
}

// say lets a model predict a row.
func (s *said) say(built *builtModel, values []float64, codes []int32) {
	s.built = built
	if !built.warmingUp {
		built.model.Predict(values, codes, &s.result)
	}
}

// withPools calls fn with the pools of any key in all shards, as they are now: those of this
// process under the locks of their shards, which are taken in the order of their ids. Fn must
// neither change nor keep them, nor ask anything of a shard.
func (s *shards) withPools(fn func(of func(key string) []*adaptive.Pool)) {
	all := s.all()
	var open []stats.Additive
	var enter func(i int)
	enter = func(i int) {
		if i == len(all) {
			fn(func(key string) (pools []*adaptive.Pool) {
				for _, a := range open {
					pools = append(pools, poolsOf(a, key)...)
				}
				return pools
			})
			return
		}
		if all[i].forgotten() {
			enter(i + 1)
			return
		}
		all[i].view(func(a stats.Additive) {
			open = append(open, a)
			enter(i + 1)
		})
	}
	enter(0)
}

// poolsOf returns the pools of a key in the statistics of a shard.
func poolsOf(a stats.Additive, key string) (out []*adaptive.Pool) {
	if w, ok := keyless(a).(*wrap.Adaptive); ok {
		for _, p := range w.Pools() {
			if p.Spec().Key == key {
				out = append(out, p)
			}
		}
	}
	return out
}

// builtOver returns the model of a need over pools as they are, to be asked about rows of the
// layout until one of them learns.
func builtOver(d *model.Definition, entry *model.Entry, need *model.PoolNeed, pools []*adaptive.Pool, layout *stats.Layout) (*builtModel, error) {
	built := &builtModel{definition: *d, role: entry.Role}
	for _, p := range pools {
		built.rows += p.Weight()
	}
	m, err := need.Over(pools, layout)
	if errors.Is(err, model.ErrNotYet) {
		built.model, built.warmingUp = model.NewWaiting(d), true
		return built, nil
	}
	if err != nil {
		return nil, err
	}
	built.model, built.role = m, entry.RoleUnder(d.Target, layout)
	built.warmingUp = built.rows < m.MinRows()
	built.mixing = mixingOf(built)
	if c, ok := m.(model.Classifier); ok {
		built.classes = classesJSON(c.Classes(), layout.NumericIndex(d.Target) >= 0)
	}
	return built, nil
}

// scoreFollowing scores a batch by a model that follows the stream, as of now: by what the
// learner of this process has learned of the rows before the batch, and none of the batch.
func (s *Scorer) scoreFollowing(ctx context.Context, of *builtModel, w *scoring, messages []Message) error {
	p := s.project
	w.reader.reader.Collect(false)
	current := p.schemas.current.Load()
	w.layout = current.layout
	w.reader.read(current.schema, messages)
	w.said = make([]said, len(messages))
	defer func() { w.said = nil }()
	rows := &w.reader.rows
	losses, err := s.lossesOf(of)
	if err != nil {
		return err
	}
	var built *builtModel
	p.shards.withPools(func(pools func(key string) []*adaptive.Pool) {
		if built, err = p.home.over(ctx, of, pools, w.layout); err != nil {
			return
		}
		built = built.weighedBy(losses)
		for i, row := range w.reader.rowOf {
			if row != noRow {
				w.said[i].counts = true
				w.said[i].say(built, rows.Row(row), rows.RowCodes(row))
			}
		}
	})
	if err != nil {
		s.refuse(w, messages, err)
		return nil
	}
	return s.scorePiece(ctx, built, w, messages, 0, len(messages))
}

// lossesOf returns what the members of a model have cost, nil for one that has none.
func (s *Scorer) lossesOf(of *builtModel) (*evaluation.Members, error) {
	if of.need == nil {
		return nil, nil
	}
	return s.log.losses(of.role, of.need.HalfLife)
}

// over returns a model that follows the stream, or a member of which does, over the pools as
// they are.
func (h *home) over(ctx context.Context, of *builtModel, pools func(key string) []*adaptive.Pool, layout *stats.Layout) (*builtModel, error) {
	if of.need == nil {
		entry, err := h.types.Lookup(of.definition.Type)
		if err != nil {
			return nil, err
		}
		built, err := builtOver(&of.definition, entry, of.pool, pools(of.pool.Spec.Key), layout)
		if err == nil && built.warmingUp {
			built = withWaiting(built, of)
		}
		return built, err
	}
	members := slices.Clone(of.members)
	for i := range members {
		if own := members[i].built; own != nil && own.isFollowing() {
			members[i].built, members[i].failed = h.over(ctx, own, pools, layout)
		}
	}
	built, err := h.mix(ctx, &of.definition, members, &model.Evidence{Summary: of.from})
	if err != nil {
		return nil, err
	}
	built.at, built.asOf = of.at, of.asOf
	return built, nil
}

// withWaiting returns a model that warms up, with what its build waits for besides rows.
func withWaiting(built, of *builtModel) *builtModel {
	out := *built
	if _, waits := built.model.(*model.Waiting); waits && of.warmingUp {
		out.waiting, out.unseen, out.cause = of.waiting, of.unseen, of.cause
	}
	return &out
}
