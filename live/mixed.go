package live

import (
	"context"
	"errors"
	"math"
	"reflect"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// mixedMember is a member of a model that is mixed of others, as it is built now.
type mixedMember struct {
	definition model.Definition
	built      *builtModel // nil where it cannot be built
	failed     error       // why
	calibrate  func(probabilities []float64)
}

// mixes returns how a model is mixed of others, nil for one that is not.
func (h *home) mixes(d *model.Definition) *model.MemberNeed {
	entry, err := h.types.Lookup(d.Type)
	if err != nil {
		return nil // which its build tells
	}
	needs, err := entry.NeedsOf(d)
	if err != nil {
		return nil
	}
	return needs.Members
}

// isMixed reports whether a model is mixed of others, as far as that is known before the
// project has been loaded.
func (m *Models) isMixed(name string) bool {
	for _, d := range append(m.definitions.all(), m.declared()...) {
		if d.Name == name && m.home.mixes(&d) != nil {
			return true
		}
	}
	return false
}

// membersOf returns members for a build: those that warm up or fail are left out.
func membersOf(all []mixedMember) []model.Member {
	out := []model.Member{}
	for i := range all {
		m := &all[i]
		one := model.Member{Name: m.definition.Name, Type: m.definition.Type, Calibrate: m.calibrate}
		switch {
		case m.built == nil:
			one.LeftOut = m.failed.Error()
		case m.built.warmingUp:
			one.LeftOut = "it is warming up: it waits for " + m.built.waits()
		default:
			one.Model, one.Role = m.built.model, m.built.role
		}
		out = append(out, one)
	}
	return out
}

// buildMembers builds the members of a definition from evidence.
func (h *home) buildMembers(ctx context.Context, d *model.Definition, need *model.MemberNeed, e *model.Evidence) ([]mixedMember, error) {
	definitions, err := h.members(d, need)
	if err != nil {
		return nil, err
	}
	return h.buildEach(ctx, definitions, e)
}

func (h *home) buildEach(ctx context.Context, definitions []model.Definition, e *model.Evidence) (out []mixedMember, err error) {
	for i := range definitions {
		one := mixedMember{definition: definitions[i]}
		own := definitions[i]
		one.built, one.failed = buildOn(ctx, h, own, e)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		out = append(out, one)
	}
	return out, nil
}

// mixed returns the build of a model that is mixed of others: of members as one returns
// them. It is made anew when one of them, or the statistics, have moved on.
func (b *builds) mixed(ctx context.Context, d model.Definition, need *model.MemberNeed, one func(member *model.Definition) (*builtModel, error)) (*builtModel, error) {
	definitions, err := b.home.members(&d, need)
	if err == nil {
		var s *snapshot
		if s, err = b.snapshots.get(youngGrowth); err == nil {
			var built *builtModel
			if built, err = b.mix(ctx, d, need, definitions, s, one); err == nil {
				return built, nil
			}
		}
	}
	if ctx.Err() == nil {
		b.mu.Lock()
		b.failed[d.Name] = err
		b.mu.Unlock()
	}
	return nil, err
}

func (b *builds) mix(ctx context.Context, d model.Definition, need *model.MemberNeed, definitions []model.Definition, s *snapshot, one func(member *model.Definition) (*builtModel, error)) (*builtModel, error) {
	members := make([]mixedMember, len(definitions))
	asOf := s.taken
	for i := range definitions {
		m := &members[i]
		m.definition = definitions[i]
		if m.built, m.failed = one(&definitions[i]); ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if m.failed == nil && m.built == nil {
			m.failed = errors.New("it has not been built")
		}
		if m.built != nil && m.built.asOf.Before(asOf) && !m.built.at.IsZero() {
			asOf = m.built.asOf
		}
	}
	if last, _ := b.last(d.Name); last != nil && last.from == s.summary && sameDefinition(last.definition, d) && sameMembers(last.members, members) {
		return last, nil
	}
	for i := range members {
		if err := b.calibrates(ctx, &members[i]); err != nil {
			return nil, err
		}
	}
	built, err := b.home.mix(ctx, &d, members, &model.Evidence{Summary: s.summary})
	if err != nil {
		return nil, err
	}
	built.at, built.asOf = b.home.now(), asOf
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failed[d.Name] = nil
	b.built[d.Name] = built
	b.touch()
	return built, nil
}

// mix builds a model of members that are built.
func (h *home) mix(ctx context.Context, d *model.Definition, members []mixedMember, e *model.Evidence) (*builtModel, error) {
	with := *e
	with.Members = membersOf(members)
	built, err := buildOn(ctx, h, *d, &with)
	if err == nil {
		built.members = members
	}
	return built, err
}

// sameMembers reports whether members are built as they were.
func sameMembers(a, b []mixedMember) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		failed := [2]string{}
		for k, err := range []error{a[i].failed, b[i].failed} {
			if err != nil {
				failed[k] = err.Error()
			}
		}
		if a[i].built != b[i].built || failed[0] != failed[1] || !reflect.DeepEqual(a[i].definition, b[i].definition) {
			return false
		}
	}
	return true
}

