package features

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Settings say how the state of features is kept.
type Settings struct {
	Plan   *Plan
	Limits Limits
	// Durable makes Take return when the store has the state with its rows.
	// Otherwise the state is written each Every and by Close, and a crash may lose
	// or repeat that much of it.
	Durable bool
	// Every is how often the state is written unless it is Durable.
	Every time.Duration
	// Verify says what happens to rows that are not what was taken at their
	// positions.
	Verify state.Verify
	// Warn is called with a sentence when the store begins to fail, once a minute while
	// it goes on, when it works again, and when another owner's rows have replaced rows. It may be nil.
	Warn func(text string)
	// Stopped is called each time that something stood against taking rows of a shard:
	// "fenced", another process has written it first; "lost", keys were gone from the
	// store; "contradiction", a row is not the one that was taken at its position; "owed",
	// rows have to be delivered again first. It may be nil.
	Stopped func(reason string)
	// Missing is called with how many positions of a shard were acknowledged and are not in
	// it, and why: the reasons are those of [state.MissingNote]. It may be nil.
	Missing func(reason string, positions uint64)
}

// Shards is the state of features under one base key of a store: it opens a shard when the first
// row of the shard comes, writes shards, and removes pages that they no longer
// need. It is safe for concurrent use. Processes that take rows of one shard
// fence each other.
type Shards struct {
	store    state.Store
	base     string
	settings Settings
	failing  failing

	mu   sync.Mutex
	open map[string]*shard

	stop context.CancelFunc // ends the writing by interval; nil for none
	work sync.WaitGroup
}

// NewShards returns the features whose keys begin with base. It reads nothing, and
// writes by interval from now on unless the settings are Durable, so Close must be
// called. The error names the setting that is wrong.
func NewShards(store state.Store, base string, settings Settings) (*Shards, error) {
	switch {
	case base == "":
		return nil, fmt.Errorf("base: %q is no beginning of a key", base)
	case settings.Plan == nil:
		return nil, fmt.Errorf("%w: there is no plan", errSpec)
	case settings.Limits.Keys < 0 || settings.Limits.Replay < 0:
		return nil, fmt.Errorf("limits: %d keys and %d remembered rows, want neither negative", settings.Limits.Keys, settings.Limits.Replay)
	case !settings.Durable && settings.Every <= 0:
		return nil, fmt.Errorf("every: %v is not positive", settings.Every)
	}
	if settings.Warn == nil {
		settings.Warn = func(string) {}
	}
	if settings.Stopped == nil {
		settings.Stopped = func(string) {}
	}
	if settings.Missing == nil {
		settings.Missing = func(string, uint64) {}
	}
	s := &Shards{store: store, base: base, settings: settings, open: map[string]*shard{}}
	if !settings.Durable {
		ctx, stop := context.WithCancel(context.Background())
		s.stop = stop
		s.work.Go(func() { s.tend(ctx) })
	}
	return s, nil
}

// Delivery is one row as the input delivered it, and what became of it.
type Delivery struct {
	Row
	// Shard is the source of the row. A delivery without a shard is skipped.
	Shard string
	// Offset is the position of the row in its shard; without HasOffset a row that
	// is delivered again is taken again.
	Offset    int64
	HasOffset bool
	// Origin is where the input says that the row comes from, and Stamp the time that
	// the source keeps with it, 0 for none. With them and the row's values a row that
	// is delivered again is verified.
	Origin state.Origin
	// Begin is where the input says that it began to read the source of the row.
	Begin state.Begin
	Stamp int64
	// Err is the error of an invalid row. When it is set before Take, only the
	// position counts as seen. Take sets it when the row has the wrong number of
	// values.
	Err error
	// Features is the result, one value per feature of the plan, NaN for none. Of a
	// row that is delivered again it is what the row got the first time, nil when
	// that is no longer remembered.
	Features []float64
	// Replayed says that the row has been delivered before. Take sets it.
	Replayed bool

	taken bool
}

