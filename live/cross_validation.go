package live

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// noCrossValidation stands where a description has no cross-validation though the project
// keeps folds: it has the form of one that failed.
type noCrossValidation struct {
	Folds  int    `json:"folds"`
	Reason string `json:"reason"`
}

// leftOut begins the warning of a regression that leaves its cross-validation out.
const leftOut = "cross_validation is left out: "

// described returns the description of a built model. Where the project keeps folds, and
// the model predicts something and has no cross-validation, it says why there is none.
func described(built *builtModel) any {
	plain := built.model.Describe()
	if built.folds < 2 || built.waiting != "" || built.role == model.RoleAnomaly {
		return plain
	}
	text, err := json.Marshal(plain)
	if err != nil || len(text) < 2 || text[0] != '{' {
		return plain // who writes it as JSON says so
	}
	var known struct {
		CrossValidation json.RawMessage `json:"cross_validation"`
		Warnings        []string        `json:"warnings"`
	}
	if json.Unmarshal(text, &known) != nil || known.CrossValidation != nil {
		return plain
	}
	why := fmt.Sprintf("type %s has none: what it predicts cannot be compared from the statistics of a fold", built.definition.Type)
	if built.role == model.RoleRegression {
		why = fmt.Sprintf("type %s has none with these inputs: products are read off the parts of the partition, which are not divided into folds", built.definition.Type)
	}
	why += "; `evaluate` of sml_score says how good predictions are on rows that the model has not seen"
	for _, warning := range known.Warnings {
		if said, ok := strings.CutPrefix(warning, leftOut); ok {
			why = said
		}
	}
	none, err := json.Marshal(noCrossValidation{Folds: built.folds, Reason: why})
	if err != nil {
		return plain
	}
	out := text[:len(text)-1]
	if len(out) > 1 {
		out = append(out, ',')
	}
	out = append(out, `"cross_validation":`...)
	out = append(out, none...)
	return json.RawMessage(append(out, '}'))
}
