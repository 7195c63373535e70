package live_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// kindRows are documents with so many values of one category, each once.
func kindRows(from, n int) []live.Message {
	var out []live.Message
	for i := from; i < from+n; i++ {
		out = append(out, live.Message{Data: fmt.Appendf(nil, `{"kind":"k%d","x":%d}`, i, i%7), Shard: "t/0", Offset: int64(i), HasOffset: true})
	}
	return out
}

// countsOfKind returns how many values of kind have counts of their own, and how many
// rows count as other.
func countsOfKind(t *testing.T, p *live.Project) (values int, other float64) {
	t.Helper()
	s, err := p.Summary(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	i := s.Layout().CategoricalIndex("kind")
	return len(s.Layout().Categorical[i].Values), s.Categories(i).Count(0)
}

// TestAlterCategories draws limits, with learners of other settings of their own: the
// running learner follows, says so, and keeps what it has; a learner that starts follows
// as well; an import has the limit.
func TestAlterCategories(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r, store := rand.New(rand.NewPCG(seed, 77)), state.NewMemory()
			own, first := 4+r.IntN(10), 10+r.IntN(10)
			s := settings(true)
			s.Refresh, s.Exact, s.Learn.Models = time.Hour, true, nil
			s.Learn.Schema.MaxCategories = own
			running, observer := open(t, store, s)
			learnAll(t, running.Project(), kindRows(0, first))
			if values, other := countsOfKind(t, running.Project()); values != min(own, first) || other != float64(first-values) {
				t.Fatalf("%d values and %v other, want %d of %d", values, other, own, first)
			}
			limit := 1 + r.IntN(40)
			change := retype(t, store, param.Values{"max_categories": fmt.Sprint(limit)})
			if len(change.Effects) != 1 || !strings.Contains(change.Effects[0], fmt.Sprint("max_categories from that of sml_learn to ", limit)) || strings.Contains(change.Effects[0], "kind has") != (limit < own && limit < first) {
				t.Errorf("effects are %q", change.Effects)
			}
			if err := running.Project().Reread(t.Context()); err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf("limits of the project were altered to max_categories %d: this learner follows", limit); !slices.ContainsFunc(observer.warnings, func(w string) bool { return strings.Contains(w, want) }) {
				t.Errorf("it says %q, want %q", observer.warnings, want)
			}
			learnAll(t, running.Project(), kindRows(first, 30))
			values := max(min(own, first), min(limit, min(own, first)+30))
			if got, other := countsOfKind(t, running.Project()); got != values || other != float64(first+30-values) {
				t.Errorf("%d values and %v other after 30 more under a limit of %d, want %d values", got, other, limit, values)
			}
			if err := running.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			again, _ := open(t, store, s) // with its own limit
			learnAll(t, again.Project(), kindRows(first+30, 10))
			values = max(values, min(limit, values+10))
			if got, _ := countsOfKind(t, again.Project()); got != values {
				t.Errorf("%d values after a start, want %d", got, values)
			}
			info, err := again.Project().Info(t.Context())
			if err != nil || !strings.Contains(info.Composition.String(), fmt.Sprint("max_categories ", limit)) {
				t.Errorf("info says %v, %v", info.Composition, err)
			}
		})
	}
}

// TestAlterCategoriesBelowBuckets: a limit below the hash buckets of an attribute is
// refused and names both.
func TestAlterCategoriesBelowBuckets(t *testing.T) {
	store, s := state.NewMemory(), settings(true)
	s.Learn.Models, s.Learn.Schema.HashBuckets = nil, map[string]int{"kind": 16}
	h, _ := open(t, store, s)
	learnAll(t, h.Project(), kindRows(0, 5))
	at, err := project.Open(t.Context(), store, "sml", "p")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := at.Alter(t.Context(), param.Values{"max_categories": "8"}); err == nil || !strings.Contains(err.Error(), `max_categories: 8, want at least 16, the hash_buckets of attribute "kind"`) {
		t.Errorf("error is %v", err)
	}
}

// TestAlteredSettingsAreSaid: a learner that runs while settings are altered says so
// once, with the settings in words.
func TestAlteredSettingsAreSaid(t *testing.T) {
	store, s := state.NewMemory(), settings(true)
	s.Learn.Models = nil
	h, observer := open(t, store, s)
	learnAll(t, h.Project(), kindRows(0, 5))
	retype(t, store, param.Values{"histogram_bins": "64", "max_patterns": "3"})
	for range 3 {
		if err := h.Project().Reread(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	said := 0
	for _, w := range observer.warnings {
		if strings.Contains(w, "settings of the project were altered to ") {
			said++
			if !strings.Contains(w, "histogram_bins 64") || !strings.Contains(w, "max_patterns 3") || strings.ContainsAny(w, `{[`) {
				t.Errorf("it says %q", w)
			}
		}
	}
	if said != 1 {
		t.Errorf("it says it %d times: %q", said, observer.warnings)
	}
}
