package live

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// Impossible says why no row can make a model of the definition possible under the
// schema, and what to declare: a regression on a target that is categorical. It is
// empty where there is no such reason. Name is that of the project.
func Impossible(name string, s *schema.Schema, d *model.Definition) string {
	entry, err := catalogue.All().Lookup(d.Type)
	at := s.Index(d.Target)
	if err != nil || entry.Role != model.RoleRegression || at < 0 {
		return ""
	}
	a := s.Attributes()[at]
	if a.Kind != schema.Categorical && a.Kind != schema.List {
		return ""
	}
	why := a.Why()
	if why != "" {
		why = " (" + why + ")"
	}
	return fmt.Sprintf("impossible: target %q is %v%s, and type %s predicts a number: declare attributes: { %q: continuous } before it is learned, or give it that type by `sml alter %s --set attributes.%s=continuous`",
		d.Target, a.Kind, why, d.Type, d.Target, name, d.Target)
}

// warnImpossible tells of models of the settings whose target has just been settled
// as what they cannot predict.
func (l *learner) warnImpossible(growth schema.Growth, grown *schema.Schema) {
	models := l.defined()
	for i := range models {
		for k := range growth.Attributes {
			if a := &growth.Attributes[k]; a.Name != models[i].Target || a.Settled.Reason == schema.FromNothing {
				continue
			}
			if text := Impossible(l.home.project, grown, &models[i]); text != "" {
				l.home.warn("model %q is %s", models[i].Name, text)
			}
		}
	}
}
