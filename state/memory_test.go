package state

import (
	"context"
	"errors"
	"testing"
)

func TestMemory(t *testing.T) {
	ctx := context.Background()
	m := NewMemory()
	if _, err := m.Get(ctx, "k"); !errors.Is(err, ErrNotFound) {
		t.Errorf("get of an absent key: %v, want ErrNotFound", err)
	}
	value := []byte("first")
	must(t, m.Add(ctx, "k", value))
	value[0] = 'x'
	if err := m.Add(ctx, "k", []byte("second")); !errors.Is(err, ErrExists) {
		t.Errorf("second add: %v, want ErrExists", err)
	}
	got, err := m.Get(ctx, "k")
	must(t, err)
	if string(got) != "first" {
		t.Errorf("value %q, want first", got)
	}
	got[0] = 'y'
	must(t, m.Set(ctx, "l", nil))
	if again, err := m.Get(ctx, "k"); err != nil || string(again) != "first" {
		t.Errorf("value %q, error %v: it is shared with a caller", again, err)
	}
	must(t, m.Delete(ctx, "k"))
	must(t, m.Delete(ctx, "k"))
	if keys := m.Keys(); len(keys) != 1 || keys[0] != "l" {
		t.Errorf("keys %q, want l", keys)
	}
}
