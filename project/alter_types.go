package project

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// attributesPrefix begins the names of settings that are types of attributes.
const attributesPrefix = "attributes."

// Alter returns what a change of settings does to a project; given are texts by the
// names of sml_learn, attributes.NAME for the type of an attribute. It writes
// nothing. An error names setting and value, or is as of Open.
func (p *Project) Alter(ctx context.Context, given param.Values) (*Alteration, error) {
	types, limits, others := param.Values{}, param.Values{}, param.Values{}
	for name, value := range given {
		if attribute, ok := strings.CutPrefix(name, attributesPrefix); ok {
			types[attribute] = value
		} else if slices.Contains(limitNames, name) {
			limits[name] = value
		} else {
			others[name] = value
		}
	}
	out, err := p.Composition.Alter(others)
	if err != nil {
		return nil, err
	}
	out.plain = len(out.Effects) == 0
	if err := p.alterLimits(limits, out); err != nil {
		return nil, err
	}
	if len(types) == 0 {
		return out, nil
	}
	shards, err := p.Shards(ctx)
	if err != nil {
		return nil, err
	}
	out.retyped = param.Values{}
	for _, name := range sortedNames(types) {
		effect, err := p.retyping(name, types[name], shards)
		if err != nil {
			return nil, fmt.Errorf("%s%s: %w", attributesPrefix, name, err)
		}
		if effect == "" {
			continue
		}
		out.retyped[name] = types[name]
		out.Effects = append(out.Effects, effect)
		if p.Schema.Attributes()[p.Schema.Index(name)].Retyped {
			if err := p.leftovers(ctx, name, out); err != nil {
				return nil, fmt.Errorf("%s%s: %w", attributesPrefix, name, err)
			}
		}
	}
	return out, nil
}

// retyping says what another type of an attribute does, nothing where it has that
// type.
func (p *Project) retyping(name string, value any, shards []state.ShardState[stats.Additive]) (string, error) {
	kind, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("%v is no type", value)
	}
	at := p.Schema.Index(name)
	if at < 0 {
		var known []string
		for _, a := range p.Schema.Attributes() {
			known = append(known, a.Name)
		}
		return "", fmt.Errorf("%s is not among the attributes that the project has learned%s", name, param.DidYouMean(name, known))
	}
	next, err := p.Schema.Retype(name, kind)
	if err != nil {
		return "", err
	}
	if next == p.Schema {
		return "", nil
	}
	from, to := p.Schema.Attributes()[at].Kind, next.Attributes()[next.Index(name)].Kind
	if schema.SharesColumn(from, to) {
		return fmt.Sprintf("%s%s %v to %v: both are numbers, and its statistics go on", attributesPrefix, name, from, to), nil
	}
	if string(Of[Partition](&p.Composition)) == name {
		return "", fmt.Errorf("%v to %v: the project is partitioned by it, and rows are not kept; learn another project", from, to)
	}
	effect := fmt.Sprintf("%s%s %v to %v: its statistics, of %v rows, and those of pairs with it are lost and begin anew with the rows from now on; all others stay. Rows of before can be forgotten only without it", attributesPrefix, name, from, to, rowsWith(name, shards))
	if models := p.readers(name); len(models) > 0 {
		effect += ". Models that read it are built anew: " + strings.Join(models, ", ") + "; versions of them that were kept answer no longer"
	}
	return effect, nil
}

// rowsWith returns the weight of the rows that have an attribute.
func rowsWith(name string, shards []state.ShardState[stats.Additive]) (rows float64) {
	for _, s := range shards {
		summary, err := SummaryOf(s.Content)
		if err != nil || strings.HasPrefix(s.ID, FrozenPrefix) {
			continue
		}
		sign := 1.0
		if strings.HasPrefix(s.ID, ForgetPrefix) {
			sign = -1
		}
		if i := summary.Layout().NumericIndex(name); i >= 0 {
			rows += sign * summary.Moments(i).Weight()
		}
		if i := summary.Layout().CategoricalIndex(name); i >= 0 {
			rows += sign * summary.Present(i)
		}
	}
	return max(rows, 0)
}

// readers lists the models that read an attribute.
func (p *Project) readers(name string) (out []string) {
	for _, model := range slices.Sorted(maps.Keys(p.Definitions)) {
		var d struct {
			Target string
			Inputs []string
		}
		if IsReserved(model) || json.Unmarshal(p.Definitions[model], &d) != nil {
			continue
		}
		reads := d.Target == name || len(d.Inputs) == 0
		for _, input := range d.Inputs {
			fits, err := path.Match(input, name)
			reads = reads || err == nil && fits || input == name
		}
		if reads {
			out = append(out, model)
		}
	}
	return out
}

// leftovers finds the shards that have not been written since an attribute was retyped
// last: they still hold it as what it was, which would come back.
func (p *Project) leftovers(ctx context.Context, name string, out *Alteration) error {
	if p.Composition.KeepsKeys() {
		return fmt.Errorf("it has been retyped before, and the project keeps statistics per key, which may not have been written since: give the attribute another name before sml_learn")
	}
	raw, err := p.Composition.Maker(nil)
	if err != nil {
		return err
	}
	r := state.NewShardReader(p.store, p.Base(), raw)
	if err := r.Refresh(ctx); err != nil {
		return err
	}
	layout := p.Layout()
	for _, s := range r.Shards() {
		summary, err := SummaryOf(s.Content)
		if err != nil || s.Version == 0 {
			continue
		}
		l := summary.Layout()
		numeric, categorical := l.NumericIndex(name) >= 0, l.CategoricalIndex(name) >= 0
		now := layout.NumericIndex(name) >= 0
		same := now && numeric && l.Numeric[l.NumericIndex(name)].Binary == layout.Numeric[layout.NumericIndex(name)].Binary ||
			!now && categorical && l.Categorical[l.CategoricalIndex(name)].List == layout.Categorical[layout.CategoricalIndex(name)].List
		if (numeric || categorical) && !same && !slices.Contains(out.rewrite, s.ID) {
			out.rewrite = append(out.rewrite, s.ID)
		}
	}
	return nil
}

// retype writes what an earlier change has left over, and then the schema.
func (a *Alteration) retype(ctx context.Context, store state.Store, base string) error {
	if len(a.retyped) == 0 {
		return nil
	}
	log := NewSchemaLog(store, base)
	current, err := log.Load(ctx)
	if err != nil {
		return err
	}
	maker, err := a.to.MakerUnder(columnsOf(log, current), nil)
	if err != nil {
		return err
	}
	for _, id := range a.rewrite {
		shard, err := state.OpenShard(ctx, store, base, id, maker, state.ShardOptions{Durable: true})
		if err == nil {
			err = shard.Change(ctx, func(stats.Additive) error { return nil })
		}
		if err != nil {
			return fmt.Errorf("write shard %q without what was dropped: %w", id, err)
		}
	}
	return log.alter(ctx, func(s *schema.Schema) (*schema.Schema, error) {
		for _, name := range sortedNames(a.retyped) {
			kind, _ := a.retyped[name].(string) // Alter has looked
			if s, err = s.Retype(name, kind); err != nil {
				return nil, err
			}
		}
		return s, nil
	})
}
