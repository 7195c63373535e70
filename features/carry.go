package features

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
)

// identity says what a column holds, whatever features are called: a field, or a
// feature with its settings and what it is about.
func (p *Plan) identity(column int) string {
	if column >= 0 {
		return "field " + p.fields[column]
	}
	s := p.specs[-column-1]
	s.Name, s.Of, s.Parts = "", "", nil
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Sprint(s) // numbers and texts are always written
	}
	var inputs []string
	for _, c := range p.columns[-column-1] {
		inputs = append(inputs, p.identity(c))
	}
	return string(text) + "(" + strings.Join(inputs, ", ") + ")"
}

// change is what becomes of one feature.
type change struct {
	name, text string
	kept       bool
}

// changes compares the features of two plans by name.
func (p *Plan) changes(to *Plan) (out []change) {
	before := map[string]int{}
	for i, s := range p.specs {
		before[s.Name] = i
	}
	had := map[string]bool{}
	for i := range p.specs {
		had[p.identity(-i-1)] = true
	}
	for i, s := range to.specs {
		same := had[to.identity(-i-1)]
		was, named := before[s.Name]
		delete(before, s.Name)
		switch {
		case same && named && p.identity(-was-1) == to.identity(-i-1):
			out = append(out, change{name: s.Name, kept: true})
		case same:
			out = append(out, change{name: s.Name, text: s.Name + " is another name or place of a feature that there was: its state goes on"})
		case named:
			out = append(out, change{name: s.Name, text: fmt.Sprintf("%s was %s and is %s: %s", s.Name, p.specs[was].describe(), s.describe(), to.begins(i, p))})
		default:
			out = append(out, change{name: s.Name, text: fmt.Sprintf("%s is added (%s): %s", s.Name, s.describe(), to.begins(i, p))})
		}
	}
	for _, s := range p.specs {
		if _, gone := before[s.Name]; gone {
			out = append(out, change{name: s.Name, text: s.Name + " is removed: its state is dropped"})
		}
	}
	return out
}

// begins says what feature i begins with when the state of another plan goes on.
func (p *Plan) begins(i int, from *Plan) string {
	switch {
	case p.kinds[i].timeOnly || p.kinds[i].composed:
		return "it needs no state"
	case p.history[i] >= 0:
		at := p.identity(p.tracks[p.history[i]].column)
		for _, t := range from.tracks {
			if from.identity(t.column) == at {
				return fmt.Sprintf("it begins with the last values of its input that are kept, at most %d rows", max(t.keep.rows, 1))
			}
		}
	}
	return "its state begins anew with the rows from now on"
}

// describe writes type and settings of a feature.
func (s Spec) describe() string {
	text := s.Type
	for _, p := range []struct {
		name  string
		value any
		given bool
	}{{"of", s.Of, s.Of != ""}, {"rows", s.Rows, s.Rows != 0}, {"over", s.Over, s.Over != 0}, {"season", s.Season, s.Season != ""}, {"options", s.Options, len(s.Options) > 0}} {
		if p.given {
			text += fmt.Sprintf(" %s %v", p.name, p.value)
		}
	}
	return text
}

// carried returns the state of a key under another plan: histories of the same inputs
// and memories of the same features go on, all others begin anew.
func (p *Plan) carried(e *entity, to *Plan) *entity {
	out := to.newEntity(e.key)
	histories, memories := map[string]*history{}, map[string]memory{}
	for i := range p.tracks {
		histories[p.identity(p.tracks[i].column)] = &e.histories[i]
	}
	for i, m := range e.memories {
		if m != nil {
			memories[p.identity(-i-1)] = m
		}
	}
	for i := range to.tracks {
		from := histories[to.identity(to.tracks[i].column)]
		if from == nil {
			continue
		}
		for k, x := range from.values { // as many as this plan keeps
			out.histories[i].push(from.times[k], x, to.tracks[i].keep)
		}
	}
	for i, m := range out.memories {
		if from := memories[to.identity(-i-1)]; m != nil && from != nil {
			var w wire.Writer
			from.encode(&w)
			m.decode(wire.NewReader(w.Bytes())) // of the same type and settings
		}
	}
	return out
}

// under makes the state one of another plan. Results that are remembered for messages
// that are delivered again are those of before, and go. Keys in pages follow in
// carryPages.
func (k *keyed) under(to *Plan, limits Limits) *keyed {
	out := newKeyed(to, limits)
	out.rows, out.pages = k.rows, k.pages
	out.garbage.Add(k.garbage.Refs()...)
	for e := range k.entities.OldestFirst() {
		out.entities.Add(e.Key, k.plan.carried(e.Value, to))
	}
	for _, r := range k.pages.Refs {
		if r.Named() {
			out.paged = k.plan
		}
	}
	return out
}

// carryPages brings the keys in pages under the plan. On error nothing has changed.
func (k *keyed) carryPages(ctx context.Context, pages *paged.Values) error {
	if k.paged == nil {
		return nil
	}
	all, err := k.pages.All(ctx, pages)
	if err != nil {
		return err
	}
	blobs, keys := map[string][]byte{}, []string{}
	for page, found := range all {
		for key, blob := range found {
			r := wire.NewReader(blob)
			e := k.paged.decodeEntity(r)
			if err := r.Close(); err != nil {
				return fmt.Errorf("key %.100q of page %d: %w", key, page, err)
			}
			var w wire.Writer
			k.paged.carried(e, k.plan).encode(&w)
			blobs[key], keys = w.Bytes(), append(keys, key)
		}
	}
	next, err := k.pages.Rewrite(ctx, pages, pageCount, keys, func(key string) []byte { return blobs[key] })
	if err != nil {
		return err
	}
	k.garbage.Add(next.Replaced...)
	k.pages.Refs, k.paged = next.Refs, nil
	return nil
}
