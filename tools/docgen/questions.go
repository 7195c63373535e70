package docgen

import (
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Questions renders the table of all questions with their arguments.
func Questions() string {
	var b strings.Builder
	b.WriteString("| question | arguments (* needed; bounds and default) | what it tells |\n|---|---|---|\n")
	for _, q := range explore.Questions() {
		arguments := make([]string, len(q.Parameters))
		for i := range q.Parameters {
			arguments[i] = argument(&q.Parameters[i])
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", q.Name, strings.Join(arguments, ", "), q.Summary)
	}
	return b.String()
}

// argument is the name of an argument and what is special about it.
func argument(p *param.Parameter) string {
	name := "`" + p.Name + "`"
	if p.Required {
		name += "*"
	}
	var facts []string
	switch {
	case len(p.Choices) > 0:
		facts = append(facts, "`"+strings.Join(p.Choices, "`, `")+"`")
	case p.Phrase() != "":
		facts = append(facts, p.Phrase())
	}
	if p.Default != nil {
		facts = append(facts, "default `"+p.DefaultText()+"`")
	}
	if len(facts) == 0 {
		return name
	}
	return name + " (" + strings.Join(facts, "; ") + ")"
}

// Section returns a page with another text between the marks of that name,
// which are the lines `<!-- name: begin -->` and `<!-- name: end -->`.
func Section(page, name, text string) (string, error) {
	begin, end := "<!-- "+name+": begin -->\n", "<!-- "+name+": end -->\n"
	head, rest, found := strings.Cut(page, begin)
	_, tail, ended := strings.Cut(rest, end)
	if !found || !ended {
		return "", fmt.Errorf("the page has no marks %q and %q", strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return head + begin + text + end + tail, nil
}
