package paged

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRecentAgainstList compares drawn sequences of operations with a list of
// keys that is searched and rearranged in the plainest way.
func TestRecentAgainstList(t *testing.T) {
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 1))
		var r Recent[int]
		var list []string // oldest first
		values := map[string]int{}
		for step := range 400 {
			key := string(rune('a' + random.IntN(12)))
			e := r.Get(key)
			at := slices.Index(list, key)
			if (e != nil) != (at >= 0) {
				t.Fatalf("seed %d, step %d: key %s is there: %v, want %v", seed, step, key, e != nil, at >= 0)
			}
			switch {
			case e == nil:
				e = r.Add(key, step)
				list, values[key] = append(list, key), step
			case random.IntN(3) == 0:
				r.Remove(e)
				list = slices.Delete(list, at, at+1)
			default:
				r.Touch(e)
				list = append(slices.Delete(list, at, at+1), key)
			}
			if e.Value != values[key] {
				t.Fatalf("seed %d, step %d: key %s has %d, want %d", seed, step, key, e.Value, values[key])
			}
			requireOrder(t, &r, list)
		}
	}
}

func requireOrder(t *testing.T, r *Recent[int], want []string) {
	t.Helper()
	var oldest, newest []string
	for e := range r.OldestFirst() {
		oldest = append(oldest, e.Key)
	}
	for e := range r.NewestFirst() {
		newest = append(newest, e.Key)
	}
	slices.Reverse(newest)
	if !slices.Equal(oldest, want) || !slices.Equal(newest, want) || r.Len() != len(want) {
		t.Fatalf("order %q, backwards %q, length %d, want %q", oldest, newest, r.Len(), want)
	}
	if e := r.Newest(); (e == nil) != (len(want) == 0) || e != nil && e.Key != want[len(want)-1] {
		t.Fatalf("the newest entry is %v, want the last of %q", e, want)
	}
}

// TestRecentRemovesWhileItRuns: a loop may remove the entry that it is at.
func TestRecentRemovesWhileItRuns(t *testing.T) {
	for name, all := range map[string]func(*Recent[int]) func(func(*Entry[int]) bool){
		"oldest first": func(r *Recent[int]) func(func(*Entry[int]) bool) { return r.OldestFirst() },
		"newest first": func(r *Recent[int]) func(func(*Entry[int]) bool) { return r.NewestFirst() },
	} {
		t.Run(name, func(t *testing.T) {
			var r Recent[int]
			for i, key := range []string{"a", "b", "c", "d", "e"} {
				r.Add(key, i)
			}
			seen := 0
			for e := range all(&r) {
				if seen++; e.Value%2 == 0 {
					r.Remove(e)
				}
			}
			if seen != 5 {
				t.Errorf("the loop was at %d entries, want 5", seen)
			}
			requireOrder(t, &r, []string{"b", "d"})
		})
	}
}
