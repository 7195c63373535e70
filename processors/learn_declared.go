package processors

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// checkDeclared refuses settings that no row could make work, by what they declare of
// attributes: parts, powers, computed columns and models of attributes of another type, or of none.
func checkDeclared(settings *live.LearnSettings) error {
	rules, err := schema.NewRules(settings.Schema)
	if err != nil {
		return err
	}
	declared := &model.Declared{Partition: string(project.Of[project.Partition](&settings.Composition)), Powers: settings.Powers.Attributes}
	declared.Kind = func(attribute string) string {
		if kind, ok := rules.Declared(attribute); ok {
			return kind.String()
		}
		return ""
	}
	if by := declared.Partition; by != "" {
		if kind := declared.Kind(by); kind != "" && kind != schema.Categorical.String() && kind != schema.Binary.String() {
			return fmt.Errorf("partition: attribute %q is declared as %s, want categorical or binary", by, kind)
		}
	}
	for i, name := range declared.Powers {
		if kind := declared.Kind(name); kind != "" && kind != schema.Continuous.String() {
			return fmt.Errorf("%s.%s.%d: attribute %q is declared as %s, want continuous", learnPower, powerAttributes, i, name, kind)
		}
	}
	err = settings.Expand.EachName(func(place, name string) error {
		if kind := declared.Kind(name); kind != "" && kind != schema.Continuous.String() {
			return fmt.Errorf("%s.%s: attribute %q is declared as %s, and columns are computed of continuous ones", learnExpand, place, name, kind)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range settings.Models {
		d := &settings.Models[i]
		if err := ofTargetOnly(d, &settings.Expand); err != nil {
			return fmt.Errorf("%s.%d: model %q: %w", learnModels, i, d.Name, err)
		}
		if err := catalogue.All().Try(context.Background(), settings.Models[i], declared); err != nil {
			return fmt.Errorf("%s.%d: %w", learnModels, i, err)
		}
	}
	return nil
}

// ofTargetOnly refuses features that the settings compute of nothing but the target.
func ofTargetOnly(d *model.Definition, x *live.Expand) error {
	for _, feature := range d.Features {
		if d.Target != "" && x.OfTargetOnly(feature, d.Target) {
			return model.OfTargetOnly(feature, d.Target)
		}
	}
	return nil
}
