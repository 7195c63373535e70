package portable

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ErrNoProject is wrapped when a store has nothing of a project.
var ErrNoProject = errors.New("unknown project")

// Export is a project at one moment. Nothing changes it.
type Export struct {
	// Project is the name that it had; it is no part of the content.
	Project string
	Schema  *schema.Schema
	// Models are the definitions, canonical bytes by name, with the records that
	// project.IsReserved tells apart.
	Models map[string][]byte
	// Shards are in order of their ids.
	Shards []Shard

	composition project.Composition
}

// Composition returns which statistics the project keeps.
func (e *Export) Composition() *project.Composition { return &e.composition }

// Shard is the statistics of one source with the positions they contain.
type Shard struct {
	ID         string
	Ended      bool
	Version    uint64 // in the store that it was read from; no part of the content
	Positions  *state.Positions
	Statistics stats.Additive
}

// Read reads a project without writing anything. Each shard is whole in itself,
// whatever is learned meanwhile. The error wraps ErrNoProject when there is
// nothing, ErrKeysChange when a project that keeps statistics per key is written
// too fast for them to be read, otherwise it is that of the records:
// state.ErrStore, wire.ErrCorrupt, wire.ErrUnknownVersion, or
// stats.ErrIncompatible when a shard is not as the stored composition says.
func Read(ctx context.Context, store state.Store, prefix, name string) (*Export, error) {
	for try := 1; ; try++ {
		e, err := ReadRows(ctx, store, prefix, name)
		if err != nil {
			return nil, err
		}
		for i := range e.Shards {
			s := &e.Shards[i]
			if s.Statistics, err = withKeys(ctx, store, project.Base(prefix, name), s.ID, s.Statistics); err != nil {
				err = fmt.Errorf("read project %q: keys of shard %q: %w", name, s.ID, err)
				break
			}
		}
		switch {
		case err == nil:
			return e, nil
		case !errors.Is(err, state.ErrNotFound):
			return nil, err
		case try == keysTries:
			return nil, fmt.Errorf("%w, or a value was lost: %w", ErrKeysChange, err)
		}
	}
}

// ReadRows is Read without what the project keeps per key: for looking at it,
// not for storing it elsewhere.
func ReadRows(ctx context.Context, store state.Store, prefix, name string) (*Export, error) {
	p, err := project.Open(ctx, store, prefix, name)
	if err != nil {
		return nil, err
	}
	shards, err := p.Shards(ctx)
	if err != nil {
		return nil, err
	}
	// forests are stored before rows are counted in them: read after the shards, they have
	// all nodes
	if err := p.FollowForests(ctx); err != nil {
		return nil, err
	}
	e := &Export{Project: name, Schema: p.Schema, Models: p.Definitions, composition: p.Composition}
	for _, s := range shards {
		e.Shards = append(e.Shards, Shard{ID: s.ID, Ended: s.Ended, Version: s.Version, Positions: s.Positions, Statistics: s.Content})
	}
	if len(e.Shards) == 0 && len(e.Models) == 0 && len(e.Schema.Attributes()) == 0 {
		return nil, fmt.Errorf("%w: %q", ErrNoProject, name)
	}
	slices.SortFunc(e.Shards, func(a, b Shard) int { return cmp.Compare(a.ID, b.ID) })
	return e, nil
}

// Whole returns the statistics of all rows that count: those of all shards, less
// the rows to forget. Gone is about rows to forget that were never learned; they
// are not subtracted.
func (e *Export) Whole() (whole stats.Additive, gone error, err error) {
	maker, err := e.composition.Maker(nil)
	if err != nil {
		return nil, nil, err
	}
	if whole, err = maker.New(); err != nil {
		return nil, nil, err
	}
	for _, s := range e.Shards {
		if !project.HoldsRows(s.ID) {
			continue
		}
		if err := whole.Merge(s.Statistics); err != nil {
			return nil, nil, fmt.Errorf("shard %q: %w", s.ID, err)
		}
	}
	var failed []error
	for _, s := range e.Shards {
		if !strings.HasPrefix(s.ID, project.ForgetPrefix) {
			continue
		}
		if err := whole.Subtract(s.Statistics); err != nil {
			failed = append(failed, fmt.Errorf("shard %q: %w", s.ID, err))
		}
	}
	return whole, errors.Join(failed...), nil
}

// ModelCount returns how many models are defined.
func (e *Export) ModelCount() int {
	n := 0
	for name := range e.Models {
		if !project.IsReserved(name) {
			n++
		}
	}
	return n
}

// idBytes is how much of the SHA-256 of the content makes an id.
const idBytes = 8

// ID identifies the content, whatever the project is called: 16 hexadecimal
// digits.
func (e *Export) ID() string {
	sum := e.sum()
	return hex.EncodeToString(sum[:idBytes])
}

// mark is the id as a position, by which a merged shard says what it contains.
func (e *Export) mark() int64 {
	sum := e.sum()
	return int64(binary.BigEndian.Uint64(sum[:idBytes]) >> 1)
}

func (e *Export) sum() [sha256.Size]byte { return sha256.Sum256(e.content()) }
