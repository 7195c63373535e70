package live

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/incident"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// IncidentQuery says which incidents are asked for; what is empty asks for all.
type IncidentQuery struct {
	// Name is that of a component, Key that of the incidents, State open or closed.
	Name, Key, State string
	// Limit bounds how many open incidents are returned, and how many that are closed.
	Limit int
}

// IncidentList is incidents of a project, and how many there have been.
type IncidentList struct {
	// Incidents are the open ones, then those that were closed last, the newest first.
	Incidents []incident.Incident `json:"incidents"`
	// Names are all the names of the project, in order.
	Names []IncidentCounts `json:"names"`
}

// IncidentCounts is how many incidents of a name there have been, over all of its shards.
type IncidentCounts struct {
	Name string `json:"name"`
	// Rows are those that were taken, Alarms those of them that were alarms; Opened is how
	// many incidents these have opened, Open how many of them are open.
	Rows   uint64 `json:"rows"`
	Alarms uint64 `json:"alarms"`
	Opened uint64 `json:"opened"`
	Open   int    `json:"open"`
}

// incidentSource is the incidents of one shard: of this process, or as they were read.
type incidentSource struct {
	name, shard string
	live        *incidentShard
	read        *incident.State
}

// view calls fn with the state, which it must neither change nor keep.
func (s *incidentSource) view(fn func(*incident.State)) {
	if s.live == nil {
		fn(s.read)
		return
	}
	s.live.View(func(content *incident.State, _ *state.Positions) { fn(content) })
}

// sources returns every shard once: that of this process, unless another one has written it
// since.
func (x *Incidents) sources() (out []incidentSource) {
	newest := map[string]uint64{}
	others := x.others.Shards()
	for i := range others {
		newest[others[i].ID] = others[i].Version
	}
	mine := map[string]bool{}
	for _, l := range x.all() {
		for _, shard := range l.current(newest) {
			mine[shard.ID()] = true
			out = append(out, incidentSource{name: l.settings.Name, shard: strings.TrimPrefix(shard.ID(), l.settings.Name+"/"), live: shard})
		}
	}
	for i := range others {
		if name, shard, ok := strings.Cut(others[i].ID, "/"); ok && !mine[others[i].ID] && others[i].Version > 0 {
			out = append(out, incidentSource{name: name, shard: shard, read: others[i].Content})
		}
	}
	return out
}

// current returns the shards of this process of which no other one has written a newer
// version.
func (l *incidentLog) current(newest map[string]uint64) (out []*incidentShard) {
	for _, shard := range l.sources.all() {
		if newest[shard.ID()] <= shard.Version() {
			out = append(out, shard)
		}
	}
	return out
}

// gauge reports how many incidents are open, of the shards that are this process's.
func (l *incidentLog) gauge() {
	to, ok := l.of.home.observer.(IncidentObserver)
	if !ok {
		return
	}
	newest := map[string]uint64{}
	for _, o := range l.of.others.Shards() {
		newest[o.ID] = o.Version
	}
	open := 0
	for _, shard := range l.current(newest) {
		shard.View(func(s *incident.State, _ *state.Positions) { open += s.Counts().Open })
	}
	to.OpenIncidents(l.of.home.project, l.settings.Name, open)
}

// List returns incidents of the project, of all processes: those of others as of the last
// refresh.
func (x *Incidents) List(ctx context.Context, q *IncidentQuery) (*IncidentList, error) {
	if err := x.home.start(ctx); err != nil {
		return nil, err
	}
	out := &IncidentList{Incidents: []incident.Incident{}, Names: []IncidentCounts{}}
	var open, closed []incident.Incident
	counts := map[string]*IncidentCounts{}
	for _, source := range x.sources() {
		source.view(func(s *incident.State) {
			of := counts[source.name]
			if of == nil {
				of = &IncidentCounts{Name: source.name}
				counts[source.name] = of
			}
			now := s.Counts()
			of.Rows, of.Alarms, of.Opened, of.Open = of.Rows+now.Rows, of.Alarms+now.Alarms, of.Opened+now.Opened, of.Open+now.Open
			if q.Name != "" && q.Name != source.name {
				return
			}
			for _, one := range s.Incidents(source.name, source.shard) {
				switch {
				case q.Key != "" && q.Key != one.Key || q.State != "" && q.State != one.State:
				case one.State == incident.StateOpen:
					open = append(open, one)
				default:
					closed = append(closed, one)
				}
			}
		})
	}
	slices.SortFunc(open, func(a, b incident.Incident) int { return cmp.Or(b.Opened.Compare(a.Opened), cmp.Compare(a.ID, b.ID)) })
	slices.SortStableFunc(closed, func(a, b incident.Incident) int { return cmp.Or(b.Closed.Compare(*a.Closed), cmp.Compare(a.ID, b.ID)) })
	out.Incidents = append(append(out.Incidents, open[:min(len(open), q.Limit)]...), closed[:min(len(closed), q.Limit)]...)
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		out.Names = append(out.Names, *counts[name])
	}
	ReadAsOf(ctx, x.home.now())
	return out, nil
}
