package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonwords"
	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// listedProject is one project of the list.
type listedProject struct {
	Project string `json:"project"`
}

func serveProjects(ctx context.Context, a *API, _ *Request) (*Response, error) {
	names, err := a.options.Projects.Names(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]listedProject, len(names))
	for i, name := range names {
		out[i].Project = name
	}
	return answer(out), nil
}

// changed is what a project is after it was changed as a whole.
type changed struct {
	Done    bool    `json:"done"`
	Project string  `json:"project"`
	Rows    float64 `json:"rows"`
	Shards  int     `json:"shards"`
	// Content identifies what the project holds, as an export of it does.
	Content string `json:"content,omitempty"`
}

// place returns name and place of the project of the path.
func (a *API) place(r *Request) (string, *portable.Place, error) {
	name := r.part("project")
	return name, a.options.Projects.Place(name), a.placed(name)
}

func (a *API) placed(name string) error {
	if err := checkName("project", name); err != nil {
		return err
	}
	if a.options.Projects.Place(name) == nil {
		return fmt.Errorf("%w: %q; set cache, and name the project if projects is set", errNoPlace, name)
	}
	return nil
}

// decodeBody reads a JSON object that has no other fields than those of into.
func decodeBody(r *Request, into any) error {
	if len(bytes.TrimSpace(r.Body)) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%w: body: %w", errBad, jsonwords.Error(err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: body: there is something after the object", errBad)
	}
	return nil
}

// creation is what the body of create asks for. The composition is nil where the
// body has none of its settings: the first learner then decides.
type creation struct {
	models      []json.RawMessage
	composition *project.Composition
	schema      *schema.Schema
}

// createSettings declares and reads the settings of a project by the names that they
// have in sml_learn: what it keeps, and how documents are read.
func createSettings(p *param.Reader) (project.Composition, schema.Config) {
	c := project.ReadComposition(p)
	config := schema.Config{Reading: schema.ReadReading(p), Attributes: map[string]string{}}
	for name, kind := range p.Options(attributesField, "The types of attributes by their names. Patterns and attributes that are ignored are settings of sml_learn.") {
		text, ok := kind.(string)
		if !ok {
			p.Fail(attributesField+"."+name, kind, "a type, such as continuous")
		}
		config.Attributes[name] = text
	}
	return c, config
}

// created reads the body of create: the models and the settings.
func created(r *Request) (*creation, error) {
	var fields map[string]json.RawMessage
	if err := decodeBody(r, &fields); err != nil {
		return nil, err
	}
	out := &creation{schema: &schema.Schema{}}
	if text := fields["models"]; text != nil {
		if err := json.Unmarshal(text, &out.models); err != nil {
			return nil, fmt.Errorf("%w: models: %w", errBad, jsonwords.Error(err))
		}
		delete(fields, "models")
	}
	given, err := valuesOf(fields)
	if err != nil {
		return nil, err
	}
	settings := param.NewReader(given, param.Typed)
	c, config := createSettings(settings)
	if err := settings.Close(); err != nil {
		return nil, fmt.Errorf("%w: %w", errBad, err)
	}
	for _, p := range param.List(func(r *param.Reader) { project.ReadComposition(r) }) {
		if given[p.Name] != nil {
			out.composition = &c
		}
	}
	if config.Reading.IsZero() && len(config.Attributes) == 0 {
		return out, nil
	}
	if out.schema, err = schema.Begin(config); err != nil {
		return nil, fmt.Errorf("%w: %w", errBad, err)
	}
	return out, nil
}

// attributeKinds takes the types of attributes out of the fields of a body.
func attributeKinds(fields map[string]json.RawMessage) (map[string]string, error) {
	text := fields[attributesField]
	delete(fields, attributesField)
	if text == nil {
		return nil, nil
	}
	var kinds map[string]string
	if err := json.Unmarshal(text, &kinds); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errBad, attributesField, jsonwords.Error(err))
	}
	if kinds == nil {
		return nil, fmt.Errorf("%w: %s: null, want an object of types by attribute", errBad, attributesField)
	}
	return kinds, nil
}

// attributesField has the types of attributes by name.
const attributesField = "attributes"

// valuesOf decodes the fields of a body, numbers as they are written.
func valuesOf(fields map[string]json.RawMessage) (param.Values, error) {
	given := param.Values{}
	for name, text := range fields {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		var value any
		if err := decoder.Decode(&value); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", errBad, name, jsonwords.Error(err))
		}
		given[name] = value
	}
	return given, nil
}

