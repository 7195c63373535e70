package features

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// remindEvery is how often it is told that the store still fails.
const remindEvery = time.Minute

// failing knows since when the store fails. It is safe for concurrent use.
type failing struct {
	mu    sync.Mutex
	since time.Time // zero while the store works
	said  time.Time // when the failure was told last
}

// note takes what an attempt gave, and returns what is to be told of it; empty for nothing.
// An error that is not the store's ends the failure and is not told: its caller has it.
func (f *failing) note(err error, now time.Time) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	began := f.since
	switch {
	case !errors.Is(err, state.ErrStore):
		f.since = time.Time{}
		if !began.IsZero() && err == nil {
			return "the cache works again"
		}
	case began.IsZero():
		f.since, f.said = now, now
		return fmt.Sprintf("the cache fails, and is tried again; nothing is acknowledged meanwhile: %v", err)
	case now.Sub(f.said) >= remindEvery:
		f.said = now
		return fmt.Sprintf("the cache still fails, after %v, and is tried again; nothing is acknowledged meanwhile: %v", now.Sub(began).Round(time.Second), err)
	}
	return ""
}
