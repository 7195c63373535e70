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
// defaults where there is none, under limits that the project was altered to. Settings
// that contradict each other are an error.
func newEncoding(learn *LearnSettings, limits project.Limits) (*encoding, error) {
	var config schema.Config
	var powers *Powers
	if learn != nil {
		config = learn.Schema
		if len(learn.Powers.Attributes) > 0 {
			powers = &learn.Powers
		}
	}
	config, err := limits.Over(config)
	if err != nil {
		return nil, err
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
	outage   *outage
	encoding atomic.Pointer[encoding]
	current  atomic.Pointer[settled]
	shape    atomic.Uint64 // grows when an attribute has got another type

	log *project.SchemaLog

	mu sync.Mutex // held while the schema is replaced

	bounds bounds
}

func newSchemas(h *home, o *outage) *schemas {
	s := &schemas{home: h, outage: o, log: project.NewSchemaLog(h.store, h.base())}
	s.current.Store(settle(&schema.Schema{}))
	return s
}

// load reads the stored schema, checks it against the rules, and stores what these
// change of it.
func (s *schemas) load(ctx context.Context) error {
	if err := s.refresh(ctx); err != nil {
		return err
	}
	if err := s.check(); err != nil {
		return err
	}
	rules, current := s.encoding.Load().rules, s.current.Load().schema
	changes, err := rules.Changes(current)
	if err != nil || changes.Empty() {
		return err
	}
	if before, ok := current.Reading(); ok && changes.Reading != nil {
		s.home.warn("documents are read by %s from now on; before it was %s. What was learned stays as it is", changes.Reading.Settings(), before.Settings())
	}
	grown, err := s.log.Grow(ctx, changes, rules.Limits())
	if err != nil {
		return err
	}
	s.adopt(grown)
	return nil
}

// reading returns how documents of the project are read, as far as it is known.
func (s *schemas) reading() schema.Reading {
	r, err := s.encoding.Load().rules.ReadingOf(s.current.Load().schema)
	if err != nil { // load has refused it
		return schema.DefaultReading()
	}
	return r
}

// refresh takes a newer schema over, if there is one.
func (s *schemas) refresh(ctx context.Context) error {
	current, err := s.log.Load(ctx)
	if err != nil {
		return err
	}
	s.adopt(current)
	return nil
}

// grow settles new attributes and categories once for all shards: the process
// that writes first decides, others take what they find.
func (s *schemas) grow(ctx context.Context, growth schema.Growth) (*settled, error) {
	var grown *schema.Schema
	err := state.Retry(ctx, func() (err error) {
		grown, err = s.log.Grow(ctx, growth, s.encoding.Load().rules.Limits())
		return s.outage.waiting(err)
	})
	if err != nil {
		return nil, fmt.Errorf("grow the schema of project %q: %w", s.home.project, err)
	}
	for _, u := range growth.Unread {
		s.home.warn("%q is %s, of which nothing is learned: %s", u.Name, u.Sort, u.Advice)
	}
	return s.adopt(grown), nil
}

// adopt returns the newest schema that is known: the given one, unless a newer
// one has been read.
func (s *schemas) adopt(given *schema.Schema) *settled {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before := s.current.Load(); given.Version() > before.schema.Version() {
		next := settle(given)
		s.current.Store(next)
		if !next.layout.Extends(before.layout) {
			s.shape.Add(1)
		}
	}
	return s.current.Load()
}

// check compares the schema with what the learner's settings declare.
func (s *schemas) check() error { return s.encoding.Load().rules.Check(s.current.Load().schema) }

// columns are those of the newest schema that is known, for what reads statistics.
func (s *schemas) columns() stats.Columns {
	return project.Columns{
		Current: func() *stats.Layout { return s.current.Load().layout },
		Reread: func(ctx context.Context) (*stats.Layout, error) {
			if err := s.refresh(ctx); err != nil {
				return nil, err
			}
			return s.current.Load().layout, nil
		},
	}
}

// reader returns a reader of batches, to be given back by its release.
func (s *schemas) reader() *batchReader { return s.encoding.Load().readers.get() }
