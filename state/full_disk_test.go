package state

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// fullDisk is a store that takes only the beginning of values while it is full.
type fullDisk struct {
	Store
	full bool
	adds int
}

func (s *fullDisk) Add(ctx context.Context, key string, value []byte) error {
	s.adds++
	if !s.full {
		return s.Store.Add(ctx, key, value)
	}
	if err := s.Store.Add(ctx, key, nil); err != nil {
		return err
	}
	return fmt.Errorf("add %q: no space left", key)
}

// TestFullDisk: a store that takes only a part of what is written fails, so
// that the caller waits, and does not pass for another writer; it goes on when
// there is room again.
func TestFullDisk(t *testing.T) {
	ctx := context.Background()
	s := &fullDisk{Store: NewMemory(), full: true}
	log := NewDefinitionLog(s, "sml.p")
	for range 5 {
		if err := log.Put(ctx, "m", []byte("{}")); !errors.Is(err, ErrStore) {
			t.Fatalf("error is %v, want ErrStore", err)
		}
	}
	if s.adds > 30 {
		t.Errorf("%d keys were added in five attempts", s.adds)
	}
	s.full = false
	if err := log.Put(ctx, "m", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	got, err := NewDefinitionLog(s, "sml.p").Load(ctx)
	if err != nil || string(got["m"]) != "{}" {
		t.Errorf("read %q, %v", got, err)
	}
}
