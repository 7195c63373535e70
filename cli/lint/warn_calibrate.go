package lint

import (
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
)

// calibrating is a model whose probabilities are to be calibrated.
type calibrating struct {
	file, project, model string
	at                   *pipeline.Node
}

// calibrated warns of models that are calibrated by an evaluation, where the pipeline has
// scorers of them and none evaluates.
func (w *warner) calibrated(components []pipeline.Component) {
	var asking []calibrating
	scored, evaluated := map[string]bool{}, map[string]bool{}
	for i := range components {
		c := &components[i]
		project := c.Config.Child("project").Text()
		switch c.Name {
		case "sml_learn":
			for _, m := range c.Config.Child("models").Children() {
				if at := m.Child("options").Child("calibrate"); at != nil && at.Text() != "none" {
					asking = append(asking, calibrating{c.File, project, m.Child("name").Text(), at})
				}
			}
			if score := c.Config.Child("score").Text(); score != "" {
				evaluated[project+"/"+score] = true
			}
		case "sml_score":
			name, _, _ := strings.Cut(c.Config.Child("model").Text(), "@")
			enabled := c.Config.Child("evaluate").Child("enabled").Text()
			scored[project+"/"+name] = true
			if enabled != "" && enabled != "false" {
				evaluated[project+"/"+name] = true
			}
		}
	}
	for _, a := range asking {
		if key := a.project + "/" + a.model; scored[key] && !evaluated[key] {
			w.say(a.file, a.at, "model %q is calibrated by the evaluation of its answers, and no sml_score here evaluates them: set `evaluate: { enabled: true }` in one", a.model)
		}
	}
}
