package project

import (
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// LayoutOf returns the layout of the rows that are encoded under the schema.
func LayoutOf(s *schema.Schema) *stats.Layout {
	layout := &stats.Layout{}
	attributes := s.Attributes()
	for _, i := range s.Numeric() {
		a := &attributes[i]
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: a.Name, Binary: a.Kind == schema.Binary})
	}
	for _, i := range s.Categorical() {
		a := &attributes[i]
		layout.Categorical = append(layout.Categorical, stats.CategoricalColumn{Name: a.Name, List: a.Kind == schema.List, Values: a.Values})
	}
	for i := range attributes {
		if attributes[i].Retyped {
			if layout.Retyped == nil {
				layout.Retyped = map[string]bool{}
			}
			layout.Retyped[attributes[i].Name] = true
		}
	}
	return layout
}
