package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// ShardOptions say how a shard is kept.
type ShardOptions struct {
	// Durable makes Learn return when the rows are in the store. Otherwise
	// only Flush writes, and what is not flushed can be lost or repeated.
	Durable bool
	// Atomic, MaxValue, MarkInterval and Nonce are those of JournalOptions.
	Atomic       bool
	MaxValue     int
	MarkInterval uint64
	Nonce        func() uint64
	// Before is called before each record is written, when what it will have is decided:
	// an error, which is returned, keeps it from being written. So what depends on the
	// record can be stored no later than the record is. Nil means nothing.
	Before func(ctx context.Context) error
	// Yielding makes Learn go on while the store fails, where it looks whether another
	// owner has written: that shows at the next Flush. Durable shards never look.
	Yielding bool
	// Directory is the project's, when the caller opens many shards: a new one
	// would read all slots again for each. Nil means a new one.
	Directory *Directory
	// Restored is called each time that keys of the shard were gone from the store and
	// what the shard holds has been written again; nil means nothing.
	Restored func(lost error)
	// Agree is called before two states of the shard are joined, or one is written again
	// over another's: an error, which is returned, says that they must not be, such as
	// that they were learned with different schemas. Nil means that they may.
	Agree func(ctx context.Context) error
	// Gap is called when two states of the shard were joined and positions between them are
	// in neither; nil means nothing. Where owed is set they were acknowledged, and are to be
	// delivered again; otherwise they may be positions of no message.
	Gap func(between []Interval, owed bool)
	// Unknown is called when two states of the shard meet of which one remembers nothing
	// more of an earlier topic, and the other has positions of it: whether their messages
	// are in the state that stays cannot be told. Nil means nothing.
	Unknown func(positions []Interval)
	// Fenced is called each time that another owner was first; nil means nothing.
	Fenced func()
	// Sleep waits between two attempts; nil means a timer.
	Sleep func(ctx context.Context, d time.Duration) error
	// now is the clock of the counters; nil means time.Now.
	now func() time.Time
}

// Shard is the content that one source has given, such as statistics, with the
// positions that it contains: the writer's side of a record that is stored as
// one. It is safe for concurrent use; processes that open the same shard fence
// each other.
type Shard[T Content] struct {
	id    string
	codec Codec[T]
	opts  ShardOptions

	turn    chan struct{} // holds one token while somebody uses journal and draft
	journal *Journal
	draft   *draft
	size    int // bytes of the last draft

	version atomic.Uint64

	mu        sync.Mutex
	loaded    bool // content is there
	content   T
	positions *Positions
	acked     *Positions // as of version; nil before the first one
	writer    uint64     // by which the record tells the messages without positions of this one
	learned   uint64     // counts the changes of content and positions
	stored    uint64     // learned, as of version
	unsaved   int        // messages since stored
	dropped   int        // messages that a Flush has yet to report
	waiting   map[*waiter]struct{}
	fresh     []int
	counters  Counters

	listed     bool // in the directory before, and without a record
	begun      Begin
	begunIn    Origin // where begun counts
	unverified int    // replays since the last one that was verified
	doubt      bool   // a replay was contradicted since then
}

// Counters is what a shard has done since it was opened.
type Counters struct {
	Flushes uint64 // records written
	Bytes   uint64 // of their payloads
	Fenced  uint64 // times that another writer was first
	Retries uint64 // attempts after a failure of the store
	Dropped uint64 // messages lost to another writer, without Durable
	// HolesClosed counts holes in the positions that count as seen since there
	// were too many. LateInHole counts messages up to the last of these that
	// were skipped as replays, which some may not have been.
	HolesClosed uint64
	LateInHole  uint64
	LastFlush   time.Duration // time that the last record took
}

// DroppedError says that another owner has written the shard while this one
// had messages that were not stored: they have been dropped in favour of the
// other's state. Only shards that are not durable drop anything.
type DroppedError struct {
	Shard    string
	Messages int // at most; the other owner may have counted some of them
}

// Error names shard and number.
func (e *DroppedError) Error() string {
	return fmt.Sprintf("shard %q: another owner has written it; at most %d messages that were not stored are dropped", e.Shard, e.Messages)
}

// OpenShard registers the shard in the project's directory and loads its
// newest version. The error wraps ErrStore when it is worth trying again,
// else wire.ErrCorrupt, wire.ErrUnknownVersion, ErrName or one of the codec.
func OpenShard[T Content](ctx context.Context, store Store, base, id string, codec Codec[T], opts ShardOptions) (*Shard[T], error) {
	if id == "" {
		return nil, fmt.Errorf("%w: shard %q is empty", ErrName, id)
	}
	if opts.Sleep == nil {
		opts.Sleep = sleep
	}
	if opts.now == nil {
		opts.now = time.Now
	}
	if opts.Nonce == nil {
		opts.Nonce = randomNonce
	}
	directory := opts.Directory
	if directory == nil {
		directory = NewDirectory(store, base)
	}
	listed, err := directory.register(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("register shard %q: %w", id, err)
	}
	key, err := existingShardBase(ctx, store, base, id)
	if err != nil {
		return nil, fmt.Errorf("load shard %q: %w", id, err)
	}
	s := &Shard[T]{
		id: id, codec: codec, opts: opts, turn: make(chan struct{}, 1), waiting: map[*waiter]struct{}{}, writer: opts.Nonce(),
		journal: NewJournal(store, key, JournalOptions{
			Kind: wire.KindShard, Atomic: opts.Atomic, MaxValue: opts.MaxValue, MarkInterval: opts.MarkInterval, Nonce: opts.Nonce,
		}),
	}
	if err := s.load(ctx); err != nil {
		return nil, fmt.Errorf("load shard %q: %w", id, err)
	}
	if s.Version() == 0 {
		if err := s.seek(ctx); err != nil {
			return nil, fmt.Errorf("load shard %q: %w", id, err)
		}
	}
	s.listed = listed && s.Version() == 0
	return s, nil
}

