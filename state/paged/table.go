package paged

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// Table is pages of keys, each the value that Refs names, or no page at all.
type Table struct {
	// Refs has one name per page; its length is the number of pages.
	Refs []Ref
	// Of returns which of n pages has the key. It is part of the format. A table
	// that grows needs an Of with Of(key, m) = Of(key, n) modulo n for each
	// multiple m of n to which it grows.
	Of func(key string, n int) int
}

// Found is a key that a page has.
type Found struct {
	Key  string
	Blob []byte
}

// Find reads the pages of the keys, each page once, and returns those keys that
// are there, each once, in the order of pages. The error is that of Values.Read.
func (t *Table) Find(ctx context.Context, values *Values, keys []string) ([]Found, error) {
	wanted := map[int][]string{}
	if len(t.Refs) == 0 {
		return nil, nil
	}
	for _, key := range keys {
		if page := t.Of(key, len(t.Refs)); t.Refs[page].Named() && !slices.Contains(wanted[page], key) {
			wanted[page] = append(wanted[page], key)
		}
	}
	numbers := slices.Sorted(maps.Keys(wanted))
	pages := make([]map[string][]byte, len(numbers))
	err := Each(len(numbers), func(i int) (err error) {
		pages[i], err = values.ReadBlobs(ctx, t.Refs[numbers[i]])
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []Found
	for i, number := range numbers {
		for _, key := range wanted[number] {
			if blob, ok := pages[i][key]; ok {
				out = append(out, Found{Key: key, Blob: blob})
			}
		}
	}
	return out, nil
}

// All returns the keys of each page with their bytes. The error is that of
// Values.Read.
func (t *Table) All(ctx context.Context, values *Values) ([]map[string][]byte, error) {
	pages := make([]map[string][]byte, len(t.Refs))
	err := Each(len(pages), func(i int) (err error) {
		pages[i], err = values.ReadBlobs(ctx, t.Refs[i])
		return err
	})
	return pages, err
}

// Rewritten is a table that takes the place of another one.
type Rewritten struct {
	Refs     []Ref
	Added    int   // keys that were in no page before
	Replaced []Ref // values that the new table does not need
	written  []Ref
}

// Rewrite writes the pages of the keys anew, with the bytes that encode gives for
// each, and divides the keys of all pages among n, which is the number of pages
// or a multiple. The receiver does not change. Encode is called from several
// goroutines at a time, once per key. The error is that of Values.Read or
// Values.Write, and what was written is removed then as far as the store takes
// it.
func (t *Table) Rewrite(ctx context.Context, values *Values, n int, keys []string, encode func(key string) []byte) (*Rewritten, error) {
	m := &rewrite{table: t, values: values, n: n, keys: map[int][]string{}, encode: encode, out: Rewritten{Refs: make([]Ref, n)}}
	for _, key := range keys {
		page := t.Of(key, len(t.Refs))
		m.keys[page] = append(m.keys[page], key)
	}
	var todo []int
	for page := range t.Refs {
		if n != len(t.Refs) || len(m.keys[page]) > 0 {
			todo = append(todo, page)
		}
	}
	for page := range m.out.Refs {
		m.out.Refs[page] = t.Refs[page%len(t.Refs)]
	}
	if err := Each(len(todo), func(i int) error { return m.page(ctx, todo[i]) }); err != nil {
		m.out.Discard(ctx, values)
		return nil, err
	}
	for _, page := range todo { // in order, so that the record is the same however pages were written
		if t.Refs[page].Named() {
			m.out.Replaced = append(m.out.Replaced, t.Refs[page])
		}
	}
	return &m.out, nil
}

// Discard removes the values of a table that no record will name, as far as the
// store takes it.
func (r *Rewritten) Discard(ctx context.Context, values *Values) {
	_ = values.RemoveAll(ctx, r.written) // nothing names them: they cost room and no answer
}

// rewrite is the work of Rewrite.
type rewrite struct {
	table  *Table
	values *Values
	n      int
	keys   map[int][]string // that change, by old page
	encode func(key string) []byte

	mu  sync.Mutex
	out Rewritten
}

// page writes what an old page becomes.
func (m *rewrite) page(ctx context.Context, page int) error {
	blobs, err := m.values.ReadBlobs(ctx, m.table.Refs[page])
	if err != nil {
		return err
	}
	before := len(blobs)
	for _, key := range m.keys[page] {
		blobs[key] = m.encode(key)
	}
	added := len(blobs) - before
	parts := map[int]map[string][]byte{page: blobs}
	if m.n != len(m.table.Refs) {
		parts = m.split(blobs)
	}
	for next := page; next < m.n; next += len(m.table.Refs) {
		ref, err := m.values.WriteBlobs(ctx, next, parts[next])
		if err != nil {
			return err
		}
		m.mu.Lock()
		m.out.Refs[next] = ref
		if ref.Named() {
			m.out.written = append(m.out.written, ref)
		}
		m.mu.Unlock()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.out.Added += added
	return nil
}

// split divides keys among the new pages.
func (m *rewrite) split(blobs map[string][]byte) map[int]map[string][]byte {
	parts := make(map[int]map[string][]byte, m.n/len(m.table.Refs))
	for key, blob := range blobs {
		page := m.table.Of(key, m.n)
		if parts[page] == nil {
			parts[page] = map[string][]byte{}
		}
		parts[page][key] = blob
	}
	return parts
}
