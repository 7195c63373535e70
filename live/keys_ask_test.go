package live

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// askValue asks a question about a part of the project.
func askValue(t *testing.T, p *Project, question, part string, args param.Values) (any, error) {
	t.Helper()
	q, err := explore.Lookup(question)
	if err != nil {
		t.Fatal(err)
	}
	query, err := NewQuery(q, part, args)
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.Ask(t.Context(), query)
	if err != nil {
		return nil, err
	}
	return a.Value, nil
}

// TestAskOfAKey: questions about one key are answered by its rows, and those
// that its statistics do not hold are refused.
func TestAskOfAKey(t *testing.T) {
	for _, pairs := range []bool{false, true} {
		ctx := context.Background()
		p := openEntities(t, state.NewMemory(), entitySettings(5, pairs))
		random := rand.New(rand.NewPCG(1, 2))
		batch := machineRows(random, 0, 2000, 20)
		batch = append(batch, Message{Shard: "t/0", Offset: 2000, HasOffset: true, Data: []byte(`{"a":1,"b":1}`)})
		if err := p.Learn(ctx, batch); err != nil {
			t.Fatal(err)
		}
		if err := batch[2000].Err; err == nil || !strings.Contains(err.Error(), "key is empty") {
			t.Errorf("a row without a key says %v", err)
		}
		rows := 0
		for _, m := range batch {
			if m.Key == "m7" {
				rows++
			}
		}
		ask := func(question, part string, args param.Values) (any, error) {
			return askValue(t, p, question, part, args)
		}
		a, err := ask("univariate", "key:m7", param.Values{"attribute": "a"})
		if err != nil {
			t.Fatal(err)
		}
		if u := a.(*explore.UnivariateResult); float64(u.Count) != float64(rows) || float64(u.Numbers.Mean) < 69 || float64(u.Numbers.Mean) > 71 {
			t.Errorf("m7 has %v rows with mean %v, want %d and about 70", u.Count, u.Numbers.Mean, rows)
		}
		if median, err := ask("quantile", "key:m7", param.Values{"attribute": "a", "q": 0.5}); err != nil || float64(median.(explore.Number)) < 69 {
			t.Errorf("the median of m7 is %v (%v)", median, err)
		}
		_, err = ask("correlation", "key:m7", param.Values{"a": "a", "b": "b"})
		if refused := err != nil && strings.Contains(err.Error(), "entities.pairs"); refused == pairs {
			t.Errorf("pairs %v: the correlation of m7 says %v", pairs, err)
		}
		if _, err := ask("univariate", "key:none", param.Values{"attribute": "a"}); !errors.Is(err, ErrUnknownKey) {
			t.Errorf("an unknown key says %v", err)
		}
		if s, err := p.Summary(ctx, "key:m7"); err != nil || s.Weight() != float64(rows) {
			t.Errorf("the statistics of m7: %v", err)
		}
	}
	plain := entitySettings(5, false)
	plain.Learn.Composition = plain.Learn.Composition.With(project.Entities{})
	p := openEntities(t, state.NewMemory(), plain)
	if _, err := p.Summary(context.Background(), "key:m7"); !errors.Is(err, ErrUnknownKey) || !strings.Contains(err.Error(), "keeps no statistics per key") {
		t.Errorf("a project without keys says %v", err)
	}
}
