package live

import (
	"bytes"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// bounds are the limits of the schema that the project was altered to, as they were read
// last, and the settings that they stand above. mu guards all.
type bounds struct {
	mu     sync.Mutex
	learn  *LearnSettings // nil where this process does not learn
	stored []byte
	limits project.Limits
}

// altered returns the limits that the project was altered to.
func (s *schemas) altered() param.Settings {
	s.bounds.mu.Lock()
	defer s.bounds.mu.Unlock()
	return s.bounds.limits.Settings()
}

// declare makes messages be encoded as the settings of a learner say, nil for none,
// under the limits of the project. It changes nothing before use is called.
func (s *schemas) declare(learn *LearnSettings) (use func(), err error) {
	s.bounds.mu.Lock()
	limits := s.bounds.limits
	s.bounds.mu.Unlock()
	encoding, err := newEncoding(learn, limits)
	if err != nil {
		return nil, err
	}
	return func() {
		s.bounds.mu.Lock()
		defer s.bounds.mu.Unlock()
		s.bounds.learn = learn
		s.encoding.Store(encoding)
	}, nil
}

// follow takes over the limits that are stored with the project. A learner whose own
// settings they contradict goes on with its own, and says so.
func (s *schemas) follow(definitions map[string][]byte) error {
	stored := definitions[project.LimitsRecord]
	b := &s.bounds
	b.mu.Lock()
	defer b.mu.Unlock()
	if bytes.Equal(stored, b.stored) {
		return nil
	}
	limits, err := project.StoredLimits(definitions)
	if err != nil {
		return err
	}
	b.stored = stored
	encoding, err := newEncoding(b.learn, limits)
	if err != nil {
		s.home.warn("the limits of the project were altered to %s, which this learner cannot follow: %v; change its settings and start it again", limits.Settings(), err)
		return nil
	}
	b.limits = limits
	s.encoding.Store(encoding)
	if b.learn != nil {
		s.home.warn("the limits of the project were altered to %s: this learner follows, whatever its own settings say", limits.Settings())
	}
	return nil
}
