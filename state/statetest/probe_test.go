package statetest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

func TestProbeAdd(t *testing.T) {
	ctx := context.Background()
	cases := []struct {
		name  string
		store state.Store
		want  bool
		err   error
	}{
		{name: "memory", store: state.NewMemory(), want: true},
		{name: "add overwrites", store: overwriting{state.NewMemory()}},
		{name: "nothing is kept", store: forgetful{state.NewMemory()}},
		{name: "down", store: down{state.NewMemory()}, err: errDown},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, err := statetest.ProbeAdd(ctx, c.store, "sml")
			if !errors.Is(err, c.err) || p.PutIfAbsent != c.want || err == nil && p.Seen == "" {
				t.Errorf("probe %+v, error %v", p, err)
			}
			if m, ok := c.store.(*state.Memory); ok && len(m.Keys()) > 0 {
				t.Errorf("left %v", m.Keys())
			}
		})
	}
}

// overwriting is a store whose Add is a Set.
type overwriting struct{ *state.Memory }

func (o overwriting) Add(ctx context.Context, key string, value []byte) error {
	return o.Set(ctx, key, value)
}

// forgetful is a store that loses what is written.
type forgetful struct{ *state.Memory }

func (f forgetful) Add(context.Context, string, []byte) error { return nil }

// down is a store that is not there.
type down struct{ *state.Memory }

var errDown = errors.New("connection refused")

func (down) Add(context.Context, string, []byte) error { return errDown }
