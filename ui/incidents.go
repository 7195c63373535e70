package ui

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/incident"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Bounds of a list of incidents.
const (
	defaultIncidents = 100
	mostIncidents    = 1000
)

// anyState asks for incidents that are open and for those that are closed.
const anyState = "any"

// askIncidents reads which incidents are asked for.
func askIncidents(p *param.Reader) handler {
	q := live.IncidentQuery{
		Name:  p.Text("name", param.Optional, "The name of an sml_incidents. Without it, those of all."),
		Key:   p.Text("key", param.Optional, "The key of the incidents. Without it, those of all keys."),
		State: p.Choice("state", anyState, []string{anyState, incident.StateOpen, incident.StateClosed}, "Whether incidents are open or closed."),
		Limit: p.Integer("limit", defaultIncidents, param.Between(1, mostIncidents), "How many open incidents at most, and how many closed ones."),
	}
	if q.State == anyState {
		q.State = ""
	}
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, err := a.project(ctx, r)
		if err != nil {
			return nil, err
		}
		list, err := live.IncidentsOf(p).List(ctx, &q)
		if err != nil {
			return nil, err
		}
		return answer(list), nil
	}
}
