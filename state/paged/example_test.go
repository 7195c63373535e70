package paged_test

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
)

// Keys that leave memory go to pages, and the values that new pages replace are
// removed when the record that names the new ones is stored.
func Example() {
	ctx, store := context.Background(), state.NewMemory()
	values := paged.NewValues(store, "sml.p", paged.Layout{Name: "page", Numbered: true}, "sensors/0", 0)
	table := paged.Table{Refs: make([]paged.Ref, 2), Of: func(key string, n int) int { return len(key) % n }}
	var garbage paged.Garbage
	for _, version := range []string{"first", "second"} {
		next, err := table.Rewrite(ctx, values, 2, []string{"a", "bb"}, func(key string) []byte { return []byte(version + " of " + key) })
		if err != nil {
			fmt.Println(err)
			return
		}
		table.Refs = next.Refs
		garbage.Add(next.Replaced...)
		fmt.Println(next.Added, "new keys,", len(store.Keys()), "values")
	}
	err := paged.Sweep(ctx, values, func() *paged.Garbage { return &garbage }, func() error { return nil /* the record is stored here */ })
	fmt.Println(len(store.Keys()), "values", err)
	found, err := table.Find(ctx, values, []string{"bb", "cc"})
	for _, f := range found {
		fmt.Printf("%s: %s\n", f.Key, f.Blob)
	}
	fmt.Println(err)
	// Output:
	// 2 new keys, 2 values
	// 0 new keys, 4 values
	// 2 values <nil>
	// bb: second of bb
	// <nil>
}

// Recent keeps keys in the order of their use.
func ExampleRecent() {
	var r paged.Recent[int]
	a := r.Add("a", 1)
	r.Add("b", 2)
	r.Touch(a)
	for e := range r.OldestFirst() {
		fmt.Println(e.Key, e.Value)
	}
	// Output:
	// b 2
	// a 1
}
