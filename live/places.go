package live

import "strings"

// Places are the expressions by which a component finds where a message comes from, as
// its configuration has them; an empty one is not set.
type Places struct{ Shard, Position, Source string }

// PlacesNear returns how the component of this process that learns the project finds
// where messages come from: of several, the one whose path has most in common with the
// given one. It is false where none learns, and where several that are equally near
// find it in different ways.
func (h *Handle) PlacesNear(path string) (Places, bool) {
	h.table.mu.Lock()
	defer h.table.mu.Unlock()
	p := h.project
	var found Places
	most, unsure := -1, false
	for i := range p.opened {
		o := &p.opened[i]
		if o.settings.Learn == nil || o.settings.OnDemand {
			continue
		}
		switch n := commonPath(o.path, path); {
		case n > most:
			found, most, unsure = o.settings.Places, n, false
		case n == most:
			unsure = unsure || found != o.settings.Places
		}
	}
	return found, most >= 0 && !unsure
}

// commonPath returns how many steps two paths have in common.
func commonPath(a, b string) (n int) {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}
