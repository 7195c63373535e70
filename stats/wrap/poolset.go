package wrap

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
)

// PoolUse is a pool that the shards of a project train.
type PoolUse struct {
	// Spec is how its models are made; Spec.Key finds it again.
	Spec adaptive.Spec
	// Selects chooses its inputs among the attributes.
	Selects func(attribute string) bool
}

// PoolSet is the pools that the shards of a project train, one of each spec in each shard.
// Statistics follow it when they learn. It is safe for concurrent use; the zero value
// trains none and leaves those that are there as they are.
type PoolSet struct {
	changing sync.Mutex // held by writers
	current  atomic.Pointer[poolList]
}

// poolList is a PoolSet at one moment. Nothing changes it.
type poolList struct {
	active []PoolUse       // in the order of their keys, each key once
	gone   map[string]bool // keys that were active and are not any more
	// turn counts how often Replace has been called.
	turn uint64
}

// Replace makes the given pools those that are trained from now on. One that was among
// them earlier is dropped by each statistic that learns, and so is one that was never
// among them, as soon as Replace has been called often enough for it to be certain that
// nobody needs it: see poolList.drops.
func (s *PoolSet) Replace(uses []PoolUse) {
	s.changing.Lock()
	defer s.changing.Unlock()
	byKey := map[string]PoolUse{}
	for _, use := range uses {
		byKey[use.Spec.Key] = use
	}
	next := &poolList{gone: map[string]bool{}, turn: 1}
	if now := s.current.Load(); now != nil {
		next.turn = now.turn + 1
		maps.Copy(next.gone, now.gone)
		for i := range now.active {
			next.gone[now.active[i].Spec.Key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		next.active = append(next.active, byKey[key])
		delete(next.gone, key)
	}
	s.current.Store(next)
}

// list returns what is trained now, nil before the first Replace.
func (s *PoolSet) list() *poolList {
	if s == nil {
		return nil
	}
	return s.current.Load()
}

// needs reports whether pools of the key are trained.
func (l *poolList) needs(key string) bool {
	return slices.ContainsFunc(l.active, func(u PoolUse) bool { return u.Spec.Key == key })
}

// turnsUnneeded is for how many calls of Replace a pool that was never needed stays: a
// shard may come from a process that has read newer definitions, and one reading of them
// may be under way.
const turnsUnneeded = 2

// drops reports whether pools of a key that is not needed are dropped, where the
// statistic has seen them so since a turn.
func (l *poolList) drops(key string, since uint64) bool {
	return l.gone[key] || l.turn >= since+turnsUnneeded
}
