package ui_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestCreatedProjectsLearn: a project that was made over REST learns, predicts
// and forgets over it, and another process reads what it has learned.
func TestCreatedProjectsLearn(t *testing.T) {
	w := newWorld(t, worldOf{})
	send(t, w.API, "projects/new/create", `{"models":[{"name":"line","type":"ols","target":"y","options":{"min_rows":3}}]}`, 200)
	if got := get(t, w.API, "projects/new/live", 200); !strings.Contains(got, `"learning":false`) {
		t.Errorf("before the first row: %s", got)
	}
	var lines strings.Builder
	for i := range 50 {
		fmt.Fprintf(&lines, "{\"x\":%d,\"y\":%d}\n", i, 3*i+i%2)
	}
	if got := send(t, w.API, "projects/new/learn", lines.String(), 200); !strings.Contains(got, `"learned":50,"failed":0`) {
		t.Fatalf("learned %s", got)
	}
	if got := get(t, w.API, "projects/new/live", 200); !strings.Contains(got, `"learning":true`) || !strings.Contains(got, `"id":"rest"`) {
		t.Errorf("after it: %s", got)
	}
	predicted := decoded[[]struct{ Prediction float64 }](t, send(t, w.API, "projects/new/predict?model=line", `{"x":10}`, 200))
	if got := predicted[0].Prediction; got < 29 || got > 32 {
		t.Errorf("the prediction for 10 is %v, want about 30.5", got)
	}
	if got := send(t, w.API, "projects/new/learn-predict?model=line&shard=s&offset=3", `{"x":10,"y":30}`, 200); !strings.Contains(got, `"results":[{"prediction"`) || !strings.Contains(got, `"learned":1`) {
		t.Errorf("learn-predict says %s", got)
	}
	send(t, w.API, "projects/new/forget", `{"x":0,"y":0}`, 200)
	if got := rowsOf(t, w.API, "new"); got != 50 {
		t.Errorf("%v rows, want 50 and one less one", got)
	}
	elsewhere := newWorld(t, worldOf{store: w.store, readOnly: true})
	if got := rowsOf(t, elsewhere.API, "new"); got != 50 {
		t.Errorf("another process sees %v rows, want 50", got)
	}
}

// TestEachLearnsWhatIsItsOwn: rows over REST go into a project that REST made,
// that holds merged rows only, or that this process learns; what a pipeline
// elsewhere learns is refused, and names the way out.
func TestEachLearnsWhatIsItsOwn(t *testing.T) {
	pipeline := newWorld(t, worldOf{})
	pipeline.learn(t, "p", live.LearnSettings{Durable: true}, plain()...)
	w := newWorld(t, worldOf{store: pipeline.store})
	got := send(t, w.API, "projects/p/learn", `{"x":1}`, 409)
	for _, want := range []string{"project-in-use", "t/0", "merge"} {
		if !strings.Contains(got, want) {
			t.Errorf("a project of another process: %s, want %q in it", got, want)
		}
	}
	send(t, w.API, "projects/p/forget", `{"x":1}`, 409)
	if rowsOf(t, w.API, "p") != 300 {
		t.Error("rows that were refused count")
	}
	send(t, w.API, "projects/mine/create", "", 200)
	send(t, w.API, "projects/mine/merge?from=p", "", 200)
	send(t, w.API, "projects/mine/learn", `{"x":1}`, 200)
	if got := rowsOf(t, w.API, "mine"); got != 301 {
		t.Errorf("%v rows, want 300 merged and one learned", got)
	}
	send(t, w.API, "projects/mine/freeze", "", 200)
	if got := send(t, w.API, "projects/mine/learn", `{"x":1}`, 200); !strings.Contains(got, "frozen") || !strings.Contains(got, `"failed":1`) {
		t.Errorf("a frozen project says %s", got)
	}
	send(t, w.API, "projects/mine/unfreeze", "", 200)
	send(t, w.API, "projects/nowhere/learn", `{"x":1}`, 404)
	noPlace := newWorld(t, worldOf{noPlace: true})
	reader, err := noPlace.table.Open(noPlace.projects.scope, live.Settings{Project: "r", Cache: "c", Prefix: "sml"}, state.NewMemory(), "reader", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reader.Close(context.Background()) })
	if got := send(t, noPlace.API, "projects/r/forget", `{"x":1}`, 409); !strings.Contains(got, "only read here") {
		t.Errorf("a project that is only read: %s", got)
	}
}

// TestPipelineTakesOver: a pipeline that begins to learn a project that REST
// learns gets it, with the rows, and both go on.
func TestPipelineTakesOver(t *testing.T) {
	w := newWorld(t, worldOf{})
	send(t, w.API, "projects/p/create", "", 200)
	send(t, w.API, "projects/p/learn?shard=a&offset=0", `[{"x":1},{"x":2}]`, 200)
	p := w.learn(t, "p", live.LearnSettings{Every: time.Minute}, `{"x":3}`)
	if found, err := w.table.Find("p"); err != nil || found != p {
		t.Fatalf("found %p, %v, want the project of the pipeline, %p", found, err, p)
	}
	send(t, w.API, "projects/p/learn?shard=a&offset=0", `[{"x":1},{"x":2},{"x":4}]`, 200)
	if got := rowsOf(t, w.API, "p"); got != 4 {
		t.Errorf("%v rows, want 3 of REST and one of the pipeline", got)
	}
	send(t, w.API, "projects/p/delete", "", 409)
}

// TestLearnersAtOnce: rows that many send at the same time count once each.
func TestLearnersAtOnce(t *testing.T) {
	w := newWorld(t, worldOf{})
	send(t, w.API, "projects/p/create", "", 200)
	const senders, requests = 8, 20
	var all sync.WaitGroup
	for s := range senders {
		all.Go(func() {
			for i := range requests {
				// Two senders share each source and send the same.
				r := call(w.API, "POST", fmt.Sprintf("projects/p/learn?shard=s%d&offset=%d", s/2, 3*i), `[{"x":1},{"x":2},{"x":3}]`)
				if r.Status != 200 {
					t.Errorf("sender %d: %d %s", s, r.Status, r.Body)
				}
			}
		})
	}
	all.Wait()
	if got, want := rowsOf(t, w.API, "p"), float64(senders/2*requests*3); got != want {
		t.Errorf("%v rows, want %v", got, want)
	}
}
