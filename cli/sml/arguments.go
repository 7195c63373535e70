package sml

import (
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
)

// wantProject checks the number of arguments, least to most of them after PROJECT. Where
// PROJECT is left out and the files name one project, that is put in front.
func (o *options) wantProject(least, most int, usage string) error {
	usage = strings.TrimSpace("[PROJECT] " + usage)
	if err := o.want(least, most+1, usage); err != nil {
		return err
	}
	if len(o.args) == most+1 {
		return nil
	}
	c, err := readConfig(&o.sources)
	if err != nil {
		return err
	}
	names := c.projects(o.cache)
	switch {
	case len(o.args) > least && (len(names) != 1 || names[0] == o.args[0]):
		return nil
	case len(names) != 1:
		return usagef("which project? %s", nameProjects(c, names))
	}
	o.args = append([]string{names[0]}, o.args...)
	return nil
}

// wantQuestion is wantProject for a question and any number of arguments of it: PROJECT
// is left out where the first argument is a question and the second is none.
func (o *options) wantQuestion() error {
	if len(o.args) == 0 {
		return nil
	}
	isQuestion := func(i int) bool {
		if i >= len(o.args) {
			return false
		}
		_, err := explore.Lookup(o.args[i])
		return err == nil
	}
	if !isQuestion(0) || isQuestion(1) {
		return nil
	}
	rest := o.args[1:]
	o.args = o.args[:1]
	err := o.wantProject(1, 1, "QUESTION [ATTRIBUTE...]")
	o.args = append(o.args, rest...)
	return err
}
