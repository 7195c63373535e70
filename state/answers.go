package state

import "iter"

// Answers are what the last rows of a shard got, by their offsets, so that a row that is
// delivered again gets the same. They are part of the shard's content, which encodes them.
// The zero value is empty.
type Answers[T any] struct {
	list []answered[T]
	at   map[int64]int // index in list; nil until it is asked for
}

// answered is what the row at offset got.
type answered[T any] struct {
	offset int64
	got    T
}

// Add remembers what the row at offset got, as long as fewer than most rows come after it.
func (a *Answers[T]) Add(offset int64, got T, most int) {
	if most <= 0 {
		return
	}
	a.at = nil
	a.list = append(a.list, answered[T]{offset, got})
	if extra := len(a.list) - most; extra > 0 {
		a.list = a.list[extra:]
	}
}

// Of returns what the row at offset got; ok is false when that is not remembered.
func (a *Answers[T]) Of(offset int64) (got T, ok bool) {
	if a.at == nil {
		a.at = make(map[int64]int, len(a.list))
		for i := range a.list {
			a.at[a.list[i].offset] = i
		}
	}
	i, ok := a.at[offset]
	if !ok {
		return got, false
	}
	return a.list[i].got, true
}

// Len is how many rows are remembered.
func (a *Answers[T]) Len() int { return len(a.list) }

// All iterates over the rows that are remembered, the oldest first.
func (a *Answers[T]) All() iter.Seq2[int64, T] {
	return func(yield func(int64, T) bool) {
		for i := range a.list {
			if !yield(a.list[i].offset, a.list[i].got) {
				return
			}
		}
	}
}
