package live_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestPartitionByWhatMakesNoPart: rows whose value makes no part are refused one by one,
// the others are learned; an attribute that no row has is said, with the nearest.
func TestPartitionByWhatMakesNoPart(t *testing.T) {
	for name, c := range map[string]struct {
		by, row        string
		refused, warns string
	}{
		"a number":     {by: "x", row: `{"x":1.5,"y":2}`, refused: `attribute "x" is continuous (1.5)`},
		"a list":       {by: "tags", row: `{"tags":["a","b"],"y":2}`, refused: `attribute "tags" is a list`},
		"a category":   {by: "kind", row: `{"kind":"u","y":2}`},
		"nothing":      {by: "knd", row: `{"kind":"u","y":2}`, warns: "did you mean kind?"},
		"another word": {by: "machine", row: `{"kind":"u","y":2}`, warns: `no row has an attribute "machine"`},
	} {
		s := settings(true)
		s.Learn.Schema.Attributes = map[string]string{"tags": "list"}
		s.Learn.Models, s.Learn.Composition = nil, s.Learn.Composition.With(project.Partition(c.by))
		h, observer := open(t, state.NewMemory(), s)
		message := func(i int64, text string) live.Message {
			return live.Message{Data: []byte(text), Shard: "t/0", Offset: i, HasOffset: true}
		}
		batch := []live.Message{message(0, c.row), message(1, `{"y":3}`), message(2, c.row)}
		if err := h.Project().Learn(t.Context(), batch); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if refused := fmt.Sprint(batch[0].Err); (c.refused != "") != (batch[0].Err != nil) || !strings.Contains(refused, c.refused) || batch[1].Err != nil {
			t.Errorf("%s: errors are %v and %v, want %q and none", name, batch[0].Err, batch[1].Err, c.refused)
		}
		want := 3.0
		if c.refused != "" {
			want = 1
		}
		if got := rows(t, h.Project()); got != want {
			t.Errorf("%s: %v rows, want %v", name, got, want)
		}
		if said := strings.Join(observer.warnings, "\n"); (c.warns != "") != strings.Contains(said, "partition:") || !strings.Contains(said, c.warns) {
			t.Errorf("%s: warnings are %q, want %q", name, said, c.warns)
		}
	}
}
