package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// learned is what became of the rows of a request. Learned counts those that
// were taken, whether they count from now on or, by their position, did before;
// Forgotten those that were taken away, of a request to forget.
type learned struct {
	Learned   *int `json:"learned,omitempty"`
	Forgotten *int `json:"forgotten,omitempty"`

	Failed  int        `json:"failed"`
	Errors  []rowError `json:"errors"` // the first few
	Results []any      `json:"results,omitempty"`
}

type rowError struct {
	Row    int    `json:"row"`
	Detail string `json:"detail"`
}

const maxRowErrors = 20

// take learns or forgets the rows of the body.
func (a *API) take(ctx context.Context, p *live.Project, all []json.RawMessage, where placing, forget bool) (*learned, error) {
	at, now := where.at, a.options.Now().UnixNano()
	messages := make([]live.Message, len(all))
	for i, row := range all {
		messages[i] = live.Message{Data: row, Shard: at.shard, Offset: at.offset + int64(i), HasOffset: at.given, Time: now, Whole: where.whole}
		if where.key != "" {
			messages[i].Key, messages[i].Err = keyOf(row, where.key)
		}
	}
	do := p.Learn
	if forget {
		do = p.Forget
	}
	defer p.Touch()
	if err := do(ctx, messages); err != nil {
		return nil, err
	}
	out, done := &learned{Errors: []rowError{}}, 0
	if out.Learned = &done; forget {
		out.Learned, out.Forgotten = nil, &done
	}
	for i := range messages {
		if messages[i].Err == nil {
			done++
			continue
		}
		out.Failed++
		if len(out.Errors) < maxRowErrors {
			out.Errors = append(out.Errors, rowError{Row: i, Detail: messages[i].Err.Error()})
		}
	}
	return out, nil
}

// predict answers for each row: a result, or an object with an error.
func predict(ctx context.Context, p *live.Project, name string, all []json.RawMessage) ([]any, error) {
	if _, err := p.Models().Describe(ctx, name); err != nil {
		return nil, err
	}
	out, size := make([]any, len(all)), 0
	for i, row := range all {
		var document any
		if err := json.Unmarshal(row, &document); err != nil {
			return nil, fmt.Errorf("%w: row %d: %w", errBad, i, err)
		}
		result, err := p.ScoreValue(ctx, name, document)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			out[i] = map[string]string{"error": err.Error()}
			size += len(err.Error())
		} else {
			out[i] = result
			size += len(result)
		}
		if size > maxResults {
			return nil, failf("too-large", http.StatusRequestEntityTooLarge, "the results of the first %d of %d rows have more than %d bytes; send fewer rows at a time", i+1, len(all), maxResults)
		}
	}
	return out, nil
}

// maxResults bounds the bytes of the results of one request: a model of many
// inputs tells of each what it contributed, however short the rows are.
const maxResults = 64 << 20

// rows reads the rows of the body and finds the project, which learns where
// they are to be learned.
func (a *API) rows(ctx context.Context, r *Request, learning bool) (*live.Project, []json.RawMessage, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	all, err := rows(r.Body)
	if err == nil && learning {
		p, err = a.learner(ctx, p)
	}
	return p, all, err
}

// modelOf reads which model predicts.
func modelOf(p *param.Reader) string { return p.Text("model", param.Required, "The model.") }

// askPredict reads which model predicts.
func askPredict(p *param.Reader) handler {
	name := modelOf(p)
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, all, err := a.rows(ctx, r, false)
		if err != nil {
			return nil, err
		}
		out, err := predict(ctx, p, name, all)
		if err != nil {
			return nil, err
		}
		return answer(out), nil
	}
}

// askLearn reads where the rows to learn lie.
func askLearn(p *param.Reader) handler { return askTake(p, false) }

// askForget reads where the rows to forget lie.
func askForget(p *param.Reader) handler { return askTake(p, true) }

func askTake(p *param.Reader, forget bool) handler {
	where := placingOf(p)
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, all, err := a.rows(ctx, r, true)
		if err != nil {
			return nil, err
		}
		out, err := a.take(ctx, p, all, where, forget)
		if err != nil {
			return nil, err
		}
		return answer(out), nil
	}
}

// askLearnPredict reads which model predicts the rows and where they lie.
func askLearnPredict(p *param.Reader) handler {
	name, where := modelOf(p), placingOf(p)
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, all, err := a.rows(ctx, r, true)
		if err != nil {
			return nil, err
		}
		results, err := predict(ctx, p, name, all)
		if err != nil {
			return nil, err
		}
		out, err := a.take(ctx, p, all, where, false)
		if err != nil {
			return nil, err
		}
		out.Results = results
		return answer(out), nil
	}
}

func serveDefine(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	d, err := catalogue.All().Decode(r.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBad, err)
	}
	return finished(p.Models().Define(ctx, d))
}

// serveTry builds the model of the body, which is named after its type unless it
// has a name, and forgets it.
func serveTry(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	var d model.Definition
	if err := decodeBody(r, &d); err != nil {
		return nil, err
	}
	if d.Name == "" {
		d.Name = d.Type
	}
	if err := catalogue.All().Validate(&d); err != nil {
		return nil, fmt.Errorf("%w: %w", errBad, err)
	}
	report, err := p.Models().Try(ctx, d)
	if err != nil {
		return nil, err
	}
	return answer(report), nil
}

// finished answers for a request that gives nothing back.
func finished(err error) (*Response, error) {
	if err != nil {
		return nil, err
	}
	return answer(map[string]bool{"done": true}), nil
}

// serveBuild answers that the build is done, and what the model waits for where it
// cannot answer yet.
func serveBuild(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	began := a.options.Now()
	report, err := p.Models().Build(ctx, r.part("model"))
	if err != nil {
		return nil, err
	}
	out := map[string]any{"done": true, "milliseconds": float64(a.options.Now().Sub(began).Microseconds()) / 1000}
	if report.WarmingUp {
		out["warming_up"] = true
		if report.Waiting != "" {
			out["waiting_for"] = report.Waiting
		} else {
			out["rows"], out["min_rows"] = report.Rows, report.MinRows
		}
	}
	return answer(out), nil
}

// version reads the version of a body.
func version(body []byte) (string, error) {
	var asked struct {
		Version *string `json:"version"`
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		return "", fmt.Errorf("%w: %w", errBad, err)
	}
	if asked.Version == nil {
		return "", fmt.Errorf("%w: version is missing", errBad)
	}
	return *asked.Version, nil
}

func serveFreeze(ctx context.Context, a *API, r *Request) (*Response, error) {
	return a.withVersion(ctx, r, func(p *live.Project, v string) error { return p.Models().Freeze(ctx, r.part("model"), v) })
}

func serveServe(ctx context.Context, a *API, r *Request) (*Response, error) {
	return a.withVersion(ctx, r, func(p *live.Project, v string) error { return p.Models().Serve(ctx, r.part("model"), v) })
}

func (a *API) withVersion(ctx context.Context, r *Request, do func(p *live.Project, version string) error) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	v, err := version(r.Body)
	if err != nil {
		return nil, err
	}
	return finished(do(p, v))
}

func serveDelete(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	return finished(p.Models().Delete(ctx, r.part("model")))
}
