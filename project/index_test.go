package project

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

func TestIndex(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	index := NewIndex(store, "sml")
	for _, step := range []struct {
		name string
		do   func() error
		want []string
	}{
		{name: "empty", do: func() error { return nil }, want: []string{}},
		{name: "add", do: func() error { return index.Add(ctx, "a") }, want: []string{"a"}},
		{name: "add again", do: func() error { return index.Add(ctx, "a") }, want: []string{"a"}},
		{name: "second", do: func() error { return index.Add(ctx, "projects") }, want: []string{"a", "projects"}},
		{name: "remove", do: func() error { return index.Remove(ctx, "a") }, want: []string{"projects"}},
		{name: "remove what is not there", do: func() error { return index.Remove(ctx, "b") }, want: []string{"projects"}},
		{name: "take back", do: func() error { return index.Add(ctx, "a") }, want: []string{"a", "projects"}},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		// A reader of its own sees the same: nothing is kept in memory only.
		got, err := NewIndex(store, "sml").List(ctx)
		if err != nil || !slices.Equal(got, step.want) {
			t.Errorf("%s: list is %q, %v, want %q", step.name, got, err, step.want)
		}
	}
	if err := index.Add(ctx, "no.name"); !errors.Is(err, state.ErrName) {
		t.Errorf("a name with a dot says %v, want %v", err, state.ErrName)
	}
	// A project may have any valid name, that of the index included.
	shards, err := state.NewDirectory(store, Base("sml", "projects")).List(ctx)
	if err != nil || len(shards) != 0 {
		t.Errorf("project \"projects\" has shards %v, %v", shards, err)
	}
}
