package live

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// settled is the schema at one moment with the layout that follows from it.
type settled struct {
	schema *schema.Schema
	layout *stats.Layout
}

func settle(s *schema.Schema) *settled { return &settled{schema: s, layout: project.LayoutOf(s)} }

// encoding is how messages become rows: the rules of the settings, and readers
// that follow them. Nothing changes it.
type encoding struct {
	rules   *schema.Rules
	readers *pool[*batchReader]
}

// newEncoding returns what encodes messages as the learner's settings say, or by
// defaults where there is none. Settings that contradict each other are an error.
func newEncoding(learn *LearnSettings) (*encoding, error) {
	var config schema.Config
	var powers *Powers
	if learn != nil {
		config = learn.Schema
		if len(learn.Powers.Attributes) > 0 {
			powers = &learn.Powers
		}
	}
	rules, err := schema.NewRules(config)
	if err != nil {
		return nil, err
	}
	return &encoding{rules: rules, readers: newReaders(rules, powers)}, nil
}

// schemas is the newest schema that is known of the project.
type schemas struct {
	home     *home
	encoding atomic.Pointer[encoding]
	current  atomic.Pointer[settled]

	mu  sync.Mutex // held while the schema is replaced
	log *project.SchemaLog
}

func newSchemas(h *home) *schemas {
	s := &schemas{home: h, log: project.NewSchemaLog(h.store, h.base())}
	s.current.Store(settle(&schema.Schema{}))
	return s
}

// load reads the stored schema, and checks it against the rules.
func (s *schemas) load(ctx context.Context) error {
	if err := s.refresh(ctx); err != nil {
		return err
	}
	return s.encoding.Load().rules.Check(s.current.Load().schema)
}

// refresh takes a newer schema over, if there is one.
func (s *schemas) refresh(ctx context.Context) error {
	current, err := s.log.Load(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if current.Version() > s.current.Load().schema.Version() {
		s.current.Store(settle(current))
	}
	return nil
}

// grow settles new attributes and categories once for all shards: the process
// that writes first decides, others take what they find.
func (s *schemas) grow(ctx context.Context, growth schema.Growth) (*settled, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var grown *schema.Schema
	err := state.Retry(ctx, func() (err error) {
		grown, err = s.log.Grow(ctx, growth, s.encoding.Load().rules.Limits())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("grow the schema of project %q: %w", s.home.project, err)
	}
	next := settle(grown)
	s.current.Store(next)
	return next, nil
}

// reader returns a reader of batches, to be given back by its release.
func (s *schemas) reader() *batchReader { return s.encoding.Load().readers.get() }
