package project

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Alteration is a change of settings that a project can have: those of its
// summaries, the limits of its schema and the types of its attributes. Layers decide which summary a row goes
// to, and rows are not kept, so those stay as they are.
type Alteration struct {
	// Before and After are the settings by the names of sml_learn.
	Before, After param.Settings
	// Effects say, one for each setting that changes, what becomes of what was
	// learned.
	Effects []string

	to      Composition
	plain   bool // no settings of summaries change
	limits  Limits
	limited bool // limits change
	retyped param.Values
	rewrite []string // shards that still have what an earlier change of a type dropped
}

// Alter returns what a change of settings does; given are texts by the names of
// sml_learn. A name that is none or that cannot be changed, and a value out of
// range, are errors that name both.
func (c *Composition) Alter(given param.Values) (*Alteration, error) {
	values := param.Values{}
	for _, s := range c.alterable() {
		values[s.Name] = s.Value
	}
	for _, name := range sortedNames(given) {
		if _, ok := values[name]; !ok {
			return nil, unalterable(name, sortedNames(values))
		}
		values[name] = given[name]
	}
	if given["precision"] == nil {
		values["precision"] = nil // one of a program has no name
	}
	out := &Alteration{to: *c}
	r := param.NewReader(values, param.Texts)
	param.Bind(r, func(f *param.Fields) {
		row := summaryRow()
		row.put(&out.to, row.options(row.get(c), f))
	})
	if given["precision"] == nil {
		out.to.Summary.ExtendedUpTo = c.Summary.ExtendedUpTo
	}
	if err := r.Close(); err != nil {
		return nil, err
	}
	if _, err := out.to.Maker(nil); err != nil {
		return nil, err
	}
	out.Before, out.After = c.Kept(), out.to.Kept()
	out.Effects = effects(inFull(c.Summary), inFull(out.to.Summary))
	return out, nil
}

// perProcess are settings of sml_learn that are not stored with a project.
var perProcess = []string{"refresh", "durability", "every", "frozen", "timestamp", "key", "shard", "position", "verify", "power", "expand", "models", "separator"}

// unalterable says why a setting cannot be changed: it is none, is not stored with the
// project, or decides where rows go.
func unalterable(name string, can []string) error {
	var fixed []string
	for _, p := range param.List(func(r *param.Reader) { ReadComposition(r) }) {
		fixed = append(fixed, p.Name)
		for _, f := range p.Fields {
			fixed = append(fixed, p.Name+"."+f.Name)
		}
	}
	can = append(can, limitNames...)
	list := strings.Join(can, ", ") + ", and attributes.NAME"
	switch {
	case slices.Contains(fixed, name):
		return fmt.Errorf("%s: cannot be changed once a project has been learned (%s can): rows are not kept, so they cannot be sorted anew; learn another project", name, list)
	case slices.Contains(perProcess, name):
		return fmt.Errorf("%s: is not stored with the project, and can be changed at any time: set it in sml_learn and start it again. What was learned stays as it is", name)
	}
	return fmt.Errorf("%s: unknown setting (%s can be changed)%s", name, list, param.DidYouMean(name, slices.Concat(can, fixed, perProcess)))
}

// Alterable returns the settings that can be changed, besides types of attributes.
func Alterable() []param.Parameter {
	row := summaryRow()
	return param.List(func(r *param.Reader) {
		param.Bind(r, func(f *param.Fields) { row.options(row.get(&Composition{}), f) })
		readLimits(r, &Limits{})
	})
}

// alterable returns the settings that can be changed.
func (c *Composition) alterable() param.Settings {
	row := summaryRow()
	return param.Write(func(f *param.Fields) { row.options(row.get(c), f) })
}

// Store makes the altered settings those of the project whose keys begin with
// base. Nothing else is written: who reads a shard gives it the settings that the
// project has, and a learner stores it so with its next rows. A learner that runs
// goes on under its own settings, and readers convert what it writes. The error is
// that of the store.
func (a *Alteration) Store(ctx context.Context, store state.Store, base string) error {
	if err := a.retype(ctx, store, base); err != nil {
		return err
	}
	if a.limited {
		if err := a.limits.store(ctx, store, base); err != nil {
			return err
		}
	}
	if a.plain {
		return nil
	}
	record, err := a.to.stated()
	if err != nil {
		return err
	}
	return NewDefinitionLog(store, base).Put(ctx, CompositionRecord, record)
}

// stated returns the record with the settings of the summaries in full: what they
// are is then not read off the shards, which may have others.
func (c *Composition) stated() ([]byte, error) {
	record, err := c.Encode()
	if err != nil {
		return nil, err
	}
	var all param.Settings
	if err := json.Unmarshal(record, &all); err != nil {
		return nil, err
	}
	o := inFull(c.Summary)
	summary := param.WriteStored(func(f *param.Fields) {
		full := summaryLayer(o)
		full.recordAll(f)
	})
	kept := param.Settings{}
	for _, s := range all {
		if s.Name != summary[0].Name {
			kept = append(kept, s)
		}
	}
	return json.Marshal(append(kept, summary...))
}