// calibrates makes a member answer with calibrated probabilities where it is calibrated.
func (b *builds) calibrates(ctx context.Context, m *mixedMember) error {
	if m.built == nil || m.built.warmingUp {
		return nil
	}
	of, ok := m.built.model.(model.Classifier)
	if !ok {
		return nil
	}
	c, err := b.calibration(ctx, m.definition.Name)
	if err != nil || c == nil || !c.Applied {
		return err
	}
	by, classes := c.Map(), of.Classes()
	m.calibrate = func(p []float64) { by.Apply(classes, p) }
	return nil
}

// follows reports whether a model, or a member of it, follows the stream.
func (b *builtModel) follows() bool {
	for i := range b.members {
		if own := b.members[i].built; own != nil && own.isFollowing() {
			return true
		}
	}
	return b.isFollowing()
}

// isFollowing reports whether a model follows the stream and is rebuilt as it does.
func (b *builtModel) isFollowing() bool {
	return b.pool != nil && !b.at.IsZero() && b.definition.Refresh == nil
}

// frozenMember is a member of a frozen version: its definition, and its weight.
type frozenMember struct {
	Definition model.Definition `json:"definition"`
	Weight     float64          `json:"weight"`
}

// freezes returns the members of a build for a frozen version.
func freezes(built *builtModel) (out []frozenMember) {
	of, ok := built.model.(model.Mixed)
	if !ok {
		return nil
	}
	standings := of.Standings()
	for k, m := range of.Members() {
		for i := range built.members {
			if own := &built.members[i]; own.definition.Name == m.Name {
				out = append(out, frozenMember{Definition: own.definition, Weight: standings[k].Weight})
			}
		}
	}
	return out
}

// buildFrozen builds a frozen version of its statistics: one that is mixed of members with
// these, and the weights that they had.
func (h *home) buildFrozen(ctx context.Context, f *frozenVersion, e *model.Evidence) (*builtModel, error) {
	if len(f.Members) == 0 {
		return buildOn(ctx, h, f.Definition, e)
	}
	var definitions []model.Definition
	weights := map[string]float64{}
	for _, m := range f.Members {
		definitions, weights[m.Definition.Name] = append(definitions, m.Definition), m.Weight
	}
	members, err := h.buildEach(ctx, definitions, e)
	if err != nil {
		return nil, err
	}
	built, err := h.mix(ctx, &f.Definition, members, e)
	if err != nil {
		return nil, err
	}
	built.need = nil // it is not weighed any more
	if of, ok := built.model.(model.Mixed); ok {
		var standings []model.Standing
		for _, m := range of.Members() {
			standings = append(standings, model.Standing{Weight: weights[m.Name], Loss: math.NaN()})
		}
		built.weigh(of.Weighed(standings), nil)
	}
	return built, nil
}
