package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// late is a store of which some operations time out, and are carried out later or never.
type late struct {
	Store
	r       *rand.Rand
	waiting []func()
	failed  int
}

// change carries an operation out, unless it times out.
func (s *late) change(do func() error) error {
	for len(s.waiting) > 0 && s.r.IntN(6) == 0 {
		s.carryOut(s.r.IntN(len(s.waiting)))
	}
	if s.r.IntN(5) > 0 {
		return do()
	}
	s.failed++
	if s.r.IntN(3) > 0 {
		s.waiting = append(s.waiting, func() { _ = do() }) // nobody hears of its error
	}
	return fmt.Errorf("%w: timed out", ErrStore)
}

func (s *late) carryOut(at int) {
	do := s.waiting[at]
	s.waiting = append(s.waiting[:at], s.waiting[at+1:]...)
	do()
}

func (s *late) Add(ctx context.Context, key string, value []byte) error {
	return s.change(func() error { return s.Store.Add(ctx, key, value) })
}

func (s *late) Set(ctx context.Context, key string, value []byte) error {
	return s.change(func() error { return s.Store.Set(ctx, key, value) })
}

// TestLateWritesChangeNothing: writes of a payload that changes a little each time, whole or
// as deltas, time out and are carried out at drawn moments, while the writer looks and
// tries again. What was acknowledged is read by a new process, at once and in the end.
func TestLateWritesChangeNothing(t *testing.T) {
	ctx, failed := context.Background(), 0
	for seed := range drawn.Seeds(400) {
		r := rand.New(rand.NewPCG(seed, 61))
		options := JournalOptions{MaxValue: 50 + r.IntN(400), MarkInterval: 1 + r.Uint64N(6), Atomic: true, deltas: deltaOptions{from: 100, most: 1 + r.IntN(8), any: r.IntN(2) == 0}}
		memory := NewMemory()
		store := &late{Store: memory, r: r}
		j := NewJournal(store, "p.j", options)
		payload, acknowledged := randomBytes(r, 200+r.IntN(400)), []byte(nil)
		for range 3 + r.IntN(10) {
			if len(payload) > 40 {
				payload = changed(r, payload)
			}
			payload = append(payload, byte(r.IntN(256)))
			for {
				_, err := j.Write(ctx, j.Version(), payload)
				if err == nil {
					break
				}
				if !errors.Is(err, ErrStore) && !errors.Is(err, ErrFenced) {
					t.Fatalf("seed %d: %v", seed, err)
				}
				if errors.Is(err, ErrFenced) || r.IntN(2) == 0 { // by a write of its own that was late
					for {
						_, err := j.Resolve(ctx)
						if err == nil {
							break
						}
						if !errors.Is(err, ErrStore) {
							t.Fatalf("seed %d: %v", seed, err)
						}
					}
				}
			}
			acknowledged = payload
			requireNewest(t, seed, memory, options, acknowledged)
		}
		for len(store.waiting) > 0 {
			store.carryOut(0)
		}
		requireNewest(t, seed, memory, options, acknowledged)
		failed += store.failed
	}
	if failed < int(drawn.Seeds(400)) {
		t.Errorf("%d writes timed out, want more", failed)
	}
}

// requireNewest fails the test unless a new process reads the payload.
func requireNewest(t *testing.T, seed uint64, store Store, options JournalOptions, want []byte) {
	t.Helper()
	if r, err := NewJournal(store, "p.j", options).Load(context.Background()); err != nil || !bytes.Equal(r.Payload, want) {
		t.Fatalf("seed %d: version %d of %d bytes (%v), want %d bytes", seed, r.Version, len(r.Payload), err, len(want))
	}
}
