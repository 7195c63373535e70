package processors

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// FeatureSettings are those of an sml_features: where its state is, and its features.
type FeatureSettings struct {
	Name, Cache, Prefix string
	specs               []features.Spec
}

// ReadFeatures reads the configuration of an sml_features, the YAML under its name. It
// builds nothing and needs no cache; the error names the field.
func ReadFeatures(yaml string) (FeatureSettings, error) {
	var out FeatureSettings
	conf, err := featuresSpec().ParseYAML(yaml, nil)
	if err != nil {
		return out, err
	}
	for _, f := range []struct {
		name string
		into *string
	}{{featuresState, &out.Name}, {fieldCache, &out.Cache}, {fieldPrefix, &out.Prefix}} {
		if *f.into, err = conf.FieldString(f.name); err != nil {
			return out, err
		}
	}
	p, err := readFeatures(conf)
	if err != nil {
		return out, err
	}
	out.specs = p.plan.Specs()
	return out, nil
}

// FeaturesName is the name of the processor whose settings ReadFeatures reads.
const FeaturesName = featuresName

// Alter says what these features do to the state that is stored under their name.
func (s *FeatureSettings) Alter(ctx context.Context, store state.Store) (*features.Alteration, error) {
	out, err := features.Alter(ctx, store, project.FeaturesBase(s.Prefix, s.Name), s.specs)
	if err != nil {
		return nil, fmt.Errorf("features %q: %w", s.Name, err)
	}
	return out, nil
}
