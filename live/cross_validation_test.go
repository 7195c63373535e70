package live_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestCrossValidationIsThereOrSaysWhy builds every type that predicts something, on rows
// that have all values and on rows that lack some, with folds and without: with folds the
// description has a cross-validation or why there is none; without it has neither.
func TestCrossValidationIsThereOrSaysWhy(t *testing.T) {
	for _, folds := range []bool{true, false} {
		for _, lacking := range []bool{false, true} {
			s := settings(true)
			if s.Learn.Models = nil; folds {
				s.Learn.Composition = s.Learn.Composition.With(project.Folds(5))
			}
			h, _ := open(t, state.NewMemory(), s)
			var messages []live.Message
			for i := range 300 {
				data := fmt.Sprintf(`{"x":%d,"z":%d,"y":%d,"kind":"k%d"}`, i%37, i*i%41, 3*(i%37)+i%5, (i%37)/19)
				if lacking && i%7 == 0 {
					data = strings.Replace(data, `"x"`, `"other"`, 1)
				}
				messages = append(messages, live.Message{Data: []byte(data), Shard: "s"})
			}
			learnAll(t, h.Project(), messages)
			for _, entry := range catalogue.All() {
				if entry.Role == model.RoleAnomaly {
					continue
				}
				d := model.Definition{Name: "m", Type: entry.Type, Target: "y", Inputs: []string{"x", "z"}}
				if entry.Role == model.RoleClassification {
					d.Target = "kind"
				}
				report, err := h.Project().Models().Try(t.Context(), d)
				if err != nil || report.Waiting != "" {
					t.Logf("folds %v, lacking %v: %s cannot be built of these rows: %v", folds, lacking, entry.Type, err)
					continue
				}
				text, err := json.Marshal(report.Model)
				if err != nil {
					t.Fatal(err)
				}
				var got struct {
					CrossValidation *struct {
						R2            *float64
						Error, Reason string
					} `json:"cross_validation"`
				}
				if err := json.Unmarshal(text, &got); err != nil {
					t.Fatal(err)
				}
				cv := got.CrossValidation
				if (cv != nil) != folds || cv != nil && (cv.R2 == nil) == (cv.Error+cv.Reason == "") {
					t.Errorf("folds %v, lacking %v: %s has the cross-validation %+v", folds, lacking, entry.Type, cv)
				}
			}
		}
	}
}
