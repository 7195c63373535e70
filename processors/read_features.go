package processors

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// FeatureSettings are those of an sml_features or sml_change: where its state is, and its
// features.
type FeatureSettings struct {
	Name, Cache, Prefix string
	specs               []features.Spec
}

// ReadFeatures reads the configuration of a processor that KeepsFeatures, the YAML under
// its name. It builds nothing and needs no cache; the error names the field.
func ReadFeatures(name, yaml string) (FeatureSettings, error) {
	var out FeatureSettings
	spec := featuresSpec
	if name == changeName {
		spec = changeSpec
	}
	conf, err := spec().ParseYAML(yaml, nil)
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
	if name == changeName {
		p, err := readChange(conf)
		if err != nil {
			return out, err
		}
		out.specs = p.plan.Specs()
		return out, nil
	}
	p, err := readFeatures(conf)
	if err != nil {
		return out, err
	}
	out.specs = p.plan.Specs()
	return out, nil
}

// KeepsFeatures reports whether the processor of that name keeps a state of features, so
// that ReadFeatures reads its settings.
func KeepsFeatures(name string) bool { return name == featuresName || name == changeName }

// Alter says what these features do to the state that is stored under their name.
func (s *FeatureSettings) Alter(ctx context.Context, store state.Store) (*features.Alteration, error) {
	out, err := features.Alter(ctx, store, project.FeaturesBase(s.Prefix, s.Name), s.specs)
	if err != nil {
		return nil, fmt.Errorf("features %q: %w", s.Name, err)
	}
	return out, nil
}
