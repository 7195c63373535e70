package ui

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/progress"
)

// slowly is work that takes a time, unless its context ends before.
func slowly(takes time.Duration, out *Response, err error) func(context.Context) (*Response, error) {
	return func(ctx context.Context) (*Response, error) {
		progress.Report(ctx, "step", 1, 2)
		select {
		case <-time.After(takes):
			return out, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// look asks for a job by its routes.
func look(t *testing.T, a *API, verb, path string) *Response {
	t.Helper()
	return a.Serve(t.Context(), &Request{Verb: verb, Path: path})
}

// jobsAPI answers for jobs only.
func jobsAPI() *API {
	return &API{routes: jobRoutes(), options: Options{Limit: 100, Jobs: new(Jobs), Now: time.Now}}
}

// TestJobs draws requests: how long the work takes, how long the request waits,
// whether its client leaves, whether the work fails, and whether the job is
// cancelled. What is answered follows from these.
func TestJobs(t *testing.T) {
	failure := errors.New("no such thing")
	for seed := range uint64(200) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 3))
			takes, waits := time.Duration(1+r.IntN(9))*time.Second, time.Duration(r.IntN(10))*time.Second+500*time.Millisecond
			var fails error
			if r.IntN(3) == 0 {
				fails = failure
			}
			leaves := time.Hour
			if r.IntN(3) == 0 {
				leaves = time.Duration(r.IntN(10))*time.Second + 250*time.Millisecond
			}
			cancels := r.IntN(3) == 0
			says := fmt.Sprintf("seed %d: takes %v, waits %v, leaves after %v, fails %v, cancelled %v", seed, takes, waits, leaves, fails, cancels)

			a := jobsAPI()
			defer a.Close(t.Context())
			ctx, leave := context.WithTimeout(t.Context(), leaves)
			defer leave()
			out, err := a.run(ctx, &Request{Path: "p"}, waits, slowly(takes, answer("fine"), fails))
			switch {
			case leaves < min(takes, waits):
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Fatalf("%s: %v", says, err)
				}
				return
			case takes < waits:
				if !errors.Is(err, fails) || fails == nil && string(out.Body) != `"fine"` {
					t.Fatalf("%s: %v, %v", says, out, err)
				}
				return
			case err != nil || out.Status != http.StatusAccepted:
				t.Fatalf("%s: %v, %v, want a job", says, out, err)
			}
			path := out.Headers["Location"] // the path p has nothing above it
			if body := string(look(t, a, "GET", path).Body); !strings.Contains(body, `"status":"running"`) || !strings.Contains(body, `"progress":{"stage":"step","done":1,"of":2}`) {
				t.Fatalf("%s: %s", says, body)
			}
			if early := look(t, a, "GET", path+"/result"); early.Status != http.StatusAccepted {
				t.Fatalf("%s: the answer before the end is %d %s", says, early.Status, early.Body)
			}
			status, result := jobDone, http.StatusOK
			if fails != nil {
				status, result = jobFailed, http.StatusBadRequest
			}
			if cancels {
				look(t, a, "POST", path+"/cancel")
				status, result = jobCancelled, http.StatusConflict
			}
			time.Sleep(takes)
			synctest.Wait()
			requireEnded(t, a, says, path, status, result)
		})
	}
}

// requireEnded requires that the only job has the status and answers with the result.
func requireEnded(t *testing.T, a *API, says, path, status string, result int) {
	t.Helper()
	if body := string(look(t, a, "GET", path).Body); !strings.Contains(body, `"status":"`+status+`"`) {
		t.Fatalf("%s: %s, want %s", says, body, status)
	}
	if got := look(t, a, "GET", path+"/result"); got.Status != result || result == http.StatusOK && string(got.Body) != `"fine"` {
		t.Fatalf("%s: the answer is %d %s", says, got.Status, got.Body)
	}
	if list := string(look(t, a, "GET", "jobs").Body); strings.Count(list, `"job"`) != 1 {
		t.Fatalf("%s: the list is %s", says, list)
	}
}

// TestJobsAreBounded: no more run at once than there may be, those that have ended
// are forgotten, and closing ends all.
func TestJobsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, ended := jobsAPI(), atomic.Int64{}
		begin := func(takes time.Duration) (*Response, error) {
			return a.run(t.Context(), &Request{Path: "p"}, time.Second, func(ctx context.Context) (*Response, error) {
				defer ended.Add(1)
				return slowly(takes, answer("fine"), nil)(ctx)
			})
		}
		for range 2 * maxJobs {
			if _, err := begin(2 * time.Second); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
		}
		if n := len(a.jobs().known); n > maxJobs {
			t.Errorf("%d jobs are remembered, want at most %d", n, maxJobs)
		}
		for range maxRunning {
			if _, err := begin(time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		if refused := failed(&Request{}, errOf(begin(time.Hour))); refused.Status != http.StatusTooManyRequests {
			t.Errorf("one more is answered with %d", refused.Status)
		}
		a.Close(t.Context())
		synctest.Wait()
		if n := ended.Load(); n != 2*maxJobs+maxRunning+1 {
			t.Errorf("%d pieces of work have ended, want %d", n, 2*maxJobs+maxRunning+1)
		}
		if _, err := begin(time.Hour); !errors.Is(err, errClosed) {
			t.Errorf("a job after the end says %v", err)
		}
	})
}

func errOf(_ *Response, err error) error { return err }

// TestJobsAreShared: a job that one API has begun is told of and cancelled at another
// that shares its jobs, and ends with its own API.
func TestJobsAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := new(Jobs)
		share := func() *API {
			a, err := New(Options{Projects: struct{ Projects }{}, Jobs: shared})
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		writes, reads := share(), share()
		begin := func(a *API) string {
			out, err := a.run(t.Context(), &Request{Path: "projects/p/models/m/build"}, time.Second, slowly(time.Hour, answer("fine"), nil))
			if err != nil {
				t.Fatal(err)
			}
			path, ok := strings.CutPrefix(out.Headers["Location"], "../../../../")
			if !ok {
				t.Fatalf("Location is %q", out.Headers["Location"])
			}
			return path
		}
		first, second := begin(writes), begin(reads)
		if body := string(look(t, reads, "GET", first).Body); !strings.Contains(body, `"status":"running"`) {
			t.Errorf("the other API says %s", body)
		}
		look(t, writes, "POST", second+"/cancel")
		synctest.Wait()
		if body := string(look(t, reads, "GET", second).Body); !strings.Contains(body, `"status":"cancelled"`) {
			t.Errorf("after cancelling at the other API: %s", body)
		}
		reads.Close(t.Context())
		if body := string(look(t, writes, "GET", first).Body); !strings.Contains(body, `"status":"running"`) {
			t.Errorf("after the end of the other API: %s", body)
		}
		writes.Close(t.Context())
	})
}
