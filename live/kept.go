package live

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// KeptBy returns the names of the models of a project that keep what they have learned of rows
// that are forgotten, in order: those that follow the stream row by row, of which nothing
// can be taken away.
func KeptBy(p *Project) []string { return keepers(p.home.types, p.definitions.all()) }

// KeptByStored is KeptBy of the stored definitions of a project. What cannot be read is left
// out.
func KeptByStored(stored map[string][]byte) []string {
	var all []model.Definition
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		if project.IsReserved(name) {
			continue
		}
		if d, err := catalogue.All().Decode(stored[name]); err == nil {
			all = append(all, d)
		}
	}
	return keepers(catalogue.All(), all)
}

func keepers(types model.Catalogue, all []model.Definition) (names []string) {
	for _, d := range all {
		if needs, err := types.Needs(d); err == nil && len(needs.Pools) > 0 {
			names = append(names, d.Name)
		}
	}
	return names
}

// KeptText says in words which models keep rows that are forgotten; empty for none.
func KeptText(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return "model " + names[0] + " follows the stream row by row and keeps what it has learned of the rows that are forgotten, until that fades"
	}
	return "models " + strings.Join(names, ", ") + " follow the stream row by row and keep what they have learned of the rows that are forgotten, until that fades"
}

// keptNote says once for each set of models that they keep rows that are forgotten.
type keptNote struct {
	mu   sync.Mutex
	told string
}

// tell warns where rows of the messages have been forgotten.
func (n *keptNote) tell(h *home, names []string, messages []Message) {
	text := KeptText(names)
	if text == "" || !slices.ContainsFunc(messages, func(m Message) bool { return m.Outcome == OutcomeDone }) {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.told != text {
		n.told = text
		h.warn("%s", text)
	}
}
