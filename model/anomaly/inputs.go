package anomaly

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// readMinRows reads the option that every anomaly model has.
func readMinRows(r *param.Reader) float64 { return model.MinRowsOption(r, "scores") }

// numericInputs returns the numeric columns that the definition selects, and
// their names. None is an error once there are rows.
func numericInputs(d *model.Definition, s *stats.Summary) (columns []int, names []string, err error) {
	for i, c := range s.Layout().Numeric {
		if d.Selects(c.Name) {
			columns, names = append(columns, i), append(names, c.Name)
		}
	}
	if len(columns) == 0 && s.Weight() > 0 {
		return nil, nil, model.Later(fmt.Errorf("inputs %q match no numeric attribute", d.Inputs))
	}
	return columns, names, nil
}

// codeInputs returns the categorical columns that the definition selects, and
// their names. Lists are no inputs of anomaly models.
// Both are parallel and in the order of the layout.
func codeInputs(d *model.Definition, s *stats.Summary) (columns []int, names []string) {
	for i := range s.Layout().Categorical {
		if c := &s.Layout().Categorical[i]; !c.List && d.Selects(c.Name) {
			columns, names = append(columns, i), append(names, c.Name)
		}
	}
	return columns, names
}

// valueAt returns the value of a column of a row, which may be shorter than
// the layout of the model: NaN then.
func valueAt(values []float64, column int) float64 {
	if column < len(values) {
		return values[column]
	}
	return math.NaN()
}
