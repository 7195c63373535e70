package licences

import (
	"fmt"
	"strings"
)

// Notices is the text that must go with a binary: which modules it links, and
// their licences and notices in full. A text that several modules have in the
// same words stands there once.
func Notices(modules []Module) string {
	var b strings.Builder
	b.WriteString("rpconnect-sml is under the Apache License 2.0. It links the modules below, each under its own licence.\n")
	type place struct{ names []string }
	places, order := map[string]*place{}, []string{}
	for _, m := range modules {
		for _, t := range m.Texts {
			content := strings.TrimSpace(t.Content)
			p := places[content]
			if p == nil {
				p = &place{}
				places[content] = p
				order = append(order, content)
			}
			p.names = append(p.names, fmt.Sprintf("%s %s (%s)", m.Path, m.Version, t.Path))
		}
	}
	for _, content := range order {
		b.WriteString("\n" + strings.Repeat("=", 80) + "\n")
		for _, name := range places[content].names {
			b.WriteString(name + "\n")
		}
		b.WriteString(strings.Repeat("-", 80) + "\n\n" + content + "\n")
	}
	return b.String()
}
