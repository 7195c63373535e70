package ui_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/incident"
	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// TestIncidents: the list has the open ones first, is filtered by name, key and state, and
// says how many alarms of how many rows there were.
func TestIncidents(t *testing.T) {
	w := newWorld(t, worldOf{})
	p := w.learn(t, "p", live.LearnSettings{}, `{"x":1}`)
	for _, name := range []string{"pumps", "fans"} {
		g, err := live.NewGrouper(p, live.IncidentSettings{Name: name, Durable: true, Ahead: time.Minute, Rules: incident.Rules{MaxKeys: 10, Replay: 10, Closed: 10, Open: incident.Opening{Alarms: 1}, Close: incident.Closing{Rows: 1}}})
		if err != nil {
			t.Fatal(err)
		}
		b := &live.IncidentBatch{}
		for i, verdict := range []incident.Verdict{incident.Alarm, incident.Usual, incident.Alarm, incident.Alarm} {
			b.Messages = append(b.Messages, live.Message{Data: []byte(`{}`), Shard: "t/0", Offset: int64(i), HasOffset: true, Key: fmt.Sprint("k", i/2), Time: int64(i) * int64(time.Second)})
			b.Rows = append(b.Rows, incident.Row{Verdict: verdict, Score: float64(i), Contributions: map[string]float64{"x": 1}})
		}
		if err := g.Take(context.Background(), b); err != nil {
			t.Fatal(err)
		}
	}
	list := func(query string) live.IncidentList {
		t.Helper()
		return decoded[live.IncidentList](t, get(t, w.API, "projects/p/incidents"+query, 200))
	}
	all := list("")
	if len(all.Incidents) != 4 || all.Incidents[0].State != "open" || all.Incidents[1].State != "open" || all.Incidents[2].State != "closed" || len(all.Names) != 2 ||
		all.Names[1] != (live.IncidentCounts{Name: "pumps", Rows: 4, Alarms: 3, Opened: 2, Open: 1}) {
		t.Errorf("all are %+v", all)
	}
	for query, want := range map[string]int{"?name=pumps": 2, "?name=none": 0, "?key=k0": 2, "?state=open": 2, "?state=closed&name=fans": 1, "?limit=1": 2, "?name=fans&key=k1&state=open": 1} {
		if got := list(query); len(got.Incidents) != want || len(got.Names) != 2 {
			t.Errorf("%s: %d incidents, want %d", query, len(got.Incidents), want)
		}
	}
	get(t, w.API, "projects/p/incidents?state=half", 400)
	get(t, w.API, "projects/p/incidents?limit=0", 400)
	get(t, w.API, "projects/none/incidents", 404)
}
