package broker

import (
	"sync"
	"time"
)

// repeatAfter is how often one line is said while its reason lasts.
const repeatAfter = time.Minute

// maxReasons bounds what a limiter remembers.
const maxReasons = 1000

// Limiter lets a line through at first and once a minute, so that what lasts
// is neither silent nor a flood. It is safe for concurrent use.
type Limiter struct {
	now func() time.Time

	mu   sync.Mutex
	said map[string]time.Time
}

// NewLimiter returns a limiter that takes the time from now.
func NewLimiter(now func() time.Time) *Limiter {
	return &Limiter{now: now, said: map[string]time.Time{}}
}

// Allow reports whether the line of that key is to be said now.
func (l *Limiter) Allow(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if last, ok := l.said[key]; ok && now.Sub(last) < repeatAfter {
		return false
	}
	if len(l.said) >= maxReasons {
		clear(l.said)
	}
	l.said[key] = now
	return true
}

// Forget lets the line of that key through again: its reason has gone.
func (l *Limiter) Forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.said, key)
}