// serveCreate makes an empty project with the models and the settings of the body.
func serveCreate(ctx context.Context, a *API, r *Request) (*Response, error) {
	name, place, err := a.place(r)
	if err != nil {
		return nil, err
	}
	made, err := created(r)
	if err != nil {
		return nil, err
	}
	e := &portable.Export{Project: name, Schema: made.schema, Models: map[string][]byte{}}
	for i, text := range made.models {
		d, err := catalogue.All().Decode(text)
		if err == nil {
			err = catalogue.All().Validate(&d)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: models.%d: %w", errBad, i, err)
		}
		if e.Models[d.Name], err = d.Encode(); err != nil {
			return nil, fmt.Errorf("%w: models.%d: %w", errBad, i, err)
		}
	}
	if made.composition != nil {
		if e.Models[project.CompositionRecord], err = made.composition.Encode(); err != nil {
			return nil, err
		}
	}
	if err := e.Create(ctx, place.Store, place.Prefix, name, false); err != nil {
		return nil, err
	}
	return answer(changed{Done: true, Project: name}), nil
}

// existing closes the project of the path where it is open for this API alone.
func (a *API) existing(ctx context.Context, r *Request) (string, *portable.Place, error) {
	name, place, err := a.place(r)
	if err != nil {
		return "", nil, err
	}
	if err := a.options.Projects.Discard(ctx, name); err != nil {
		return "", nil, err
	}
	names, err := place.Projects(ctx)
	if err != nil {
		return "", nil, err
	}
	if !slices.Contains(names, name) {
		return "", nil, fmt.Errorf("%w: %q", portable.ErrNoProject, name)
	}
	return name, place, nil
}

func serveDeleteProject(ctx context.Context, a *API, r *Request) (*Response, error) {
	name, place, err := a.existing(ctx, r)
	if err != nil {
		return nil, err
	}
	return finished(place.Delete(ctx, name, false))
}

func serveRename(ctx context.Context, a *API, r *Request) (*Response, error) {
	var asked struct {
		Name *string `json:"name"`
	}
	if err := decodeBody(r, &asked); err != nil {
		return nil, err
	}
	if asked.Name == nil {
		return nil, fmt.Errorf("%w: name is missing", errBad)
	}
	if err := checkName("name", *asked.Name); err != nil {
		return nil, err
	}
	if err := a.placed(*asked.Name); err != nil {
		return nil, err
	}
	name, place, err := a.existing(ctx, r)
	if err != nil {
		return nil, err
	}
	if *asked.Name == name {
		return nil, fmt.Errorf("%w: name is %q, which the project has", errBad, name)
	}
	e, err := place.Rename(ctx, name, *asked.Name, false)
	if err != nil {
		return nil, err
	}
	return answerChanged(*asked.Name, e)
}

// answerChanged says what the export holds: its rows are those of the project, without what
// frozen versions were built from and less what is forgotten.
func answerChanged(name string, e *portable.Export) (*Response, error) {
	whole, _, err := e.Whole()
	if err != nil {
		return nil, err
	}
	return answer(changed{Done: true, Project: name, Rows: whole.Weight(), Shards: len(e.Shards), Content: e.ID()}), nil
}

// read reads a project, with what this process has learned of it by now.
func (a *API) read(ctx context.Context, place *portable.Place, name string) (*portable.Export, error) {
	if p, err := a.options.Projects.Find(ctx, name); err == nil && p.Learning() {
		if err := p.Flush(ctx); err != nil {
			return nil, err
		}
	}
	return place.Read(ctx, name)
}

func serveExport(ctx context.Context, a *API, r *Request) (*Response, error) {
	name, place, err := a.place(r)
	if err != nil {
		return nil, err
	}
	live.ReadAsOf(ctx, a.options.Now())
	e, err := a.read(ctx, place, name)
	if err != nil {
		return nil, err
	}
	return &Response{
		Status: http.StatusOK, ContentType: typeBytes, Body: e.Encode(),
		Headers: map[string]string{"Content-Disposition": `attachment; filename="` + name + `.sml"`},
	}, nil
}

// sent decodes an exported project of the body.
func sent(r *Request) (*portable.Export, error) {
	e, err := portable.Decode(r.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: the body is no export of a project: %w", errBad, err)
	}
	return e, nil
}

