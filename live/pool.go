package live

import "sync"

// pool is a sync.Pool of values of one type, which fresh makes.
type pool[T any] struct {
	fresh  func() T
	values sync.Pool
}

// get returns a value that may hold what its last user left.
func (p *pool[T]) get() T {
	if v, ok := p.values.Get().(T); ok {
		return v
	}
	return p.fresh()
}

// put gives a value back; the caller must not use it any more.
func (p *pool[T]) put(v T) { p.values.Put(v) }
