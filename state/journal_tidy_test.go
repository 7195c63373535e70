package state

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestMarkInterval: a journal that is opened with another interval is refused
// before anything is taken for something else, be it by the hint or the marks.
func TestMarkInterval(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name     string
		versions int
		hint     bool
		refused  bool
	}{
		{name: "by the hint", versions: 3, hint: true, refused: true},
		{name: "by the marks", versions: 25, refused: true},
		{name: "neither yet, so no key was deleted", versions: 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := NewMemory()
			j := testJournal(store, JournalOptions{MarkInterval: 4})
			if c.versions < 4 {
				j = testJournal(store, JournalOptions{MarkInterval: 10})
			}
			for v := range c.versions {
				writeAll(t, j, fmt.Sprint(v+1))
			}
			if !c.hint {
				must(t, store.Delete(ctx, "p.j.head"))
			}
			r, err := testJournal(store, JournalOptions{MarkInterval: 6}).Load(ctx)
			if c.refused {
				if !errors.Is(err, errMarkInterval) || !strings.Contains(err.Error(), "p.j") {
					t.Errorf("error %v, want ErrMarkInterval", err)
				}
				return
			}
			must(t, err)
			if r.Version != uint64(c.versions) {
				t.Errorf("version %d, want %d", r.Version, c.versions)
			}
		})
	}
}

// TestKeysBounded counts keys after 100,000 versions, some of which were cut
// short and sealed, others in parts: no more than the versions since the mark
// before the last, their parts, and the marks of that time.
func TestKeysBounded(t *testing.T) {
	ctx := context.Background()
	const (
		versions = 100_000
		most     = 2*defaultMarkInterval + 200
	)
	for _, c := range []struct {
		name     string
		maxValue int
		tornEach int
	}{
		{name: "one key each"},
		{name: "three parts each", maxValue: 4},
		{name: "one in ten is cut short", tornEach: 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := NewMemory()
			options := JournalOptions{MaxValue: c.maxValue}
			j := testJournal(store, options)
			highest := 0
			for j.Version() < versions {
				writeAll(t, j, fmt.Sprintf("%010d", j.Version()+1))
				if c.tornEach > 0 && j.Version()%uint64(c.tornEach) == 0 {
					// A writer was killed in the middle of the next version.
					must(t, store.Add(ctx, fmt.Sprint("p.j.", j.Version()+1), []byte("rSML")))
					_, err := j.Resolve(ctx)
					must(t, err)
				}
				if j.Version()%defaultMarkInterval == 0 {
					highest = max(highest, len(store.Keys()))
				}
			}
			t.Logf("%d keys after %d versions, at most %d before", len(store.Keys()), j.Version(), highest)
			if highest > most {
				t.Errorf("%d keys, want at most %d", highest, most)
			}
			if r := loadPayload(t, store, options); r.Version != j.Version() {
				t.Errorf("version %d, want %d", r.Version, j.Version())
			}
		})
	}
}

// TestTidyLater: commits without a Tidy are as good, and the next Tidy catches up.
func TestTidyLater(t *testing.T) {
	ctx, store := context.Background(), NewMemory()
	j := testJournal(store, JournalOptions{MaxValue: 2, MarkInterval: 10})
	for v := range uint64(50) {
		_, err := j.commit(ctx, v, fmt.Appendf(nil, "%04d", v+1))
		must(t, err)
	}
	if r := loadPayload(t, store, JournalOptions{MaxValue: 2, MarkInterval: 10}); string(r.Payload) != "0050" {
		t.Errorf("payload %q before tidying, want 0050", r.Payload)
	}
	for range 20 {
		j.tidy(ctx)
	}
	const most = 2*10 + 5 + 6 // versions, marks and hint, parts of the newest
	if n := len(store.Keys()); n > most {
		t.Errorf("%d keys after tidying, want at most %d: %v", n, most, store.Keys())
	}
	if r := loadPayload(t, store, JournalOptions{MaxValue: 2, MarkInterval: 10}); string(r.Payload) != "0050" {
		t.Errorf("payload %q after tidying, want 0050", r.Payload)
	}
}

// guarantor is a store that says that it is atomic.
type guarantor struct{ faulty }

func (*guarantor) Atomic() bool { return true }

// TestOperationsPerVersion counts what a durable version costs: before it is
// acknowledged, and behind it.
func TestOperationsPerVersion(t *testing.T) {
	ctx := context.Background()
	const versions = 5000
	plain, atomic := &faulty{}, &guarantor{}
	for _, c := range []struct {
		name   string
		store  Store
		calls  func() map[string]int
		before int // reads and writes until a version counts
		behind float64
	}{
		// Behind it the version before is looked at and superseded, and an older one is
		// looked at and deleted: both may have been begun anew by somebody else.
		// Add, three marks and the version before; where values may be seen half, value and seal.
		{name: "not atomic", store: plain, calls: func() map[string]int { return plain.calls }, before: 7, behind: 4.5},
		{name: "atomic", store: atomic, calls: func() map[string]int { return atomic.calls }, before: 5, behind: 3.7},
	} {
		t.Run(c.name, func(t *testing.T) {
			total := func() int {
				n := 0
				for _, calls := range c.calls() {
					n += calls
				}
				return n
			}
			j := testJournal(c.store, JournalOptions{})
			before, behind := 0, 0
			for v := range uint64(versions) {
				start := total()
				_, err := j.commit(ctx, v, []byte("payload"))
				must(t, err)
				committed := total()
				j.tidy(ctx)
				before, behind = before+committed-start, behind+total()-committed
			}
			each := float64(behind) / versions
			t.Logf("%.2f operations until a version counts, %.2f behind it", float64(before)/versions, each)
			if before != versions*c.before-1 || each > c.behind { // the first has none before it
				t.Errorf("want %d and at most %.1f", c.before, c.behind)
			}
		})
	}
}