func serveImport(ctx context.Context, a *API, r *Request) (*Response, error) {
	name, place, err := a.place(r)
	if err != nil {
		return nil, err
	}
	e, err := sent(r)
	if err != nil {
		return nil, err
	}
	if err := e.Create(ctx, place.Store, place.Prefix, name, false); err != nil {
		return nil, err
	}
	return answerChanged(name, e)
}

// askMerge reads what is merged.
func askMerge(p *param.Reader) handler {
	from := p.Text("from", param.Optional, "A project of the cache, instead of a body.")
	source := p.Text("name", param.Optional, "A name for the source: a later export under it takes the place of the earlier one.")
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		return a.serveMerge(ctx, r, from, source)
	}
}

// serveMerge adds an export of the body, or a project of the same cache, to a
// project; it may be learned meanwhile.
func (a *API) serveMerge(ctx context.Context, r *Request, from, source string) (*Response, error) {
	name, place, err := a.place(r)
	if err != nil {
		return nil, err
	}
	var e *portable.Export
	switch {
	case from == "":
		e, err = sent(r)
	case from == name:
		return nil, fmt.Errorf("%w: from is %q, and a project cannot be merged into itself", errBad, from)
	case len(r.Body) > 0:
		return nil, fmt.Errorf("%w: from is %q, and there is a body of %d bytes as well, want one of the two", errBad, from, len(r.Body))
	default:
		if err := a.placed(from); err != nil {
			return nil, err
		}
		e, err = a.read(ctx, a.options.Projects.Place(from), from)
	}
	if err != nil {
		return nil, err
	}
	open, findErr := a.options.Projects.Find(ctx, name)
	if findErr == nil {
		if err := open.Flush(ctx); err != nil { // stores what its learner keeps
			return nil, err
		}
	}
	if source != "" {
		if err := project.ValidateName("name", source); err != nil {
			return nil, fmt.Errorf("%w: %w", errBad, err)
		}
	}
	done, err := e.MergeInto(ctx, place.Store, portable.Target{Prefix: place.Prefix, Project: name, Name: source})
	if err != nil {
		return nil, err
	}
	if findErr == nil {
		if err := open.Reread(ctx); err != nil {
			return nil, err
		}
	}
	return answer(map[string]any{"done": true, "shard": done.Shard, "rows": done.Rows, "replaced": done.Before, "already": done.Already}), nil
}

// askForgetShard reads which shard is to be forgotten.
func askForgetShard(p *param.Reader) handler {
	shard := p.Text("shard", param.Required, "The shard, as info lists it.")
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		return a.serveForgetShard(ctx, r, shard)
	}
}

// serveForgetShard takes a whole source away from a project, which may be learned
// meanwhile.
func (a *API) serveForgetShard(ctx context.Context, r *Request, shard string) (*Response, error) {
	name, place, err := a.place(r)
	if err != nil {
		return nil, err
	}
	open, findErr := a.options.Projects.Find(ctx, name)
	if findErr == nil {
		if err := open.Flush(ctx); err != nil { // stores what its learner keeps
			return nil, err
		}
	}
	forgotten, err := place.ForgetSource(ctx, name, shard)
	if errors.Is(err, portable.ErrNoSource) || errors.Is(err, stats.ErrNotLearned) {
		return nil, fmt.Errorf("%w: %w", errBad, err)
	}
	if err != nil {
		return nil, err
	}
	if findErr == nil {
		if err := open.Reread(ctx); err != nil {
			return nil, err
		}
	}
	e, err := portable.ReadRows(ctx, place.Store, place.Prefix, name)
	if err != nil {
		return nil, err
	}
	whole, _, err := e.Whole()
	if err != nil {
		return nil, err
	}
	out := map[string]any{"done": true, "shard": shard, "forgotten": forgotten, "rows": whole.Weight()}
	if kept := live.KeptByStored(e.Models); len(kept) > 0 {
		out["kept_by"] = kept
	}
	return answer(out), nil
}

func serveFreezeProject(ctx context.Context, a *API, r *Request) (*Response, error) {
	return a.serveFrozen(ctx, r, true)
}

func serveUnfreezeProject(ctx context.Context, a *API, r *Request) (*Response, error) {
	return a.serveFrozen(ctx, r, false)
}

func (a *API) serveFrozen(ctx context.Context, r *Request, frozen bool) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	return finished(p.Freeze(ctx, frozen))
}
