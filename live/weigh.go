package live

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// mixing says how the members of a model stand while a piece of a batch is scored. Nothing
// changes it.
type mixing struct {
	halfLife  float64 // of losses that make weights; 0 where they do not
	names     []string
	keys      []string         // parallel to names; nil where losses make no weights
	standings []model.Standing // parallel to names
	said      []byte           // JSON for results, with a comma before it; empty for none
}

// weigh weighs the members of a model by what they have cost so far, in all processes.
func (s *Scores) weigh(built *builtModel) (*builtModel, error) {
	if built.need == nil || built.warmingUp {
		return built, nil
	}
	losses, err := s.of(built.definition.Name).losses(built.role, built.need.HalfLife)
	if err != nil {
		return nil, err
	}
	return built.weighedBy(losses), nil
}

// weighedBy returns the model weighed by losses, nil for none yet.
func (b *builtModel) weighedBy(losses *evaluation.Members) *builtModel {
	of, ok := b.model.(model.Mixed)
	if !ok || b.need == nil {
		return b
	}
	var keys []string
	for _, m := range of.Members() {
		keys = append(keys, b.keyOf(m.Name))
	}
	out := *b
	out.weigh(of.Weighed(losses.Standings(keys, b.need.Floor)), keys)
	return &out
}

// keyOf returns the key of a member's losses: its name and a hash of its definition, so that a
// model which is defined anew under the name begins without any.
func (b *builtModel) keyOf(name string) string {
	for i := range b.members {
		if d := &b.members[i].definition; d.Name == name {
			if text, err := d.Encode(); err == nil {
				return fmt.Sprintf("%s %08x", name, wire.Checksum(text))
			}
		}
	}
	return name
}

// weigh makes a build answer with weights.
func (b *builtModel) weigh(of model.Mixed, keys []string) {
	m := &mixing{standings: of.Standings(), keys: keys}
	if b.need != nil {
		m.halfLife = b.need.HalfLife
	}
	m.said = append(m.said, `,"members":{`...)
	for k, member := range of.Members() {
		m.names = append(m.names, member.Name)
		if k > 0 {
			m.said = append(m.said, ',')
		}
		m.said = append(appendString(m.said, member.Name), ':')
		m.said = appendDecimal(m.said, m.standings[k].Weight)
	}
	m.said = append(m.said, '}')
	for k, member := range of.LeftOut() {
		if k == 0 {
			m.said = append(m.said, `,"left_out":{`...)
		} else {
			m.said = append(m.said, ',')
		}
		m.said = append(appendString(m.said, member.Name), ':')
		m.said = appendString(m.said, member.LeftOut)
	}
	if len(of.LeftOut()) > 0 {
		m.said = append(m.said, '}')
	}
	b.model, b.mixing = of, m
}

// losses returns what the members of the model have cost, over all sources: those of this
// process as they are now, those of others as they were read last.
func (l *scoreLog) losses(role model.Role, halfLife float64) (*evaluation.Members, error) {
	sum, err := evaluation.NewMembers(role, halfLife)
	if err != nil {
		return nil, err
	}
	add := func(part *scoreStats) error {
		if part.members == nil || !part.members.Fits(role, halfLife) {
			return nil
		}
		return sum.MergeLosses(part.members)
	}
	for _, source := range l.sources.all() {
		var failed error
		source.shard.View(func(part *scoreStats, _ *state.Positions) { failed = add(part) })
		if failed != nil {
			return nil, failed
		}
	}
	for _, other := range l.foreign(l.model) {
		if l.sources.has(other.ID) {
			continue
		}
		if err := add(other.Content); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// observeMembers notes what the row cost the model and each of its members.
func (w *scoring) observeMembers(built *builtModel, of *mixing, seen *outcome) {
	at := slices.Index(w.targets.classes, seen.class)
	loss := func(prediction float64, probabilities []float64) float64 {
		if w.targets.role == model.RoleRegression {
			return math.Abs(seen.number - prediction)
		}
		if at < 0 {
			return evaluation.ClassLoss(0)
		}
		return evaluation.ClassLoss(probabilities[at])
	}
	seen.costs = len(w.costs)
	w.costs = append(w.costs, loss(w.result.Prediction, w.result.Probabilities))
	mixed, ok := built.model.(model.Mixed)
	for k := range of.names {
		if ok {
			w.costs = append(w.costs, loss(mixed.Said(&w.result, k)))
		} else {
			w.costs = append(w.costs, of.standings[k].Loss)
		}
	}
}

// weigh adds what rows have cost the members of a model; at is when they were scored.
func (s *scoreStats) weigh(b *batchScores, indices []int, at time.Time) error {
	if s.members == nil || !s.members.Fits(b.targets.role, b.mixing.halfLife) {
		fresh, err := evaluation.NewMembers(b.targets.role, b.mixing.halfLife)
		if err != nil {
			return err
		}
		s.members = fresh // other settings begin anew
	}
	losses := make([]evaluation.MemberLoss, len(b.mixing.names))
	for _, i := range indices {
		o := &b.outcomes[i]
		if !o.known {
			continue
		}
		for k := range losses {
			losses[k] = evaluation.MemberLoss{Name: b.mixing.names[k], Key: b.mixing.keyAt(k), Weight: b.mixing.standings[k].Weight, Loss: b.costs[o.costs+1+k]}
		}
		s.members.Add(at, b.costs[o.costs], losses)
	}
	return nil
}

// keyAt returns the key of a member, empty for its name.
func (m *mixing) keyAt(k int) string {
	if k < len(m.keys) {
		return m.keys[k]
	}
	return ""
}

// Members tells what the members of a model have weighed and cost over time, over all
// processes that score with it; nil where nothing has been counted. An unknown model is an
// error that wraps ErrNoModel.
func (s *Scores) Members(ctx context.Context, name string) (*evaluation.MembersReport, error) {
	l, err := s.find(ctx, name)
	if err != nil {
		return nil, err
	}
	view, err := l.whole(ctx)
	if err != nil {
		return nil, err
	}
	if view.all.members == nil {
		return nil, nil
	}
	return view.all.members.Report(), nil
}

// mixingOf returns how the members of a model stand, nil for one that has none. Those of a
// model that follows the stream stand as it says itself.
func mixingOf(built *builtModel) *mixing {
	if built.mixing != nil || built.warmingUp {
		return built.mixing
	}
	if of, ok := built.model.(model.Membered); ok {
		names, standings := of.MemberStandings()
		return &mixing{names: names, standings: standings}
	}
	return nil
}
