package sml

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// TestIncidentsCommand: in a process of its own the command lists the incidents of a project
// that nothing learns, deletes them with the project, and renews their positions.
func TestIncidentsCommand(t *testing.T) {
	s := newSite(t, "p", "")
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "input: { generate: { count: 1, mapping: 'root = {}' } }", "input: { generate: { count: 10, interval: '', mapping: 'root.n = counter()' } }", 1)
	changed = strings.Replace(changed, "processors:\n", `processors:
    - sml_incidents: { project: q, cache: first, name: i, alarm: 'root = this.n > 4 && this.n < 7', position: '${! json("n") }', timestamp: '${! json("n") }', close: { rows: 2 } }
`, 1)
	if err := os.WriteFile(s.config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	b := service.NewStreamBuilder()
	if err := b.SetYAML(strings.ReplaceAll(changed, "${SML_TEST_PROJECT:p}", "p") + "\nlogger: { level: NONE }\nhttp: { enabled: false }\n"); err != nil {
		t.Fatal(err)
	}
	stream, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	var list live.IncidentList
	s.must(&list, "incidents", "q")
	if len(list.Incidents) != 1 || list.Incidents[0].Alarms != 2 || list.Incidents[0].Reason != "rows" || list.Names[0] != (live.IncidentCounts{Name: "i", Rows: 10, Alarms: 2, Opened: 1}) {
		told, _ := json.Marshal(list)
		t.Fatalf("the incidents are %s", told)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"for people":        {[]string{"q"}, 0, "closed (rows)"},
		"none of that name": {[]string{"q", "--name", "j"}, 0, "INCIDENTS"},
		"open and closed":   {[]string{"q", "--open", "--closed"}, 2, "either"},
		"limit":             {[]string{"q", "--limit", "0"}, 2, "--limit is 0"},
		"no such project":   {[]string{"r"}, 1, `"r"`},
	} {
		if out, code := s.run("incidents", c.args...); code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%s: exit code %d, %.400s", name, code, out)
		}
	}
}
