package wrap

import (
	"sync"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// FrameSet is the frames that the statistics of a project count in. Statistics
// follow it when they learn. It is safe for concurrent use; the zero value is
// empty.
type FrameSet struct {
	// changing is held by writers only, from reading the current list until the next
	// one is in place.
	changing sync.Mutex
	current  atomic.Pointer[frameList] // nil when empty; never changed
}

// frameList is a FrameSet at one moment.
type frameList struct {
	active []stats.Frame
	known  map[string]bool // by ID: whether it is active
}

// Settle makes the given frames those that are counted in from now on. One that
// was among them earlier is dropped by each statistic that learns; frames that
// were never given stay. An invalid frame is an error and changes nothing.
func (s *FrameSet) Settle(frames []stats.Frame) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	next := &frameList{known: map[string]bool{}}
	if now := s.current.Load(); now != nil {
		for id := range now.known {
			next.known[id] = false
		}
		if same(now, frames) {
			return nil
		}
	}
	for i := range frames {
		if err := frames[i].Validate(); err != nil {
			return err
		}
		next.known[frames[i].ID()] = true
		next.active = append(next.active, frames[i])
	}
	s.current.Store(next)
	return nil
}

// same reports whether exactly these frames are active.
func same(l *frameList, frames []stats.Frame) bool {
	for i := range frames {
		if !l.known[frames[i].ID()] {
			return false
		}
	}
	return len(frames) == len(l.active)
}

// Active returns the frames that are counted in. They must not be changed.
func (s *FrameSet) Active() []stats.Frame {
	if l := s.current.Load(); l != nil {
		return l.active
	}
	return nil
}
