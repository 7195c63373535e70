package ui_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestModelIsAsNewAsPromised draws requests that learn rows, with a model that is asked for
// after each: it lacks at most a tenth of the rows, from the first ones on.
func TestModelIsAsNewAsPromised(t *testing.T) {
	for seed := range uint64(4) {
		r, w, rows := rand.New(rand.NewPCG(seed, 71)), newWorld(t, worldOf{}), 0
		send(t, w.API, "projects/q/create", `{"models":[{"name":"line","type":"ols","target":"y"}]}`, 200)
		get(t, w.API, "projects/q/models/line", 200) // built of nothing
		for range 8 {
			var lines strings.Builder
			n := 40 + r.IntN(500)
			for i := range n {
				fmt.Fprintf(&lines, "{\"x\":%d,\"y\":%d}\n", i, 3*i+i%2)
			}
			send(t, w.API, "projects/q/learn", lines.String(), 200)
			rows += n
			got := decoded[struct {
				From    float64 `json:"built_from"`
				Waiting string  `json:"waiting_for"`
			}](t, get(t, w.API, "projects/q/models/line", 200))
			if got.From*1.1 < float64(rows) || got.Waiting != "" {
				t.Fatalf("seed %d: of %d rows the model is built from %v and waits for %q", seed, rows, got.From, got.Waiting)
			}
		}
	}
}

// TestKeyThatIsDropped: a key is refused where the project keeps nothing per key, by every
// route that takes rows, and nothing is learned.
func TestKeyThatIsDropped(t *testing.T) {
	w := newWorld(t, worldOf{})
	send(t, w.API, "projects/q/create", `{"models":[{"name":"line","type":"ols","target":"y"}]}`, 200)
	for _, route := range []string{"learn?key=m", "forget?key=m", "learn-predict?model=line&key=m"} {
		if got := send(t, w.API, "projects/q/"+route, `{"x":1,"m":"a"}`, 400); !strings.Contains(got, "key") {
			t.Errorf("%s says %s", route, got)
		}
	}
	if got := rowsOf(t, w.API, "q"); got != 0 {
		t.Errorf("%v rows have been learned", got)
	}
}

// TestImportSaysTheRowsOfTheProject: what an import answers as rows is what the project then
// has, with frozen versions and forgotten shards in the file.
func TestImportSaysTheRowsOfTheProject(t *testing.T) {
	for name, forgotten := range map[string]bool{"frozen": false, "frozen and forgotten": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, worldOf{})
			send(t, w.API, "projects/q/create", `{"models":[{"name":"line","type":"ols","target":"y"}]}`, 200)
			var lines strings.Builder
			for i := range 120 {
				fmt.Fprintf(&lines, "{\"x\":%d,\"y\":%d}\n", i, 3*i+i%2)
			}
			send(t, w.API, "projects/q/learn?shard=s&offset=0", lines.String(), 200)
			send(t, w.API, "projects/q/learn", lines.String(), 200)
			send(t, w.API, "projects/q/models/line/freeze", `{"version":"v1"}`, 200)
			want := 240.0
			if forgotten {
				send(t, w.API, "projects/q/forget-shard?shard=rest", "", 200)
				want = 120
			}
			file := get(t, w.API, "projects/q/export", 200)
			got := decoded[struct{ Rows float64 }](t, send(t, w.API, "projects/r/import", file, 200))
			if got.Rows != want || rowsOf(t, w.API, "r") != want {
				t.Errorf("the import says %v rows, the project has %v, want %v", got.Rows, rowsOf(t, w.API, "r"), want)
			}
		})
	}
}
