package schema

import "slices"

// collector gathers the attributes and categories that the schema does not have
// yet. Those of a row are kept only when the whole row can be read.
// A row that cannot be read must not grow the schema: a single broken producer could
// otherwise use up max_attributes.
type collector struct {
	entries    []Attribute
	index      map[string]int
	values     map[entryValue]bool
	attributes int // entries that are new attributes
	undo       []undo

	turn   int            // of the document that is read, from 1 on
	births map[string]int // of new attributes: the turn of the document that brought them
	kept   int            // entries of documents that were read without error
	// clashed says that the document does not fit what an earlier one has made of an
	// attribute. Nothing more is collected then: what it and those after it bring is
	// seen when they are read under the schema that has the attribute.
	clashed bool

	unread     []Unread
	told       []*field // whose entries these are
	keptUnread int      // of rows that were read without error
}

// entryValue is the key by which values are found twice, of all entries together.
type entryValue struct {
	entry int
	value string
}

// undo takes back the last value of an entry, or else the last entry.
type undo struct {
	entry     int
	value     bool
	attribute bool
}

// reset drops the maps instead of clearing them, as a large batch has made them large.
func (c *collector) reset() {
	if len(c.entries) > 0 || len(c.unread) > 0 || c.clashed {
		*c = collector{undo: c.undo[:0]}
	}
	c.turn = 0
}

// entry returns the index of the entry of the field's attribute, of kind kind,
// making it, as settled, when the schema has capacity for it. ok is false when it has
// none, or when the attribute was collected with another kind, which is a clash.
func (c *collector) entry(f *field, kind Kind, capacity int, settled Settled) (at int, ok bool) {
	if at, ok = c.index[f.name]; ok {
		switch {
		case c.entries[at].Kind == kind:
		case at >= c.kept: // of a key that occurs twice in this document the last one counts
			c.retype(at, kind, settled)
		default:
			c.clashed = true
			return at, false
		}
		return at, true
	}
	fresh := f.column < 0
	if fresh && c.attributes >= capacity {
		return 0, false
	}
	if c.index == nil {
		c.index, c.values, c.births = map[string]int{}, map[entryValue]bool{}, map[string]int{}
	}
	if fresh {
		c.attributes++
		if f.kind == 0 { // what is declared is read as such from the first document on
			c.births[f.name] = c.turn
		}
	}
	at = len(c.entries)
	c.index[f.name] = at
	c.entries = append(c.entries, Attribute{
		Name: f.name, Kind: kind, Declared: f.declared, Nested: f.nested, Separator: f.separator, Buckets: f.buckets, Settled: settled,
	})
	c.undo = append(c.undo, undo{entry: at, attribute: fresh})
	return at, true
}

// retype makes an entry of the document that is read one of another kind.
func (c *collector) retype(at int, kind Kind, settled Settled) {
	e := &c.entries[at]
	for _, v := range e.Values {
		delete(c.values, entryValue{at, v})
	}
	e.Kind, e.Settled, e.Values = kind, settled, nil
	c.undo = slices.DeleteFunc(c.undo, func(u undo) bool { return u.value && u.entry == at })
}

// full reports whether the schema has no capacity for the field's attribute,
// which it does not have yet.
func (c *collector) full(f *field, capacity int) bool {
	_, known := c.index[f.name]
	return !known && c.attributes >= capacity
}

// value adds a value to an entry that has fewer than most values.
func (c *collector) value(at int, text []byte, most int) {
	if len(c.entries[at].Values) >= most || c.values[entryValue{at, string(text)}] {
		return
	}
	v := string(text)
	c.values[entryValue{at, v}] = true
	c.entries[at].Values = append(c.entries[at].Values, v)
	c.undo = append(c.undo, undo{entry: at, value: true})
}

// commit keeps what the row has added: it can no longer be taken back.
func (c *collector) commit() {
	c.undo, c.keptUnread, c.kept = c.undo[:0], len(c.unread), len(c.entries)
}

// rollback undoes in reverse order, so the last value of an entry and the last entry
// are always those to take back.
func (c *collector) rollback() {
	for i := len(c.undo) - 1; i >= 0; i-- {
		u := c.undo[i]
		e := &c.entries[u.entry]
		if u.value {
			last := len(e.Values) - 1
			delete(c.values, entryValue{u.entry, e.Values[last]})
			e.Values = e.Values[:last]
			continue
		}
		if u.attribute {
			c.attributes--
			delete(c.births, e.Name)
		}
		delete(c.index, e.Name)
		c.entries = c.entries[:u.entry]
	}
	c.undo = c.undo[:0]
	for _, f := range c.told[c.keptUnread:] {
		f.told = false
	}
	c.unread, c.told = c.unread[:c.keptUnread], c.told[:c.keptUnread]
}

// growth returns copies, as the collector goes on to append to its own.
func (c *collector) growth() Growth {
	out := Growth{Attributes: slices.Clone(c.entries), Unread: slices.Clone(c.unread)}
	for i := range out.Attributes {
		out.Attributes[i].Values = slices.Clone(out.Attributes[i].Values)
	}
	return out
}
