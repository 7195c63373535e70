package sml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// questionsAnswer lists the questions.
type questionsAnswer struct {
	Questions []explore.Question `json:"questions"`
}

func (a *questionsAnswer) text(out io.Writer) {
	rows := [][]string{{"QUESTION", "PARAMETERS", ""}}
	for _, q := range a.Questions {
		var names []string
		for _, p := range q.Parameters {
			if p.Required {
				names = append(names, strings.ToUpper(p.Name))
			} else {
				names = append(names, "["+p.Name+"=]")
			}
		}
		rows = append(rows, []string{q.Name, strings.Join(names, " "), q.Summary})
	}
	table(out, rows)
}

func exploreProject(ctx context.Context, o *options) (answer, error) {
	if err := o.wantQuestion(); err != nil {
		return nil, err
	}
	if len(o.args) < 2 {
		return &questionsAnswer{Questions: explore.Questions()}, nil
	}
	question, err := explore.Lookup(o.args[1])
	if err != nil {
		return nil, &usageError{text: err.Error()}
	}
	args, err := argumentsOf(question, o.args[2:])
	if err != nil {
		return nil, err
	}
	query, err := live.NewQuery(question, o.part, args)
	if err != nil {
		return nil, &usageError{text: err.Error()}
	}
	return withLive(ctx, o, func(p *live.Project) (answer, error) {
		a, err := p.Ask(ctx, query)
		if err != nil {
			return nil, err
		}
		return jsonAnswer{value: a.Value}, nil
	})
}

// parameterNames are the names of a question's parameters.
func parameterNames(q *explore.Question) []string {
	var out []string
	for i := range q.Parameters {
		out = append(out, q.Parameters[i].Name)
	}
	return out
}

// argumentsOf reads NAME=VALUE, and bare values as those of the parameters in
// order that are not given by name. Several attributes are separated by commas. A
// name that the question does not have is an error: an attribute with "=" in its own
// name is given by the parameter's name.
func argumentsOf(q *explore.Question, given []string) (param.Values, error) {
	args, bare := param.Values{}, []string{}
	for _, text := range given {
		name, value, named := strings.Cut(text, "=")
		known := false
		for _, p := range q.Parameters {
			known = known || p.Name == name
		}
		if named && known {
			args[name] = value
			continue
		}
		if named {
			return nil, usagef("%s has no argument %q: it has %s", q.Name, name, strings.Join(parameterNames(q), ", "))
		}
		bare = append(bare, text)
	}
	for _, p := range q.Parameters {
		if _, ok := args[p.Name]; ok || len(bare) == 0 {
			continue
		}
		if p.Kind == param.KindAttributes {
			args[p.Name], bare = strings.Join(bare, ","), nil
			continue
		}
		args[p.Name], bare = bare[0], bare[1:]
	}
	if len(bare) > 0 {
		return nil, &usageError{text: errors.Join(fmt.Errorf("%s takes no further argument %q", q.Name, bare[0])).Error()}
	}
	return args, nil
}
