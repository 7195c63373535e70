package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// maxRows bounds the rows of one request.
const maxRows = 100_000

// restShard is the shard that rows from requests are learned into.
const restShard = "rest"

// rows reads a JSON array of objects, or objects one after another as in JSON
// lines. Each row is the bytes of an object.
func rows(body []byte) ([]json.RawMessage, error) {
	var out []json.RawMessage
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] == '[' {
		if err := json.Unmarshal(body, &out); err != nil {
			return nil, fmt.Errorf("%w: rows: %w", errBad, err)
		}
	} else {
		decoder := json.NewDecoder(bytes.NewReader(body))
		for {
			var row json.RawMessage
			if err := decoder.Decode(&row); err == io.EOF {
				break
			} else if err != nil {
				return nil, fmt.Errorf("%w: row %d: %w", errBad, len(out), err)
			}
			out = append(out, row)
		}
	}
	if len(out) == 0 || len(out) > maxRows {
		return nil, fmt.Errorf("%w: the body has %d rows, want 1 to %d", errBad, len(out), maxRows)
	}
	for i, row := range out {
		if row = bytes.TrimSpace(row); len(row) == 0 || row[0] != '{' {
			return nil, fmt.Errorf("%w: row %d is no object", errBad, i)
		}
	}
	return out, nil
}

// learned is what became of the rows of a request. Learned counts those that
// were taken, whether they count from now on or, by their position, did before.
type learned struct {
	Learned int        `json:"learned"`
	Failed  int        `json:"failed"`
	Errors  []rowError `json:"errors"` // the first few
	Results []any      `json:"results,omitempty"`
}

type rowError struct {
	Row    int    `json:"row"`
	Detail string `json:"detail"`
}

const maxRowErrors = 20

// position is where rows of a request lie in their source.
type position struct {
	shard  string
	offset int64
	given  bool
}

// positionOf reads the parameters shard and offset, which go together.
func positionOf(p *param.Reader) position {
	shard := p.Text("shard", param.Optional, "The source of the rows, with offset: 1 to 100 letters, digits, _ and -.")
	offset, given := p.IntegerIfGiven("offset", param.AtLeast(0), "The number of the first row in its source, from 0; those after it follow.")
	switch {
	case shard == "" && !given:
		return position{shard: restShard}
	case !nameForm.MatchString(shard):
		p.Fail("shard", shard, "1 to 100 letters, digits, _ and -")
	case !given:
		p.Fail("offset", nil, "a whole number of 0 or more beside shard")
	case offset > math.MaxInt64-maxRows:
		p.Fail("offset", offset, "a number that leaves room for the rows after it")
	}
	return position{shard: restShard + "/" + shard, offset: int64(offset), given: true}
}

// keyPathOf reads where the rows have their key.
func keyPathOf(p *param.Reader) string {
	return p.Text("key", param.Optional, "Where the project keeps statistics per key: the dot path of the field of each row that is its key.")
}

// modelOf reads which model predicts.
func modelOf(p *param.Reader) string { return p.Text("model", param.Required, "The model.") }

// maxKey bounds a key in bytes, as sml_learn does.
const maxKey = 200

// keyOf returns the string or number at a dot path of a row.
func keyOf(row []byte, path string) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(row))
	decoder.UseNumber()
	var node any
	if err := decoder.Decode(&node); err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	for _, name := range strings.Split(path, ".") {
		object, _ := node.(map[string]any)
		node = object[name]
	}
	var key string
	switch v := node.(type) {
	case string:
		key = v
	case json.Number:
		key = v.String()
	default:
		return "", fmt.Errorf("key: %s is missing or neither a string nor a number", quote(path))
	}
	if key == "" || key == "null" || len(key) > maxKey {
		return "", fmt.Errorf("key: %s is %s, want 1 to %d bytes, and not null", quote(path), quote(key), maxKey)
	}
	return key, nil
}

// placing is where the rows of a request lie in their source and in their key.
type placing struct {
	at  position
	key string // the path of the field; empty for none
}

func placingOf(p *param.Reader) placing { return placing{at: positionOf(p), key: keyPathOf(p)} }

// take learns or forgets the rows of the body.
func (a *API) take(ctx context.Context, p *live.Project, all []json.RawMessage, where placing, forget bool) (*learned, error) {
	at, now := where.at, a.options.Now().UnixNano()
	if !p.Learning() {
		return nil, fmt.Errorf("%w: project %q is opened for reading only in this process", live.ErrFrozen, p.Name())
	}
	messages := make([]live.Message, len(all))
	for i, row := range all {
		messages[i] = live.Message{Data: row, Shard: at.shard, Offset: at.offset + int64(i), HasOffset: at.given, Time: now}
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
	out := &learned{Errors: []rowError{}}
	for i := range messages {
		if messages[i].Err == nil {
			out.Learned++
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
	out := make([]any, len(all))
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
			continue
		}
		out[i] = result
	}
	return out, nil
}

// request reads project and rows.
func (a *API) rows(ctx context.Context, r *Request) (*live.Project, []json.RawMessage, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	all, err := rows(r.Body)
	return p, all, err
}

// askPredict reads which model predicts.
func askPredict(p *param.Reader) handler {
	name := modelOf(p)
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, all, err := a.rows(ctx, r)
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
		p, all, err := a.rows(ctx, r)
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
		p, all, err := a.rows(ctx, r)
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

// finished answers for a request that gives nothing back.
func finished(err error) (*Response, error) {
	if err != nil {
		return nil, err
	}
	return answer(map[string]bool{"done": true}), nil
}

func serveBuild(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	began := a.options.Now()
	if err := p.Models().Build(ctx, r.part("model")); err != nil {
		return nil, err
	}
	return answer(map[string]any{"done": true, "milliseconds": float64(a.options.Now().Sub(began).Microseconds()) / 1000}), nil
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
