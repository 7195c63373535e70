package processors

import (
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// readPrequential returns the name of the model that is tested row by row, empty for none.
// Fields that do not go together, and a model of the settings that does not learn row by row,
// are an error that names the field.
func readPrequential(conf *service.ParsedConfig, settings *live.LearnSettings) (string, error) {
	how, err := conf.FieldString(learnPrequential)
	if err != nil {
		return "", err
	}
	score, err := conf.FieldString(learnScore)
	if err != nil {
		return "", err
	}
	mode, err := conf.FieldString(learnMode)
	switch {
	case err != nil:
		return "", err
	case how != prequentialRow && score != "":
		return "", fmt.Errorf("%s: %q is given without `%s: %s`: set that, or put sml_score before sml_learn to score batches by what was learned before them", learnScore, score, learnPrequential, prequentialRow)
	case how != prequentialRow:
		return "", nil
	case score == "":
		return "", fmt.Errorf("%s: %s needs the name of a model in `%s`", learnPrequential, prequentialRow, learnScore)
	case mode == modeForget:
		return "", fmt.Errorf("%s: %s is for rows that are learned, and `%s` is %s", learnPrequential, prequentialRow, learnMode, modeForget)
	}
	if _, err := resultPath(learnScore, score); err != nil {
		return "", err
	}
	for i := range settings.Models {
		if d := &settings.Models[i]; d.Name == score {
			if err := live.InPlace(catalogue.All(), d); err != nil {
				return "", err
			}
		}
	}
	return score, nil
}

// begin makes the processor test a model of its project.
func (p *learn) begin(score, component string) (err error) {
	if p.path, err = resultPath(learnScore, schema.ResultKey+"."+score); err != nil {
		return err
	}
	p.test, err = live.NewPrequential(p.handle.Project(), score, component)
	return err
}
