package sml

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/rpconnect-sml/rpconnect-sml/incident"
	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// incidentOptions say which incidents are shown.
type incidentOptions struct {
	name, key    string
	open, closed bool
	limit        int
}

// Bounds of how many incidents are shown.
const (
	defaultShown = 20
	mostAsked    = 1000
)

func incidentFlags(o *options) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "name", Usage: "only those of the sml_incidents of that `NAME`", Destination: &o.incidents.name},
		&cli.StringFlag{Name: "key", Usage: "only those of that `KEY`", Destination: &o.incidents.key},
		&cli.BoolFlag{Name: "open", Usage: "only those that are open", Destination: &o.incidents.open},
		&cli.BoolFlag{Name: "closed", Usage: "only those that are closed", Destination: &o.incidents.closed},
		&cli.IntFlag{Name: "limit", Usage: "at most `N` that are open and N that are closed", Value: defaultShown, Destination: &o.incidents.limit},
	}
}

// incidents shows the incidents of a project.
func incidents(ctx context.Context, o *options) (answer, error) {
	if err := o.wantProject(0, 0, ""); err != nil {
		return nil, err
	}
	q := live.IncidentQuery{Name: o.incidents.name, Key: o.incidents.key, Limit: o.incidents.limit}
	switch {
	case o.incidents.open && o.incidents.closed:
		return nil, usagef("give either --open or --closed")
	case o.incidents.limit < 1 || o.incidents.limit > mostAsked:
		return nil, usagef("--limit is %d, want 1 to %d", o.incidents.limit, mostAsked)
	case o.incidents.open:
		q.State = incident.StateOpen
	case o.incidents.closed:
		q.State = incident.StateClosed
	}
	p, h, err := openAny(ctx, o, first(o.args))
	if err != nil {
		return nil, err
	}
	defer p.close()
	list, err := live.IncidentsOf(h.Project()).List(ctx, &q)
	if err == nil && len(list.Names) == 0 { // there may be no such project at all
		_, err = p.look(ctx)
	}
	return &incidentsAnswer{list}, errors.Join(err, h.Close(ctx))
}

// incidentsAnswer is incidents of a project.
type incidentsAnswer struct{ list *live.IncidentList }

// MarshalJSON returns the list's.
func (a *incidentsAnswer) MarshalJSON() ([]byte, error) { return json.Marshal(a.list) }

// text writes a table of the names and one of the incidents.
func (a *incidentsAnswer) text(out io.Writer) {
	if len(a.list.Names) == 0 {
		fmt.Fprintln(out, "The project has no incidents: no sml_incidents has taken rows of it")
		return
	}
	rows := [][]string{{"NAME", "ROWS", "ALARMS", "INCIDENTS", "OPEN"}}
	for _, n := range a.list.Names {
		rows = append(rows, []string{n.Name, fmt.Sprint(n.Rows), fmt.Sprint(n.Alarms), fmt.Sprint(n.Opened), fmt.Sprint(n.Open)})
	}
	table(out, rows)
	if len(a.list.Incidents) == 0 {
		return
	}
	fmt.Fprintln(out)
	rows = [][]string{{"INCIDENT", "NAME", "KEY", "STATE", "FIRST ALARM", "LASTED", "ROWS", "ALARMS", "PEAK", "BLAME"}}
	for i := range a.list.Incidents {
		one := &a.list.Incidents[i]
		until, state := one.LastAlarm, one.State
		if one.Closed != nil {
			until, state = *one.Closed, state+" ("+one.Reason+")"
		}
		peak := "-"
		if one.Peak != nil {
			peak = rounded(&one.Peak.Score)
		}
		rows = append(rows, []string{one.ID, one.Name, one.Key, state, one.FirstAlarm.Format(time.RFC3339), until.Sub(one.FirstAlarm).String(), fmt.Sprint(one.Rows), fmt.Sprint(one.Alarms), peak, blameText(one.Blame)})
	}
	table(out, rows)
}

// blameText names the attributes with the largest shares.
func blameText(blame []incident.Share) string {
	var parts []string
	for _, b := range blame[:min(3, len(blame))] {
		parts = append(parts, fmt.Sprintf("%s %.0f %%", b.Attribute, 100*b.Share))
	}
	return strings.Join(parts, ", ")
}
