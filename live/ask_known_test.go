package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestAttributesWithoutRows draws which attributes the rows of a key have: of those that
// only other keys have the answer for the key has the count 0, and an attribute that the
// project does not know is unknown.
func TestAttributesWithoutRows(t *testing.T) {
	univariate, err := explore.Lookup("univariate")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range drawn.Seeds(12) {
		r := rand.New(rand.NewPCG(seed, 61))
		s := settings(true)
		pairs := seed%2 == 0
		s.Learn.Composition = s.Learn.Composition.With(project.Entities{On: true, Resident: 10, Pairs: pairs})
		h, _ := open(t, state.NewMemory(), s)
		counts, known, messages := sparseRows(t, r)
		if err := h.Project().Learn(context.Background(), messages); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"a", "b"} {
			for name := range known {
				query, err := live.NewQuery(univariate, live.PartKey+key, param.Values{"attribute": name})
				if err != nil {
					t.Fatal(err)
				}
				answer, err := h.Project().Ask(context.Background(), query)
				if isText := strings.HasSuffix(name, " 1"); isText && !pairs { // which is not kept of a key
					if err == nil || !strings.Contains(err.Error(), "entities.pairs") {
						t.Errorf("seed %d: %q of key %q: %v", seed, name, key, err)
					}
					continue
				}
				if err != nil {
					t.Errorf("seed %d: %q of key %q: %v", seed, name, key, err)
					continue
				}
				count := answer.Tree().(map[string]any)["count"]
				if counts[key][name] == 0 && count != 0.0 {
					t.Errorf("seed %d: %q of key %q is there %v times, want 0", seed, name, key, count)
				}
			}
		}
		query, err := live.NewQuery(univariate, "", param.Values{"attribute": "nowhere"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Project().Ask(context.Background(), query); err == nil {
			t.Error("an attribute that is not known has an answer")
		}
	}
}

// sparseRows draws rows of two keys, each with attributes that only it has: how often each has
// which, all of them, and the messages.
func sparseRows(t *testing.T, r *rand.Rand) (counts map[string]map[string]float64, known map[string]bool, messages []live.Message) {
	t.Helper()
	counts, known = map[string]map[string]float64{"a": {}, "b": {}}, map[string]bool{}
	for i := range 40 {
		row, key := map[string]any{"always": i}, []string{"a", "b"}[r.IntN(2)]
		for n := range 6 {
			if name := fmt.Sprintf("of %s %d", key, n%3); r.IntN(4) == 0 {
				row[name] = []any{1.5, "text", true}[n%3]
			}
		}
		for name := range row {
			if known[name] = true; counts[key][name] >= 0 {
				counts[key][name]++
			}
		}
		data, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, live.Message{Data: data, Shard: "s", Key: key})
	}
	return counts, known, messages
}