// seek looks for what may be left of a record that was not found, and loads once more, as
// somebody may have written the first version meanwhile.
func (s *Shard[T]) seek(ctx context.Context) error {
	if err := s.journal.findRemnant(ctx); err != nil || s.journal.remnant == 0 {
		return err
	}
	return s.load(ctx)
}

// look asks the store for another owner's version when the offsets do not
// follow those that the shard has: a partition that was away and came back
// shows in no other way. A durable shard need not ask, as it would be fenced.
func (s *Shard[T]) look(ctx context.Context, offsets []int64) error {
	if len(offsets) == 0 || s.follows(offsets[0]) {
		return nil
	}
	if s.opts.Yielding {
		if err := s.catchUp(ctx); !errors.Is(err, ErrStore) {
			return err
		}
		return nil
	}
	return s.retry(ctx, func() error { return s.catchUp(ctx) })
}

func (s *Shard[T]) follows(offset int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	high, ok := s.positions.high()
	return ok && offset > high && offset-1 == high
}

// catchUp takes over what another owner has written, if there is anything, and
// writes again what is gone from the store.
func (s *Shard[T]) catchUp(ctx context.Context) error {
	if calm, err := s.calm(ctx); calm || err != nil {
		return err
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	if s.draft != nil && s.draft.whole {
		return s.restore(ctx, s.draft.lost)
	}
	version := s.version.Load()
	newer, err := s.journal.Newer(ctx, version)
	if err == nil && newer {
		err = s.load(ctx)
	} else if err == nil {
		err = s.journal.kept(ctx, version)
	}
	if errors.Is(err, ErrLost) {
		return s.restore(ctx, err)
	}
	return err
}

// calm reports whether the shard's version is there and the newest.
func (s *Shard[T]) calm(ctx context.Context) (bool, error) {
	version := s.version.Load()
	newer, err := s.journal.Newer(ctx, version)
	if err != nil || newer {
		return false, err
	}
	err = s.journal.kept(ctx, version)
	if errors.Is(err, ErrLost) {
		return false, nil
	}
	return err == nil, err
}

// Follow takes over what another owner has written since, if there is anything; a
// store that fails is tried again until ctx ends.
func (s *Shard[T]) Follow(ctx context.Context) error {
	return s.retry(ctx, func() error { return s.catchUp(ctx) })
}

// load replaces everything by the newest version, unless that is the draft; who
// waits for a record learns again. The caller holds the turn, or nobody else has the shard yet.
func (s *Shard[T]) load(ctx context.Context) error {
	r, err := s.journal.Resolve(ctx)
	if err != nil {
		return err
	}
	if r.Version == s.version.Load() && s.loaded {
		return s.found()
	}
	if d := s.draft; d != nil && bytes.Equal(r.Payload, d.payload) {
		s.landed(r.Version) // a write whose answer was lost has happened
		return s.found()
	}
	positions, content, err := decodeShard(r.Payload, s.codec)
	if err != nil {
		s.draft = nil
		return fmt.Errorf("version %d: %w", r.Version, err)
	}
	switch s.compare(positions) {
	case older:
		return fmt.Errorf("%w: version %d of shard %q, which another owner has written, is older than version %d", ErrLost, r.Version, s.id, s.version.Load())
	case forked:
		return s.heal(ctx, r.Version, positions, content)
	}
	if owed := s.takeOver(r.Version, positions, content); owed != nil {
		return fmt.Errorf("%w: version %d of shard %q, which another owner has written, does not say that positions %s are to be delivered again", ErrLost, r.Version, s.id, ranges(owed))
	}
	return s.found()
}

// adopt replaces everything by a version that was read. The caller holds the turn.
func (s *Shard[T]) adopt(version uint64, positions *Positions, content T) {
	draft := s.draft
	s.draft = nil
	s.tellUnknown(positions, s.acked)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content, s.positions, s.loaded = content, positions, true
	s.version.Store(version)
	s.acked = positions.fork()
	s.stored = s.learned
	// What the other owner built on had messages of this one.
	included := positions.authorAt(s.writer)
	if draft != nil && draft.bare > 0 && draft.bare <= included {
		s.unsaved -= draft.messages
	}
	if !s.opts.Durable {
		s.dropped += s.unsaved
		s.counters.Dropped += uint64(s.unsaved)
	}
	s.unsaved = 0
	s.resolveBare(included)
	s.resolve(s.learned, false)
}

// ID returns the shard's id.
func (s *Shard[T]) ID() string { return s.id }

// Version returns the version that was loaded or written last; 0 before the
// first.
func (s *Shard[T]) Version() uint64 { return s.version.Load() }

// dirty reports whether there is something that is not stored.
func (s *Shard[T]) dirty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.learned != s.stored
}

// View calls fn with the live content and positions, under the shard's
// lock: fn must neither change nor keep them, nor call Learn, Flush
// or Counters.
func (s *Shard[T]) View(fn func(content T, p *Positions)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn(s.content, s.positions)
}

// Counters returns what the shard has done.
func (s *Shard[T]) Counters() Counters {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counters
}

// retry calls fn until it does not fail with ErrStore.
func (s *Shard[T]) retry(ctx context.Context, fn func() error) error {
	again := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.counters.Retries++
	}
	err := retry(ctx, s.opts.Sleep, again, fn)
	if err != nil && !errors.Is(err, ctx.Err()) {
		return fmt.Errorf("shard %q: %w", s.id, err)
	}
	return err
}
