package ui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/account"
	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonwords"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// learned is what became of the rows of a request. Learned counts those that count from
// now on, Forgotten, of a request to forget, those that were taken away. Failed counts
// those that have an error, Replayed those of which the position was taken before.
// LeftOut has all that do not count by reason, failed and replayed ones among them: with
// those that were learned, or forgotten, they are all rows of the request.
type learned struct {
	Learned   *int `json:"learned,omitempty"`
	Forgotten *int `json:"forgotten,omitempty"`

	// Inexact is how many digits of correlations and regressions with an attribute are
	// right, by its name, where what is forgotten leaves fewer than 8.
	Inexact map[string]int `json:"inexact,omitempty"`

	// KeptBy names the models that keep what they have learned of the rows that are
	// forgotten, as they follow the stream row by row.
	KeptBy []string `json:"kept_by,omitempty"`

	Failed   int `json:"failed"`
	Replayed int `json:"replayed"`

	LeftOut map[live.Outcome]int `json:"left_out,omitempty"`
	Errors  []rowError           `json:"errors"` // the first few
	Results []any                `json:"results,omitempty"`
}

// rowError says why a row was refused. Field is the attribute whose value is wrong,
// where one is.
type rowError struct {
	Row    int    `json:"row"`
	Detail string `json:"detail"`
	Field  string `json:"field,omitempty"`
	Value  any    `json:"value,omitempty"`
}

// newRowError describes the error of a row.
func newRowError(row int, err error) rowError {
	out := rowError{Row: row, Detail: err.Error()}
	if e := (*cellError)(nil); errors.As(err, &e) {
		out.Field = e.field
		if e.value != nil {
			out.Value = json.RawMessage(shortenedValue(e.value))
		}
	} else if f := (*account.Fault)(nil); errors.As(err, &f) {
		out.Field, out.Value = faultOf(f)
	}
	return out
}

// shortenedValue is a value that is not too long, else a text with its beginning.
func shortenedValue(value json.RawMessage) json.RawMessage {
	if text := shortened(value); text != string(value) {
		return textOf(text)
	}
	return value
}

// faultOf returns the attribute and the value of a fault.
func faultOf(f *account.Fault) (field string, value any) {
	name, isAttribute := strings.CutPrefix(f.Field, "attribute ")
	field, err := strconv.Unquote(name)
	if !isAttribute || err != nil {
		field = f.Field
	}
	if json.Unmarshal([]byte(f.Value), &value) != nil {
		value = f.Value
	}
	return field, value
}

const maxRowErrors = 20

