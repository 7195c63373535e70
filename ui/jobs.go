package ui

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/progress"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Bounds of jobs.
const (
	jobLimit    = 15 * time.Minute // of the work
	maxRunning  = 32
	maxJobs     = 200 // those that have ended included
	defaultWait = 4   // seconds
	maxWait     = 60
)

var (
	errJobLimit     = fmt.Errorf("the work has taken longer than %v", jobLimit)
	errJobCancelled = errors.New("the job has been cancelled")
	errClosed       = errors.New("the process is ending")
)

// Status of a job.
const (
	jobRunning   = "running"
	jobDone      = "done"
	jobFailed    = "failed"
	jobCancelled = "cancelled"
)

// job is a request whose answer takes longer than it wants to wait.
type job struct {
	id, path string
	owner    *API
	began    time.Time
	request  *Request
	meter    progress.Meter
	cancel   context.CancelCauseFunc
	done     chan struct{} // closed at the end; then the rest holds
	ended    time.Time
	response *Response
	err      error
}

// jobReport is what is told of a job.
type jobReport struct {
	Job     string  `json:"job"`
	Status  string  `json:"status"`
	Path    string  `json:"path"`
	Seconds float64 `json:"seconds"`
	// Progress is how far the work has come, where it says so.
	Progress *progress.Step `json:"progress,omitempty"`
	// See is the path of this report, Result that of the answer.
	See    string `json:"see"`
	Result string `json:"result"`
	Error  string `json:"error,omitempty"`
}

// Jobs are the requests that have been answered with a job. APIs that share them,
// such as one that reads and one that writes, answer for each other's jobs. The zero
// value has none; it is safe for concurrent use.
type Jobs struct {
	mu    sync.Mutex
	known map[string]*job // that have been told of
}

// run does the work of a request. What takes longer than wait goes on as a job,
// which the response names; work that ends before belongs to the request and
// ends with its context.
func (a *API) run(ctx context.Context, r *Request, wait time.Duration, work func(context.Context) (*Response, error)) (*Response, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	one := &job{owner: a, path: r.Path, request: r, began: a.options.Now(), done: make(chan struct{})}
	life, end := context.WithTimeoutCause(context.WithoutCancel(ctx), jobLimit, errJobLimit)
	life, one.cancel = context.WithCancelCause(life)
	a.work.Go(func() {
		defer end()
		defer close(one.done)
		if one.err = life.Err(); one.err == nil {
			one.response, one.err = work(one.meter.Into(life))
		}
		if one.err != nil && life.Err() != nil {
			one.err = fmt.Errorf("%w: %w", context.Cause(life), one.err)
		}
		one.ended = a.options.Now()
		one.cancel(nil)
	})
	switch {
	case one.endsWithin(ctx, wait):
		return one.response, one.err
	case ctx.Err() != nil:
		one.cancel(context.Cause(ctx))
		return nil, context.Cause(ctx)
	}
	if err := a.jobs().keep(one, &a.closed); err != nil {
		one.cancel(err)
		return nil, err
	}
	return a.told(r, one)
}

// endsWithin waits for the end of the work, not at all where wait is 0, and no longer
// than ctx. It reports whether the work has ended.
func (o *job) endsWithin(ctx context.Context, wait time.Duration) bool {
	if wait <= 0 {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-o.done:
		return true
	case <-ctx.Done():
	case <-timer.C:
	}
	return false
}

// keep gives a job its name. Too many that run are an error; those that ended
// first are forgotten.
func (j *Jobs) keep(one *job, closed *atomic.Bool) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if closed.Load() {
		return errClosed
	}
	running, oldest := 0, (*job)(nil)
	for _, k := range j.known {
		switch {
		case !k.over():
			running++
		case oldest == nil || k.began.Before(oldest.began):
			oldest = k
		}
	}
	if running >= maxRunning {
		return failf("too-many-jobs", http.StatusTooManyRequests, "%d jobs are running, which is as many as there may be; `jobs` lists them", running)
	}
	if len(j.known) >= maxJobs && oldest != nil {
		delete(j.known, oldest.id)
	}
	if j.known == nil {
		j.known = map[string]*job{}
	}
	one.id = rand.Text()
	j.known[one.id] = one
	return nil
}

func (o *job) over() bool {
	select {
	case <-o.done:
		return true
	default:
		return false
	}
}

// report tells how a job is doing.
func (a *API) report(one *job) jobReport {
	out := jobReport{Job: one.id, Status: jobRunning, Path: one.path, See: "jobs/" + one.id, Result: "jobs/" + one.id + "/result"}
	until := a.options.Now()
	if step, ok := one.meter.Last(); ok {
		out.Progress = &step
	}
	if one.over() {
		until, out.Status = one.ended, jobDone
		if one.err != nil {
			out.Status, out.Error = jobFailed, one.err.Error()
		}
		if errors.Is(one.err, errJobCancelled) {
			out.Status = jobCancelled
		}
	}
	out.Seconds = until.Sub(one.began).Seconds()
	return out
}

