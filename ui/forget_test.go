package ui_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestForgetTwiceOverREST: a row that was forgotten before is refused by itself, and
// what was forgotten stays so.
func TestForgetTwiceOverREST(t *testing.T) {
	w := plainWorld(t, worldOf{})
	forget := func(body, want string) {
		t.Helper()
		if got := send(t, w.API, "projects/p/forget", body, 200); !strings.Contains(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
	forget("["+fixtureRow(3)+","+`{"x":777,"y":1,"kind":"k0","class":0}`+","+fixtureRow(4)+"]", `"forgotten":2,"failed":1`)
	if rows := rowsOf(t, w.API, "p"); rows != 298 {
		t.Errorf("%v rows, want 298", rows)
	}
	forget(fmt.Sprintf(`[%s,{"x":1}]`, fixtureRow(5)), `"row":1`)
	if rows := rowsOf(t, w.API, "p"); rows != 297 {
		t.Errorf("%v rows, want 297", rows)
	}
}

// TestForgetSaysWhoKeepsOverREST: models that follow the stream are named when rows, or a shard,
// are forgotten.
func TestForgetSaysWhoKeepsOverREST(t *testing.T) {
	w := plainWorld(t, worldOf{})
	if got := send(t, w.API, "projects/p/forget", "["+fixtureRow(3)+"]", 200); strings.Contains(got, "kept_by") {
		t.Errorf("without such a model: %s", got)
	}
	send(t, w.API, "projects/p/models", `{"name":"f","type":"adaptive","target":"kind","options":{"trees":2,"max_nodes":64}}`, 200)
	if got := send(t, w.API, "projects/p/forget", "["+fixtureRow(4)+"]", 200); !strings.Contains(got, `"kept_by":["f"]`) {
		t.Errorf("rows: %s", got)
	}
	send(t, w.API, "projects/site/create", "", 200)
	send(t, w.API, "projects/site/learn", `[{"x":1},{"x":2}]`, 200)
	send(t, w.API, "projects/p/merge?from=site&name=site", "", 200)
	if got := send(t, w.API, "projects/p/forget-shard?shard=merged/site", "", 200); !strings.Contains(got, `"kept_by":["f"]`) {
		t.Errorf("a shard: %s", got)
	}
}

// TestForgetShardOverREST: a merged source goes, at once, and once.
func TestForgetShardOverREST(t *testing.T) {
	w := plainWorld(t, worldOf{})
	send(t, w.API, "projects/site/create", "", 200)
	send(t, w.API, "projects/site/learn", `[{"x":1},{"x":2}]`, 200)
	send(t, w.API, "projects/p/merge?from=site&name=site", "", 200)
	if rows := rowsOf(t, w.API, "p"); rows != 302 {
		t.Fatalf("%v rows, want 302", rows)
	}
	if got := send(t, w.API, "projects/p/forget-shard?shard=merged/site", "", 200); !strings.Contains(got, `"forgotten":2`) {
		t.Error(got)
	}
	if rows := rowsOf(t, w.API, "p"); rows != 300 {
		t.Errorf("%v rows, want 300", rows)
	}
	send(t, w.API, "projects/p/forget-shard?shard=nowhere", "", 400)
	send(t, w.API, "projects/p/forget-shard", "", 400)
}
