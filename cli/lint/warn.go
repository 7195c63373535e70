package lint

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
	"github.com/rpconnect-sml/rpconnect-sml/processors"
)

// warn returns what the start takes and what is most likely not meant.
func warn(documents []*pipeline.Document, components []pipeline.Component) []*pipeline.PlaceError {
	w := &warner{interpolated: map[string][]string{}, used: map[string]bool{}, models: map[string][]string{}}
	for i := range components {
		w.component(&components[i])
	}
	for i := range components {
		w.scorer(&components[i])
	}
	w.calibrated(components)
	for i := range components {
		w.members(&components[i])
	}
	w.alone(components)
	for _, d := range documents {
		w.caches(d)
		w.folders(d)
		w.batching(d.File, d.Root.Child("input"))
		for _, section := range []string{"input", "pipeline", "output", "cache_resources", "processor_resources", "input_resources", "output_resources"} {
			w.merges(d.File, d.Root.Child(section))
		}
	}
	return w.found
}

// warner collects warnings.
type warner struct {
	found        []*pipeline.PlaceError
	interpolated map[string][]string // fields of a component by its name
	used         map[string]bool     // labels of caches that components use
	models       map[string][]string // that sml_learn defines, by project
}

// say notes a warning at a node.
func (w *warner) say(file string, at *pipeline.Node, format string, args ...any) {
	w.found = append(w.found, &pipeline.PlaceError{File: file, Line: at.Line, Column: at.Column, Path: at.Path, Err: errors.New("warning: " + fmt.Sprintf(format, args...))})
}

// bloblangForm is how an expression begins that stands where a text with interpolations
// is wanted.
var bloblangForm = regexp.MustCompile(`^\s*(this\b|root\b|@|meta\(|metadata\(|json\(|content\(\))`)

// component looks at one component of this program.
func (w *warner) component(c *pipeline.Component) {
	if label := c.Config.Child("cache").Text(); label != "" {
		w.used[label] = true
	}
	for _, field := range w.fields(c.Name) {
		at := c.Config
		for name := range strings.SplitSeq(field, ".") {
			at = at.Child(name)
		}
		if text := at.Text(); bloblangForm.MatchString(text) && !strings.Contains(text, "${!") {
			w.say(c.File, at, "%q is one text for all messages: write ${! %s } for its value of each", text, strings.TrimSpace(text))
		}
	}
	if c.Name != "sml_learn" {
		return
	}
	project := c.Config.Child("project").Text()
	for _, m := range c.Config.Child("models").Children() {
		w.models[project] = append(w.models[project], m.Child("name").Text())
	}
	for _, recent := range []string{"window", "decay"} {
		if at, key := c.Config.Child(recent), c.Config.Child("key"); at != nil && key.Text() != "" && !isOff(at) {
			w.say(c.File, key, "the statistics of each key are of its whole history, while %s keeps recent rows of all: answers for a key say so (`entity_part: history`)", recent)
		}
	}
}

// isOff reports whether an object of settings sets none.
func isOff(n *pipeline.Node) bool { return n.IsObject() && len(n.Children()) == 0 }

// fields are the fields of a processor that are texts with interpolations.
func (w *warner) fields(name string) []string {
	if found, ok := w.interpolated[name]; ok || !slices.Contains(processors.Names(), name) {
		return found
	}
	found := []string{}
	service.GlobalEnvironment().WalkProcessors(func(n string, view *service.ConfigView) {
		if n != name {
			return
		}
		data, err := view.TemplateData()
		if err != nil {
			return // there is no such text then
		}
		for _, f := range data.Fields {
			if f.IsInterpolated {
				found = append(found, f.FullName)
			}
		}
	})
	w.interpolated[name] = found
	return found
}

// scorer warns of a model that no sml_learn of the project defines, where one here
// defines others.
func (w *warner) scorer(c *pipeline.Component) {
	field := map[string]string{"sml_score": "model", "sml_learn": "score"}[c.Name]
	if field == "" {
		return
	}
	model := c.Config.Child(field)
	name, _, _ := strings.Cut(model.Text(), "@")
	known := w.models[c.Config.Child("project").Text()]
	if name == "" || len(known) == 0 || slices.Contains(known, name) || strings.Contains(name, "${") {
		return
	}
	w.say(c.File, model, "the sml_learn of the project defines the models %s, and not %q: nothing is scored until something else defines it", strings.Join(known, ", "), name)
}

// members warns of members of a pool that the sml_learn of the project does not define.
func (w *warner) members(c *pipeline.Component) {
	if c.Name != "sml_learn" {
		return
	}
	known := w.models[c.Config.Child("project").Text()]
	for _, m := range c.Config.Child("models").Children() {
		if m.Child("type").Text() != "pool" {
			continue
		}
		for _, member := range m.Child("options").Child("members").Children() {
			if name := member.Text(); name != "" && !slices.Contains(known, name) && !strings.Contains(name, "${") {
				w.say(c.File, member, "the sml_learn of the project defines the models %s, and not %q: the pool fails until something else defines it", strings.Join(known, ", "), name)
			}
		}
	}
}

// caches warns of caches in memory whose keys expire.
func (w *warner) caches(d *pipeline.Document) {
	caches, err := d.Caches()
	if err != nil {
		return // which is an error
	}
	for _, c := range caches {
		memory := c.Child("memory")
		interval := memory.Child("compaction_interval")
		if memory == nil || !w.used[c.Child("label").Text()] || interval != nil && interval.Text() == "" {
			continue
		}
		w.say(d.File, memory, "the keys of a memory cache expire after five minutes, and with them what was learned: set compaction_interval: \"\" to keep them while the process lives, or take a cache that outlives it (docs/caches.md)")
	}
}

// batching warns of batches of an input that wait for their last message for ever.
func (w *warner) batching(file string, n *pipeline.Node) {
	for _, child := range n.Children() {
		if n.IsObject() && child.Name() == "batching" && child.Child("count") != nil {
			count, period := child.Child("count").Text(), child.Child("period").Text()
			if count != "0" && count != "1" && period == "" {
				w.say(file, child, "a batch waits until it has %s messages, however long that takes: set period, or the last messages are not learned", count)
			}
		}
		w.batching(file, child)
	}
}

// merges warns of merges in components of the host, which it leaves out.
func (w *warner) merges(file string, n *pipeline.Node) {
	for _, child := range n.Children() {
		if child.IsMerge() && !strings.Contains(child.Path, "sml_") {
			w.say(file, child, "%s", yamlwords.NoMerge)
		}
		w.merges(file, child)
	}
}