// told is the response that names a job which runs. Location is relative to the path
// that was asked for.
func (a *API) told(asked *Request, one *job) (*Response, error) {
	out := answer(a.report(one))
	out.Status = http.StatusAccepted
	out.Headers = map[string]string{"Location": strings.Repeat("../", strings.Count(strings.Trim(asked.Path, "/"), "/")) + "jobs/" + one.id, "Retry-After": "1"}
	return out, nil
}

// find returns the job of the path.
func (j *Jobs) find(r *Request) (*job, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if one := j.known[r.part("job")]; one != nil {
		return one, nil
	}
	return nil, failf("unknown-job", http.StatusNotFound, "there is no job %s; `jobs` lists those there are", quote(r.part("job")))
}

// Close cancels the jobs that this API has begun and waits for their end, or until
// ctx ends.
func (a *API) Close(ctx context.Context) {
	j := a.jobs()
	j.mu.Lock()
	a.closed.Store(true)
	for _, one := range j.known {
		if one.owner == a {
			one.cancel(errClosed)
		}
	}
	j.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.work.Wait()
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func (a *API) jobs() *Jobs { return a.options.Jobs }

// long lets the answers of a route go on as jobs.
func long(r route) route { return longAfter(defaultWait, r) }

// longAfter lets the answers of a route go on as jobs, after so many seconds unless
// the request says another number.
func longAfter(seconds float64, r route) route {
	ask, serve := r.ask, r.serve
	r.ask = func(p *param.Reader) handler {
		work := serve
		if ask != nil {
			work = ask(p)
		}
		wait, work := waitOf(p, seconds), dated(work)
		return func(ctx context.Context, a *API, asked *Request) (*Response, error) {
			return a.run(ctx, asked, wait, func(ctx context.Context) (*Response, error) { return work(ctx, a, asked) })
		}
	}
	r.serve, r.job = nil, true
	return r
}

// waitOf reads how long a request waits for its answer.
func waitOf(p *param.Reader, seconds float64) time.Duration {
	wait := p.Number("wait", seconds, param.Between(0, maxWait), "How many seconds to wait for the answer. What takes longer goes on as a job: the answer has the status 202 and names it.")
	if p.Boolean("async", false, "Make a job of it at once, as wait=0 does.") {
		if p.Given("wait") && wait > 0 {
			p.Fail("async", true, "no wait beside it")
		}
		wait = 0
	}
	return time.Duration(wait * float64(time.Second))
}

// allLong applies long to routes.
func allLong(all []route) []route {
	for i := range all {
		all[i] = long(all[i])
	}
	return all
}

// jobRoutes list jobs, tell of one, give its answer and cancel it.
func jobRoutes() []route {
	told := []string{"job", "status", "seconds"}
	return []route{
		{name: "jobs", verb: "GET", path: "jobs", summary: "The requests whose answers took longer than they wanted to wait, the newest first.", list: true, serve: serveJobs},
		{name: "job", verb: "GET", path: "jobs/{job}", summary: "How a job is doing.", required: told, serve: serveJob},
		{name: "job_result", verb: "GET", path: "jobs/{job}/result", summary: "The answer of a job, as its request would have been given it; 202 while it runs.", also: []string{typeSVG, typeBytes}, job: true, serve: serveJobResult},
		{name: "cancel_job", verb: "POST", path: "jobs/{job}/cancel", summary: "Cancels a job.", required: told, serve: serveJobCancel},
	}
}

func serveJobs(_ context.Context, a *API, _ *Request) (*Response, error) {
	a.jobs().mu.Lock()
	all := make([]*job, 0, len(a.jobs().known))
	for _, one := range a.jobs().known {
		all = append(all, one)
	}
	a.jobs().mu.Unlock()
	slices.SortFunc(all, func(x, y *job) int { return cmp.Or(y.began.Compare(x.began), cmp.Compare(x.id, y.id)) })
	out := make([]jobReport, len(all))
	for i, one := range all {
		out[i] = a.report(one)
	}
	return answer(out), nil
}

func serveJob(_ context.Context, a *API, r *Request) (*Response, error) {
	one, err := a.jobs().find(r)
	if err != nil {
		return nil, err
	}
	return answer(a.report(one)), nil
}

func serveJobResult(_ context.Context, a *API, r *Request) (*Response, error) {
	one, err := a.jobs().find(r)
	if err != nil {
		return nil, err
	}
	if !one.over() {
		return a.told(r, one)
	}
	if one.err != nil {
		return nil, one.err
	}
	return one.response.copy(), nil
}

// serveJobCancel answers at once; the work ends at its next look at its context.
func serveJobCancel(_ context.Context, a *API, r *Request) (*Response, error) {
	one, err := a.jobs().find(r)
	if err != nil {
		return nil, err
	}
	one.cancel(errJobCancelled)
	return answer(a.report(one)), nil
}
