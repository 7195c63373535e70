package paged

import "iter"

// Recent holds values by key in the order of their use. It is empty and ready to
// use when zero. It is for one goroutine at a time.
type Recent[V any] struct {
	entries        map[string]*Entry[V]
	oldest, newest *Entry[V]
}

// Entry is one key of a Recent.
type Entry[V any] struct {
	Key   string
	Value V

	older, newer *Entry[V]
}

// Len returns the number of keys.
func (r *Recent[V]) Len() int { return len(r.entries) }

// Get returns the entry of a key, nil when there is none. It does not count as
// use: see Touch.
func (r *Recent[V]) Get(key string) *Entry[V] { return r.entries[key] }

// Add adds a key, which there must not be yet, as the one that was used last.
func (r *Recent[V]) Add(key string, value V) *Entry[V] {
	if r.entries == nil {
		r.entries = map[string]*Entry[V]{}
	}
	e := &Entry[V]{Key: key, Value: value}
	r.entries[key] = e
	r.append(e)
	return e
}

// Touch makes the entry the one that was used last.
func (r *Recent[V]) Touch(e *Entry[V]) {
	if e != r.newest {
		r.unlink(e)
		r.append(e)
	}
}

// Remove takes the entry out.
func (r *Recent[V]) Remove(e *Entry[V]) {
	r.unlink(e)
	delete(r.entries, e.Key)
}

// OldestFirst goes through the entries from the one that was not used for longest
// on. The loop may remove the entry that it is at.
func (r *Recent[V]) OldestFirst() iter.Seq[*Entry[V]] {
	return func(yield func(*Entry[V]) bool) {
		for e := r.oldest; e != nil; {
			next := e.newer
			if !yield(e) {
				return
			}
			e = next
		}
	}
}

// NewestFirst goes the other way.
func (r *Recent[V]) NewestFirst() iter.Seq[*Entry[V]] {
	return func(yield func(*Entry[V]) bool) {
		for e := r.newest; e != nil; {
			next := e.older
			if !yield(e) {
				return
			}
			e = next
		}
	}
}

// Newest returns the entry that was used last, nil when there is none.
func (r *Recent[V]) Newest() *Entry[V] { return r.newest }

func (r *Recent[V]) append(e *Entry[V]) {
	e.older, e.newer = r.newest, nil
	if r.newest != nil {
		r.newest.newer = e
	} else {
		r.oldest = e
	}
	r.newest = e
}

func (r *Recent[V]) unlink(e *Entry[V]) {
	if e.older != nil {
		e.older.newer = e.newer
	} else {
		r.oldest = e.newer
	}
	if e.newer != nil {
		e.newer.older = e.older
	} else {
		r.newest = e.older
	}
	e.older, e.newer = nil, nil
}
