package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	"github.com/rpconnect-sml/rpconnect-sml/inputs"
	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
	"github.com/rpconnect-sml/rpconnect-sml/outputs"
	"github.com/rpconnect-sml/rpconnect-sml/processors"
)

// check tries every component of this program in the documents of one pipeline. It
// returns what the start would refuse, in the order of the components, and what it takes
// and is most likely not meant.
func check(documents []*pipeline.Document) (refused, warned []*pipeline.PlaceError) {
	c := &checker{}
	var labels []string
	for _, d := range documents {
		caches, err := d.Caches()
		if err != nil {
			c.template(d, err)
		}
		for _, cache := range caches {
			labels = append(labels, cache.Child("label").Text())
		}
	}
	var components []pipeline.Component
	for _, d := range documents {
		if d.Unchecked {
			continue
		}
		found, err := d.Components(slices.Concat(processors.Names(), inputs.Names(), outputs.Names())...)
		if err != nil {
			c.template(d, err)
		}
		if len(documents) == 1 && d.IsPart() {
			labels = append(labels, cacheLabels(found)...) // the caches are in another file
		}
		components = append(components, found...)
	}
	trial := processors.NewTrial(append(labels, leftOut))
	for i := range components {
		c.component(trial, &components[i])
	}
	if err := trial.Close(); err != nil {
		c.found = append(c.found, &pipeline.PlaceError{File: documents[0].File, Line: 1, Column: 1, Err: err})
	}
	return c.found, warn(documents, components)
}

// cacheLabels are the labels of caches that components name.
func cacheLabels(components []pipeline.Component) (out []string) {
	for _, c := range components {
		if label := c.Config.Child("cache").Text(); label != "" {
			out = append(out, label)
		}
	}
	return out
}

// checker collects what is refused.
type checker struct{ found []*pipeline.PlaceError }

func (c *checker) template(d *pipeline.Document, err error) {
	var at *pipeline.PlaceError
	if !errors.As(err, &at) {
		at = &pipeline.PlaceError{File: d.File, Line: 1, Column: 1, Err: err}
	}
	c.found = append(c.found, at)
}

// mostErrors bounds what is said of one component.
const mostErrors = 100

// leftOut stands for a value that must be there and was refused. It is a name that
// everything takes which takes a name.
const leftOut = "left_out_by_lint"

// component tries a component until nothing of it is refused, each time without the
// field that was refused last.
func (c *checker) component(trial *processors.Trial, component *pipeline.Component) {
	config := component.Config
	var before, last *pipeline.Node // the configuration with what was left out last
	seen := map[string]bool{}
	for range mostErrors {
		err := try(trial, component, config, config == component.Config)
		if err == nil {
			return
		}
		at, text := place(component, config, err)
		merge := merged(config, at, text)
		if merge != nil {
			at, text = merge, yamlwords.NoMerge
		}
		if last != nil && (isMissing(text) || misses(text, last.Name())) {
			if seen[last.Path+" needed"] {
				return
			}
			seen[last.Path+" needed"] = true
			config = replaced(before, last)
			continue
		}
		if seen[at.Path] {
			return
		}
		seen[at.Path] = true
		where := &pipeline.PlaceError{File: component.File, Line: at.Line, Column: at.Column, Path: at.Path, Err: errors.New(text)}
		if component.Template != "" {
			where.Err = fmt.Errorf("by template %s: %s", component.Template, text)
		}
		c.found = append(c.found, where)
		switch {
		case at.Path == config.Path:
			return
		case merge != nil:
			config = config.Inlined(merge)
			continue
		}
		before, last, config = config, at, config.Without(at)
	}
}

// replaced returns a configuration in which a field that must be there and was refused
// has another value, or without the item of a list that it belongs to.
func replaced(config, refused *pipeline.Node) *pipeline.Node {
	parent := config.Find(refused.Path[:strings.LastIndexByte(refused.Path, '.')])
	if parent == nil || parent.Path == config.Path {
		return config.With(refused, leftOut)
	}
	return config.Without(parent)
}

// merged returns the merge that an error is about: one that the host does not read, or
// one where the field stands that the host misses; nil for none.
func merged(config, at *pipeline.Node, text string) *pipeline.Node {
	if !isMissing(text) {
		if text == yamlwords.NoMerge && at.IsMerge() {
			return at
		}
		return nil
	}
	for path := at.Path; path != config.Path; path = path[:strings.LastIndexByte(path, '.')] {
		if n := config.Find(path); n != nil && n.IsMerge() {
			return n
		}
	}
	return at.Merges()
}

// misses reports whether an error says that a field has no value, or that another field
// needs its value.
func misses(text, field string) bool {
	return strings.Contains(text, field+" is empty") || strings.Contains(text, " needs ") && strings.HasSuffix(text, "in `"+field+"`")
}

// isMissing reports whether an error says that a field is not there.
func isMissing(text string) bool {
	return strings.Contains(text, "is required and was not present")
}

// try constructs the component with a configuration.
func try(trial *processors.Trial, component *pipeline.Component, config *pipeline.Node, keep bool) error {
	text, err := config.YAML()
	if err != nil {
		return err
	}
	isOutput := slices.Contains(strings.FieldsFunc(component.Config.Path, func(r rune) bool { return r == '.' || r == '_' }), "output")
	switch {
	case slices.Contains(outputs.Names(), component.Name) && (isOutput || !slices.Contains(inputs.Names(), component.Name)):
		return outputs.Try(component.Name, text)
	case slices.Contains(inputs.Names(), component.Name):
		return inputs.Try(component.Name, text)
	}
	return trial.Processor(component.Name, address(component), text, keep)
}

// address is what errors of the start call the component.
func address(component *pipeline.Component) string {
	path := "root." + strings.TrimSuffix(component.Config.Path, "."+component.Name)
	if component.Label != "" {
		return path + " (" + component.Label + ")"
	}
	return path
}

// place finds where an error belongs, and takes off its text what the place says.
func place(component *pipeline.Component, config *pipeline.Node, err error) (*pipeline.Node, string) {
	text := yamlwords.Text(err.Error())
	for _, own := range []string{address(component), component.Name + " root."} {
		if rest, ok := strings.CutPrefix(text, own); ok {
			text = strings.TrimLeft(rest, ".: ")
		}
	}
	return locate(config, text)
}