// Take computes the features of the rows, shard by shard, each shard's rows in
// the order of the slice. A store that fails is tried again until ctx ends. With
// Settings.Durable every row whose result is returned is in the store.
//
// An error says that a shard cannot be opened, read or written, such as a record
// that is damaged (wire.ErrCorrupt, wire.ErrUnknownVersion) or was written for
// other features (errChanged), or that ctx has ended. Take may be called again
// with the same slice: rows of shards that have been taken are skipped.
func (s *Shards) Take(ctx context.Context, rows []Delivery) error {
	type source struct {
		shard      string
		origin     state.Origin
		positioned bool
	}
	bySource := map[source][]*Delivery{}
	var order []source
	for i := range rows {
		d := &rows[i]
		if d.Shard == "" || d.taken {
			continue
		}
		at := source{shard: d.Shard, origin: d.Origin, positioned: d.HasOffset}
		if bySource[at] == nil {
			order = append(order, at)
		}
		bySource[at] = append(bySource[at], d)
	}
	for _, at := range order {
		if err := s.takeShard(ctx, at.shard, bySource[at]); err != nil {
			return fmt.Errorf("features %q: %w", s.base, err)
		}
	}
	return nil
}

// takeShard takes rows of one shard and origin, all with an offset or all without.
func (s *Shards) takeShard(ctx context.Context, id string, rows []*Delivery) error {
	sh, err := s.shard(ctx, id)
	if err != nil {
		return err
	}
	err = s.retry(ctx, func() error {
		err := sh.take(ctx, rows)
		if errors.Is(err, state.ErrStore) {
			// A page can be gone because another owner has written: look for a
			// newer record.
			var dropped *state.DroppedError
			if flushErr := sh.flush(ctx); errors.As(flushErr, &dropped) {
				s.warn("%v", dropped)
			} else if flushErr != nil {
				return flushErr
			} else if errors.Is(err, state.ErrNotFound) {
				return errors.Join(err, s.giveUpPages(ctx, sh))
			}
		}
		return err
	})
	if err != nil {
		s.stopped(err)
		return err
	}
	for _, d := range rows {
		d.taken = true
	}
	lost, err := sh.keep(ctx)
	s.warnLost(id, lost)
	if errors.Is(err, state.ErrStore) {
		sh.restored.Store(true) // it is looked at again with the next batch
		return nil
	}
	return err
}

// giveUpPages gives up the pages of a shard that are gone, and tells of it.
func (s *Shards) giveUpPages(ctx context.Context, sh *shard) error {
	lost, err := sh.keepPages(ctx)
	s.warnLost(sh.record.ID(), lost)
	return err
}

// warnLost tells of pages that are gone.
func (s *Shards) warnLost(id string, pages int) {
	if pages > 0 {
		s.warn("%d of %d pages of shard %q are gone from the cache: the series of their keys begin anew", pages, pageCount, id)
	}
}

// shard returns the open shard of that id, opening it at first use.
func (s *Shards) shard(ctx context.Context, id string) (*shard, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sh, ok := s.open[id]; ok {
		return sh, nil
	}
	var sh *shard
	err := s.retry(ctx, func() (err error) {
		sh, err = openShard(ctx, s.store, s.base, id, &s.settings)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.open[id] = sh
	return sh, nil
}

// retry is state.Retry that tells when the store begins to fail, once a minute while it
// goes on, and when it works again.
func (s *Shards) retry(ctx context.Context, fn func() error) error {
	return state.Retry(ctx, func() error {
		err := fn()
		if text := s.failing.note(err, time.Now()); text != "" {
			s.warn("%s", text)
		}
		return err
	})
}

func (s *Shards) warn(format string, args ...any) {
	s.settings.Warn(fmt.Sprintf("features %q: ", s.base) + fmt.Sprintf(format, args...))
}

// tend writes the state that is not stored yet, once per interval.
func (s *Shards) tend(ctx context.Context) {
	ticker := time.NewTicker(s.settings.Every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := s.flush(ctx); err != nil && ctx.Err() == nil {
				s.warn("write state: %v", err)
			}
		}
	}
}

func (s *Shards) flush(ctx context.Context) error {
	var failed []error
	for _, sh := range s.all() {
		failed = append(failed, sh.flush(ctx))
	}
	return errors.Join(failed...)
}

// all returns the open shards in alphabetical order.
func (s *Shards) all() []*shard {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]*shard, 0, len(s.open))
	for _, id := range slices.Sorted(maps.Keys(s.open)) {
		out = append(out, s.open[id])
	}
	return out
}

// Close ends the writing by interval and writes what is not stored yet; a store
// that fails is tried again until ctx ends. No row must be taken afterwards. The
// error is a *state.DroppedError when another owner's rows have replaced rows
// that were not stored.
func (s *Shards) Close(ctx context.Context) error {
	if s.stop != nil {
		s.stop()
		s.work.Wait()
	}
	if err := s.retry(ctx, func() error { return s.flush(ctx) }); err != nil {
		return fmt.Errorf("close features %q: %w", s.base, err)
	}
	return nil
}
