package pool

import (
	"context"
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Entries are the rows of models that are mixed of others.
func Entries() []model.Entry {
	return []model.Entry{model.NewEntry(model.Entry{
		Type:    "pool",
		Role:    model.RoleClassification,
		Numbers: true,
		Target:  true,
		Summary: "A mixture of other models of the project that predict the same target, a class or a number. Each weighs the more, the less its predictions of the last rows have cost: their log loss for classes, their absolute error for a number. `sml_score` counts these losses where documents have the target, in their order of arrival; before that, all weigh alike. Members that are warming up or fail are left out.",
		Needs:   needs,
	}, read, build)}
}

// maxMembers bounds the members of a pool.
const maxMembers = 32

// options are those of a pool.
type options struct {
	members                    []string
	halfLife, floor, threshold float64
}

func read(r *param.Reader) options {
	o := options{
		members:   r.Texts("members", param.Optional, "The models that are mixed, by name, at most 32. Empty means all models of the project that predict the target and are no pools."),
		halfLife:  r.Number("half_life", 500, param.Between(1, 1e9), "The number of rows after which the loss of a prediction counts half. Fewer follow a change faster; more tell models apart that are nearly equal."),
		floor:     r.Number("floor", 0.01, param.Between(0, 1), "The share of each prediction that all members have alike, however much their predictions have cost. 1 always takes the mean of the members."),
		threshold: r.Number("threshold", 0, param.Between(0, 1), "With two classes: the lowest probability of the second class at which that class is predicted. 0 predicts the more probable class."),
	}
	if len(o.members) > maxMembers {
		r.Fail("members", len(o.members), fmt.Sprintf("at most %d names", maxMembers))
	}
	for i, name := range o.members {
		if slices.Contains(o.members[:i], name) {
			r.Fail("members", name, "each name once")
		}
	}
	return o
}

// needs are the members. Inputs are theirs.
func needs(d *model.Definition) (model.Needs, error) {
	o, err := model.ReadOptions(d, read)
	if err != nil {
		return model.Needs{}, err
	}
	switch {
	case len(d.Inputs) > 0:
		return model.Needs{}, fmt.Errorf("inputs: type %s has those of its members", d.Type)
	case len(d.Features) > 0:
		return model.Needs{}, fmt.Errorf("features: type %s has those of its members", d.Type)
	case d.Refresh != nil:
		return model.Needs{}, fmt.Errorf("refresh: type %s is always mixed of its members as they are", d.Type)
	}
	return model.Needs{Full: true, Members: &model.MemberNeed{Names: o.members, HalfLife: o.halfLife, Floor: o.floor}}, nil
}

// build mixes the members of the evidence, all with one weight.
func build(_ context.Context, d *model.Definition, o options, e *model.Evidence) (model.Model, error) {
	m := &mixture{
		target: d.Target, halfLife: o.halfLife, floor: o.floor, threshold: o.threshold, isNumber: isNumber(d, e.Summary.Layout()),
	}
	if m.isNumber && m.threshold > 0 {
		return nil, fmt.Errorf("%w: options.threshold: target %q is continuous, and a threshold is for two classes", model.ErrDefinition, d.Target)
	}
	for k := range e.Members {
		if err := m.take(&e.Members[k], d, k, len(o.members) > 0); err != nil {
			return nil, err
		}
	}
	if len(m.members) == 0 {
		return nil, m.nobody(d)
	}
	m.settle()
	if m.threshold > 0 && len(m.classes) != 2 {
		return nil, fmt.Errorf("options.threshold: target %q has %d classes, and a threshold is for two", d.Target, len(m.classes))
	}
	if m.isNumber {
		return number{m}, nil
	}
	return classifier{m}, nil
}
