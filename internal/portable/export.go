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

	"github.com/rpconnect-sml/rpconnect-sml/live"
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
	// Models are the definitions, canonical bytes by name.
	Models map[string][]byte
	// Shards are in order of their ids.
	Shards []Shard
}

// Shard is the statistics of one source with the positions they contain.
type Shard struct {
	ID         string
	Ended      bool
	Version    uint64 // in the store that it was read from; no part of the content
	Positions  *state.Positions
	Statistics stats.Additive
}

// Read reads a project without writing anything; maker must be that of its
// learner. Each shard is whole in itself, whatever is learned meanwhile. The
// error wraps ErrNoProject when there is nothing, ErrKeysChange when a project
// that keeps statistics per key is written too fast for them to be read,
// otherwise it is that of the records: state.ErrStore, wire.ErrCorrupt,
// wire.ErrUnknownVersion, or stats.ErrIncompatible when maker has other settings.
func Read(ctx context.Context, store state.Store, prefix, project string, maker stats.Maker) (*Export, error) {
	for try := 1; ; try++ {
		e, err := ReadRows(ctx, store, prefix, project, maker)
		if err != nil {
			return nil, err
		}
		for i := range e.Shards {
			s := &e.Shards[i]
			if s.Statistics, err = withKeys(ctx, store, state.ProjectBase(prefix, project), s.ID, s.Statistics); err != nil {
				err = fmt.Errorf("read project %q: keys of shard %q: %w", project, s.ID, err)
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
func ReadRows(ctx context.Context, store state.Store, prefix, project string, maker stats.Maker) (*Export, error) {
	base := state.ProjectBase(prefix, project)
	reader := state.NewShardReader(store, base, maker)
	if err := reader.Refresh(ctx); err != nil {
		return nil, fmt.Errorf("read project %q: %w", project, err)
	}
	// After the shards, so that it has all that they know.
	current, err := state.NewSchemaLog(store, base).Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the schema of project %q: %w", project, err)
	}
	models, err := state.NewDefinitionLog(store, base).Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the models of project %q: %w", project, err)
	}
	e := &Export{Project: project, Schema: current, Models: models}
	for _, s := range reader.Shards() {
		if s.Version == 0 {
			continue // registered, and nothing written yet
		}
		e.Shards = append(e.Shards, Shard{ID: s.ID, Ended: s.Ended, Version: s.Version, Positions: s.Positions, Statistics: s.Content})
	}
	if len(e.Shards) == 0 && len(models) == 0 && len(current.Attributes()) == 0 {
		return nil, fmt.Errorf("%w: %q", ErrNoProject, project)
	}
	slices.SortFunc(e.Shards, func(a, b Shard) int { return cmp.Compare(a.ID, b.ID) })
	return e, nil
}

// Whole returns the statistics of all rows that count: those of all shards,
// less what is to be forgotten. Gone tells of rows that were to be forgotten
// and are not among those learned; they stay.
func (e *Export) Whole(maker stats.Maker) (whole stats.Additive, gone error, err error) {
	if whole, err = maker.New(); err != nil {
		return nil, nil, err
	}
	for _, s := range e.Shards {
		if !live.HoldsRows(s.ID) {
			continue
		}
		if err := whole.Merge(s.Statistics); err != nil {
			return nil, nil, fmt.Errorf("shard %q: %w", s.ID, err)
		}
	}
	var failed []error
	for _, s := range e.Shards {
		if !strings.HasPrefix(s.ID, live.ForgetPrefix) {
			continue
		}
		if err := whole.Subtract(s.Statistics); err != nil {
			failed = append(failed, fmt.Errorf("shard %q: %w", s.ID, err))
		}
	}
	return whole, errors.Join(failed...), nil
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