// take learns or forgets the rows of the body.
func (a *API) take(ctx context.Context, p *live.Project, all *body, where placing, forget bool) (*learned, error) {
	if err := where.suits(p); err != nil {
		return nil, err
	}
	at, now := where.at, a.options.Now().UnixNano()
	if err := p.Declare(ctx, all.declared, false); err != nil {
		return nil, err
	}
	messages := make([]live.Message, len(all.rows))
	for i := range all.rows {
		row := &all.rows[i]
		messages[i] = live.Message{Data: row.data, Err: row.err, Shard: at.shard, Offset: at.offset + int64(i), HasOffset: at.given, Time: now, Whole: where.whole}
		if where.key != "" && row.err == nil {
			messages[i].Key, messages[i].Err = keyOf(row.data, where.key)
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
		out.Inexact, out.KeptBy = live.Inexact(p), live.KeptBy(p)
	}
	for i := range messages {
		if messages[i].Outcome == live.OutcomeDone {
			done++
			continue
		}
		if out.LeftOut == nil {
			out.LeftOut = map[live.Outcome]int{}
		}
		out.LeftOut[messages[i].Outcome]++
		if messages[i].Outcome == live.ReasonReplayed {
			out.Replayed++
		}
		if messages[i].Err == nil {
			continue
		}
		out.Failed++
		if len(out.Errors) < maxRowErrors {
			out.Errors = append(out.Errors, newRowError(i, messages[i].Err))
		}
	}
	return out, nil
}

// predict answers for each row: a result, or an object with an error.
func predict(ctx context.Context, p *live.Project, name string, all *body) ([]any, error) {
	if _, err := p.Models().Describe(ctx, name); err != nil {
		return nil, err
	}
	out, size := make([]any, len(all.rows)), 0
	for i := range all.rows {
		result, err := predicted(ctx, p, name, &all.rows[i])
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if errors.Is(err, errBad) {
			return nil, fmt.Errorf("%w: row %d: %w", errBad, i, err)
		}
		if err != nil {
			of := newRowError(i, err)
			out[i] = unpredicted{Error: of.Detail, Field: of.Field, Value: of.Value}
			size += len(of.Detail)
		} else {
			out[i] = result
			size += len(result)
		}
		if size > maxResults {
			return nil, failf("too-large", http.StatusRequestEntityTooLarge, "the results of the first %d of %d rows have more than %d bytes; send fewer rows at a time", i+1, len(all.rows), maxResults)
		}
	}
	return out, nil
}

// unpredicted stands for the result of a row that has none.
type unpredicted struct {
	Error string `json:"error"`
	Field string `json:"field,omitempty"`
	Value any    `json:"value,omitempty"`
}

// predicted is the result of one row. The error wraps errBad where the row is no JSON.
func predicted(ctx context.Context, p *live.Project, name string, row *bodyRow) (json.RawMessage, error) {
	if row.err != nil {
		return nil, row.err
	}
	var document any
	if err := json.Unmarshal(row.data, &document); err != nil {
		return nil, fmt.Errorf("%w: %w", errBad, jsonwords.Error(err))
	}
	return p.ScoreValue(ctx, name, document)
}

// maxResults bounds the bytes of the results of one request: a model of many
// inputs tells of each what it contributed, however short the rows are.
const maxResults = 64 << 20

// rows reads the rows of the body and finds the project, which learns where
// they are to be learned. Types that the rows declare are those of the project.
func (a *API) rows(ctx context.Context, r *Request, types []string, learning bool) (*live.Project, *body, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	known, err := kindsOf(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	all, err := readBody(r, known, types)
	if err == nil && learning {
		p, err = a.learner(ctx, p)
	}
	if err == nil && !learning {
		err = p.Declare(ctx, all.declared, true)
	}
	return p, all, err
}

// kindsOf are the types of the attributes that a project has.
func kindsOf(ctx context.Context, p *live.Project) (map[string]schema.Kind, error) {
	info, err := p.InfoWithin(ctx, shared)
	if err != nil {
		return nil, err
	}
	out := make(map[string]schema.Kind, len(info.Schema))
	for _, attribute := range info.Schema {
		kind, err := schema.ParseKind(attribute.Type)
		if err != nil {
			return nil, err
		}
		out[attribute.Name] = kind
	}
	return out, nil
}

// typesOf reads the types of the columns of CSV.
func typesOf(p *param.Reader) []string {
	return p.Texts("types", param.Optional, "Of a CSV body: the types of its columns, in their order: continuous, binary, categorical, list, timestamp or ignore. Without them an attribute has the type that the project knows, else that of its values.")
}

// modelOf reads which model predicts.
func modelOf(p *param.Reader) string { return p.Text("model", param.Required, "The model.") }

// askPredict reads which model predicts.
func askPredict(p *param.Reader) handler {
	name, types := modelOf(p), typesOf(p)
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, all, err := a.rows(ctx, r, types, false)
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
	where, types := placingOf(p), typesOf(p)
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, all, err := a.rows(ctx, r, types, true)
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
	name, where, types := modelOf(p), placingOf(p), typesOf(p)
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, all, err := a.rows(ctx, r, types, true)
		if err != nil {
			return nil, err
		}
		if err := where.suits(p); err != nil { // before anything is predicted
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
		return "", fmt.Errorf("%w: %w", errBad, jsonwords.Error(err))
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
