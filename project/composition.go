package project

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/keyed"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// Composition says which statistics a project keeps, from the rows up: summaries,
// and the layers around them. It is stored with the project: everything that
// decoding, merging or answering depends on is in it.
type Composition struct {
	// Summary are the settings of each summary.
	Summary stats.SummaryOptions
	// layers are those that are on, at most one of each type, in the order of the
	// table. The slice is never changed, only replaced.
	layers []Layer
}

// With returns the composition with these layers, each in place of the one of its
// type; one that asks for nothing takes that one away.
func (c Composition) With(layers ...Layer) Composition {
	for _, l := range layers {
		c.put(l)
	}
	return c
}

// Of returns the settings of a layer, zero where the composition has none.
func Of[L Layer](c *Composition) L {
	var none L
	for _, l := range c.layers {
		if found, ok := l.(L); ok {
			return found
		}
	}
	return none
}

// put replaces the layer of one type.
func (c *Composition) put(l Layer) {
	next := slices.DeleteFunc(slices.Clone(c.layers), func(other Layer) bool { return reflect.TypeOf(other) == reflect.TypeOf(l) })
	if l.isOn() {
		next = append(next, l)
	}
	c.layers = nil
	for _, r := range layers() {
		for _, l := range next {
			if reflect.TypeOf(l) == reflect.TypeOf(r.get(&Composition{})) {
				c.layers = append(c.layers, l)
			}
		}
	}
}

// KeepsKeys reports whether there are statistics per key, so that rows must have
// keys.
func (c *Composition) KeepsKeys() bool { return Of[Entities](c).On }

// KeysCover says which rows the statistics of a key are of, where these are not those of
// the population; it is empty where they are, and without keys.
func (c *Composition) KeysCover() string {
	if !c.KeepsKeys() || !Of[Window](c).isOn() && !Of[Decay](c).isOn() {
		return ""
	}
	return "all rows of a key since its first: window and decay hold for the population only"
}

// NeedsTime reports whether rows must have event times.
func (c *Composition) NeedsTime() bool {
	return slices.ContainsFunc(c.layers, func(l Layer) bool {
		t, ok := l.(timedLayer)
		return ok && t.needsTime()
	})
}

// Ahead returns how far the time of a row may be ahead of the clock: the least
// that the layers which need times allow. It is 0 when none does.
func (c *Composition) Ahead() time.Duration {
	var least time.Duration
	for _, l := range c.layers {
		t, ok := l.(timedLayer)
		if !ok || !t.needsTime() {
			continue
		}
		ahead := t.aheadOf()
		if ahead == 0 {
			ahead = DefaultAhead
		}
		if least == 0 || ahead < least {
			least = ahead
		}
	}
	return least
}

// PartHistory is the name of the statistics of all rows among those side by side;
// those of a layer are named as its row.
const PartHistory = "history"

// Maker returns the maker of the statistics, which count in the binnings; nil
// means only in those that they have already. Settings out of range are an error
// that names field and value.
func (c *Composition) Maker(binnings *wrap.BinningSet) (stats.Maker, error) {
	return c.MakerUnder(nil, binnings)
}

// MakerUnder is Maker for a project with these columns: an attribute that has been
// retyped since a statistic was stored begins anew in it, when it is read.
func (c *Composition) MakerUnder(columns stats.Columns, binnings *wrap.BinningSet) (stats.Maker, error) {
	summary := stats.SummaryMaker{Options: c.Summary, Columns: columns}
	return c.over(summary, summary, binnings)
}

// over returns the maker of the statistics over the summaries that base makes; what
// is kept beside these is made by summary.
func (c *Composition) over(base stats.Maker, summary stats.SummaryMaker, binnings *wrap.BinningSet) (stats.Maker, error) {
	maker, err := c.wrapped(base, summary, stageSplit)
	if err != nil {
		return nil, err
	}
	if maker, err = c.recent(wrap.BinnedMaker{Inner: maker, Binnings: binnings}, summary); err != nil {
		return nil, err
	}
	adaptive := wrap.AdaptiveMaker{Inner: maker}
	if binnings != nil {
		adaptive.Pools = &binnings.Pools
	}
	maker = adaptive
	if maker, err = c.wrapped(maker, summary, stageKeys); err != nil {
		return nil, err
	}
	if _, err := maker.New(); err != nil {
		return nil, err
	}
	return maker, nil
}

// LearnedBy returns the maker of the statistics of a shard, of those that Maker returns: what
// depends on the order of rows is learned by the shard of these rows only.
func LearnedBy(maker stats.Maker, shard string) stats.Maker {
	switch m := maker.(type) {
	case keyed.Maker:
		m.Inner = LearnedBy(m.Inner, shard)
		return m
	case wrap.AdaptiveMaker:
		if HoldsRows(shard) {
			m.Origin = shard
		}
		return m
	}
	return maker
}

// wrapped puts the layers of a stage around inner.
func (c *Composition) wrapped(inner stats.Maker, summary stats.SummaryMaker, at stage) (stats.Maker, error) {
	for _, r := range layers() {
		l := r.get(c)
		if r.stage != at || !l.isOn() {
			continue
		}
		maker, err := l.over(inner, summary)
		if err != nil {
			return nil, err
		}
		inner = maker
	}
	return inner, nil
}

// recent returns the maker of what is kept of recent rows, in parallel with each
// other and with the whole history where the layers say so, the main one first.
func (c *Composition) recent(history stats.Maker, summary stats.SummaryMaker) (stats.Maker, error) {
	var main string // the layer that takes the place of the history
	out := wrap.ParallelMaker{Names: []string{PartHistory}, Parts: []stats.Maker{history}}
	for _, r := range layers() {
		l, ok := r.get(c).(recentLayer)
		if !ok || !l.isOn() {
			continue
		}
		maker, err := l.over(history, summary)
		switch {
		case err != nil:
			return nil, err
		case l.isBeside():
			out.Names, out.Parts = append(out.Names, r.name), append(out.Parts, maker)
		case main != "":
			return nil, fmt.Errorf("%s and %s both replace the history: set `beside: true` for one of them", main, r.name)
		default:
			main = r.name
			out.Names[0], out.Parts[0] = r.name, maker
		}
	}
	if len(out.Parts) == 1 {
		return out.Parts[0], nil
	}
	return out, nil
}

// ReadComposition declares the settings of all layers and reads them.
func ReadComposition(r *param.Reader) Composition {
	var c Composition
	param.Bind(r, func(f *param.Fields) {
		for _, row := range layers() {
			row.put(&c, row.options(row.get(&c), f))
		}
	})
	if _, err := c.Maker(nil); err != nil {
		r.Refuse(err)
	}
	return c
}

// Settings returns the settings of all layers, as ReadComposition reads them.
func (c *Composition) Settings() param.Settings {
	return param.Write(func(f *param.Fields) {
		for _, row := range layers() {
			l := row.get(c)
			if !l.isOn() {
				l = row.unset()
			}
			row.options(l, f)
		}
	})
}

// Kept returns the settings of the layers that the composition has, without those
// that are a matter of a process.
func (c *Composition) Kept() param.Settings {
	return param.Write(func(f *param.Fields) {
		for _, row := range layers() {
			if l := row.get(c); l.isOn() {
				row.options(l, f)
			}
		}
	}).Shared()
}
