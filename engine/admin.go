package engine

import "slices"

// Names returns the names of the open projects in alphabetical order.
func (t *Table) Names() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := []string{}
	for _, p := range t.projects {
		out = append(out, p.settings.Project)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
