package state

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// TestInspectFindsLoss: a record that has an older version than was written, or none
// any more, is not healthy as long as anything tells of the later one.
func TestInspectFindsLoss(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name string
		gone string // what the keys that vanish begin with
	}{
		{name: "the newest version", gone: "5"},
		{name: "all versions", gone: ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			store, base := NewMemory(), shardBase("sml.p", testShard)+"."
			s := openShard(t, store, ShardOptions{Durable: true, MarkInterval: 1000})
			for i := range int64(5) {
				o := offsets(i, i)
				_, err := s.Learn(ctx, 1, o, learnInto(o))
				must(t, err)
			}
			must(t, s.Flush(ctx))
			must(t, store.Set(ctx, base+"head", head(5, 1000)))
			for _, key := range store.Keys() {
				if strings.HasPrefix(key, base+c.gone) && !strings.HasSuffix(key, ".head") {
					must(t, store.Delete(ctx, key))
				}
			}
			found, err := InspectShards(ctx, store, "sml.p", bagMaker{})
			must(t, err)
			if got := found[len(found)-1].Err; !errors.Is(got, ErrLost) {
				t.Errorf("health is %v, want one that wraps ErrLost", got)
			}
		})
	}
}
