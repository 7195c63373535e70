package model

import (
	"fmt"
	"slices"
)

// MemberNeed says that a model is mixed of other models of its project.
type MemberNeed struct {
	// Names are those of the members. None means all models of the project that predict the
	// target and are not mixed themselves.
	Names []string
	// HalfLife is the number of rows after which what a prediction has cost counts half.
	HalfLife float64
	// Floor is the share of a prediction that all members have alike.
	Floor float64
}

// Member is a model that another one is mixed of.
type Member struct {
	Name, Type string
	// Model is nil for one that does not answer, LeftOut says why then.
	Model   Model
	Role    Role
	LeftOut string
	// Calibrate makes probabilities of the classes of the model those that it would answer
	// with; nil where they are its own.
	Calibrate func(probabilities []float64)
}

// Standing is how a member has done.
type Standing struct {
	// Weight is its share in the next prediction.
	Weight float64
	// Loss is what a prediction of it has cost on the mean, NaN when nothing is known.
	Loss float64
}

// Mixed is a model that is mixed of others.
type Mixed interface {
	Model
	// Members returns those that answer, LeftOut the others. Neither must be changed.
	Members() []Member
	LeftOut() []Member
	// Weighed returns the model with weights of its members, parallel to Members; it costs
	// little.
	Weighed(standings []Standing) Mixed
	// Standings returns the weights, parallel to Members.
	Standings() []Standing
	// Said returns what a member has said of the row that a result is of: a prediction, or
	// probabilities parallel to the classes of the mixture, which live as long as the result.
	Said(result *Result, member int) (prediction float64, probabilities []float64)
}

// Membered is a model that has learned members of its own, and mixes them by itself.
type Membered interface {
	// MemberStandings returns the members by name, and how they stand.
	MemberStandings() (names []string, standings []Standing)
}

// MembersOf returns the definitions of the members of a definition that needs some. Find
// returns a model by its name; all are the models of the project.
// A member that cannot be one is an error of ErrDefinition that names the option and the
// value; one that there is not is the error of find.
func (c Catalogue) MembersOf(d *Definition, need *MemberNeed, find func(name string) (Definition, error), all []Definition) ([]Definition, error) {
	var out []Definition
	if len(need.Names) == 0 {
		for i := range all {
			if all[i].Name != d.Name && c.cannotMix(d, &all[i]) == "" {
				out = append(out, all[i])
			}
		}
		return out, nil
	}
	for i, name := range need.Names {
		member := Definition{}
		if name != d.Name {
			var err error
			if member, err = find(name); err != nil {
				return nil, fmt.Errorf("model %q: options.members.%d: %w", d.Name, i, err)
			}
		}
		if err := c.checkMember(d, i, &member); err != nil {
			return nil, err
		}
		out = append(out, member)
	}
	return out, nil
}

// checkMember refuses what cannot be member i of a definition.
func (c Catalogue) checkMember(d *Definition, i int, member *Definition) error {
	if member.Name == "" {
		return fmt.Errorf("%w %q: options.members.%d: a model cannot be a member of itself", ErrDefinition, d.Name, i)
	}
	if why := c.cannotMix(d, member); why != "" {
		return fmt.Errorf("%w %q: options.members.%d: %s", ErrDefinition, d.Name, i, why)
	}
	return nil
}

// cannotMix says why a model cannot be a member of a definition, empty where it can.
func (c Catalogue) cannotMix(d, member *Definition) string {
	entry, err := c.Lookup(member.Type)
	if err != nil {
		return err.Error()
	}
	if needs, err := entry.NeedsOf(member); err == nil && needs.Members != nil {
		return fmt.Sprintf("model %q is of type %s as well, and a pool cannot be in another", member.Name, member.Type)
	}
	if !entry.Target {
		return fmt.Sprintf("model %q of type %s predicts no attribute", member.Name, member.Type)
	}
	if member.Target != d.Target {
		return fmt.Sprintf("model %q predicts %q, and the pool %q", member.Name, member.Target, d.Target)
	}
	return ""
}

// CheckMembers checks the members of all definitions that need some, as far as they are
// among these: others may be defined elsewhere. At is the definition that an error is
// about.
func (c Catalogue) CheckMembers(all []Definition) (at int, err error) {
	for at = range all {
		d := &all[at]
		needs, err := c.Needs(*d)
		if err != nil {
			return at, err
		}
		if needs.Members == nil {
			continue
		}
		for k, name := range needs.Members.Names {
			member := &Definition{}
			if name != d.Name {
				i := slices.IndexFunc(all, func(other Definition) bool { return other.Name == name })
				if i < 0 {
					continue
				}
				member = &all[i]
			}
			if err := c.checkMember(d, k, member); err != nil {
				return at, err
			}
		}
	}
	return 0, nil
}
