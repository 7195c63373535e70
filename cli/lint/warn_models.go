package lint

import (
	"os"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
)

// alone warns of models that need something beside them which no sml_learn of their project
// here has: a gam splines, and a pool without members another model of its target.
func (w *warner) alone(components []pipeline.Component) {
	splines, targets := map[string]bool{}, map[string]bool{} // by project, by project and target
	each := func(do func(c *pipeline.Component, project string, m *pipeline.Node)) {
		for i := range components {
			if c := &components[i]; c.Name == "sml_learn" {
				for _, m := range c.Config.Child("models").Children() {
					do(c, c.Config.Child("project").Text(), m)
				}
			}
		}
	}
	each(func(c *pipeline.Component, project string, m *pipeline.Node) {
		if c.Config.Child("expand").Child("splines") != nil {
			splines[project] = true
		}
		if m.Child("type").Text() != "pool" {
			targets[project+"\n"+m.Child("target").Text()] = true
		}
	})
	each(func(c *pipeline.Component, project string, m *pipeline.Node) {
		name, target := m.Child("name").Text(), m.Child("target").Text()
		switch m.Child("type").Text() {
		case "gam":
			if !splines[project] {
				w.say(c.File, m, "model %q is a sum of curves, and no sml_learn of the project here computes splines: list its inputs under `expand.splines.attributes`, or it waits for ever", name)
			}
		case "pool":
			if len(m.Child("options").Child("members").Children()) == 0 && !targets[project+"\n"+target] {
				w.say(c.File, m, "pool %q mixes the models of target %q, and no sml_learn of the project here defines one: the pool fails until something else defines it", name, target)
			}
		}
	})
}

// folders warns of file caches that components use and whose directory is not there: the
// cache does not make it.
func (w *warner) folders(d *pipeline.Document) {
	caches, err := d.Caches()
	if err != nil {
		return // which is an error
	}
	for _, c := range caches {
		at := c.Child("file").Child("directory")
		if at.Text() == "" || !w.used[c.Child("label").Text()] {
			continue
		}
		switch found, err := os.Stat(at.Text()); {
		case os.IsNotExist(err):
			w.say(d.File, at, "directory %q does not exist here, and the cache does not make it: nothing is learned or scored until it is there", at.Text())
		case err == nil && !found.IsDir():
			w.say(d.File, at, "%q is no directory: nothing is learned or scored", at.Text())
		}
	}
}
