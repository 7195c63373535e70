package live_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestSchemaLostByAll: the keys of the schema vanish while no process holds them, under drawn
// settings, and rows begin it anew with their values in drawn order. Either the shard goes on, or
// it learns nothing, and the error says what helps; no value is taken for another.
func TestSchemaLostByAll(t *testing.T) {
	ctx, refused := context.Background(), 0
	for seed := range drawn.Seeds(24) {
		r, store := rand.New(rand.NewPCG(seed, 91)), state.NewMemory()
		s := settings(true)
		s.Learn.Composition = projecttest.Composition(r)
		from := 0
		learn := func(values []string) error {
			h, _ := open(t, store, s)
			defer func() { _ = h.Close(ctx) }() // what is durable is stored
			messages := make([]live.Message, len(values))
			for i, v := range values {
				messages[i] = live.Message{Data: fmt.Appendf(nil, `{"x":%d,"kind":%q}`, i, v), Shard: "t/0", Offset: int64(from + i), HasOffset: true, Key: v}
			}
			from += len(values)
			return h.Project().Learn(ctx, messages)
		}
		values := []string{"a", "b", "c", "d"}
		if err := learn(values); err != nil {
			t.Fatal(err)
		}
		for _, key := range store.Keys() {
			if strings.Contains(key, ".schema") {
				if err := store.Delete(ctx, key); err != nil {
					t.Fatal(err)
				}
			}
		}
		r.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
		switch err := learn(values); {
		case err == nil && values[0] != "a":
			t.Errorf("seed %d: values %v are learned where others were", seed, values)
		case err == nil:
		case !errors.Is(err, stats.ErrLayout) || !strings.Contains(err.Error(), "`sml forget --shard`"):
			t.Errorf("seed %d: %v", seed, err)
		default:
			refused++
		}
	}
	if refused == 0 {
		t.Error("no drawn order was refused")
	}
}
