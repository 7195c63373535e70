package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Shards of rows.
type (
	rowShard  = state.Shard[stats.Additive]
	rowReader = state.ShardReader[stats.Additive]
	rowState  = state.ShardState[stats.Additive]
)

// leastQuiet is how long a shard must not have been learned before it is looked
// at whether another process has it now.
const leastQuiet = 3 * time.Second

// shards are those that this process has open and learns, and those of other
// processes as they were read last.
type shards struct {
	home      *home
	schemas   *schemas
	outage    *outage
	stops     *stops
	missing   *missingRows
	restored  func(id string, lost error)                // is told of shards that were written again
	before    func(ctx context.Context, id string) error // is called before a record is written
	agree     func(ctx context.Context) error            // whether states of other processes have this one's schema
	maker     func() stats.Maker
	directory *state.Directory
	learned   atomic.Int64 // rows, in this process

	reshape reshaping
	open    openings[*rowShard]

	mu        sync.Mutex
	learnedAt map[string]time.Time // by open shard, when it was last learned
	others    *rowReader
	left      state.Counters // of the shards that this process has left
}

func newShards(h *home, o *outage, st *stops, maker func() stats.Maker) *shards {
	s := &shards{
		home: h, outage: o, stops: st, missing: &missingRows{home: h}, maker: maker, directory: state.NewDirectory(h.store, h.base()),
		learnedAt: map[string]time.Time{},
	}
	s.follow()
	return s
}

// follow begins to read the shards of other processes anew, as after the maker
// has changed.
func (s *shards) follow() { s.read(s.newReader()) }

func (s *shards) newReader() *rowReader {
	r := state.NewShardReader(s.home.store, s.home.base(), s.maker())
	r.Skip(s.learns)
	return r
}

// read makes r what reads the shards of other processes.
func (s *shards) read(r *rowReader) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.others = r
}

// learns reports whether this process learns the shard at present. One that it
// has open and has not learned for a while may have gone to another process.
func (s *shards) learns(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, open := s.learnedAt[id]
	return open && s.home.now().Sub(last) < max(2*s.home.refresh, leastQuiet)
}

// leave closes a shard for what is known of it to be read anew, as that of another
// process. What it has counted stays counted.
func (s *shards) leave(shard *rowShard) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open.drop(shard.ID())
	delete(s.learnedAt, shard.ID())
	addCounters(&s.left, shard.Counters())
}

// addCounters adds what a shard has counted.
func addCounters(to *state.Counters, c state.Counters) {
	to.Flushes += c.Flushes
	to.Bytes += c.Bytes
	to.Fenced += c.Fenced
	to.Retries += c.Retries
	to.Dropped += c.Dropped
	to.HolesClosed += c.HolesClosed
	to.LateInHole += c.LateInHole
	to.LastFlush = max(to.LastFlush, c.LastFlush)
}

// counted is what all shards of this process have counted, those that it has left
// included: it only grows.
func (s *shards) counted() state.Counters {
	s.mu.Lock()
	defer s.mu.Unlock()
	sum := s.left
	for _, shard := range s.mine() {
		addCounters(&sum, shard.Counters())
	}
	return sum
}

// reader returns the reader of the shards of other processes.
func (s *shards) reader() *rowReader {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.others
}

// refresh reads what other processes have written, and reports whether there is
// anything new.
func (s *shards) refresh(ctx context.Context) (changed bool, err error) {
	r := s.reader()
	before := r.Generation()
	if err := r.Refresh(ctx); err != nil {
		return false, err
	}
	return r.Generation() != before, nil
}

// lookAgain reads what other processes have written, of the shards that are open
// here as well: one that another process has now is taken over from there.
func (s *shards) lookAgain(ctx context.Context) error {
	for _, shard := range s.mine() {
		if err := flushShard(ctx, s.home, shard); err != nil {
			s.outage.noteFlush(err)
		}
	}
	_, err := s.refresh(ctx)
	return err
}

// catchUp brings the shards that this process has open up to date, and reads those of
// others.
func (s *shards) catchUp(ctx context.Context) error {
	for _, shard := range s.mine() {
		if err := shard.Follow(ctx); err != nil {
			return err
		}
	}
	_, err := s.refresh(ctx)
	return err
}

// get returns the open shard of that id, opening it at first use.
func (s *shards) get(ctx context.Context, id string, durable bool) (*rowShard, error) {
	shard, err := s.open.get(ctx, id, func() (shard *rowShard, err error) {
		err = state.Retry(ctx, func() error {
			if err := s.schemas.refresh(ctx); err != nil { // a shard may be newer than what is known
				return s.outage.waiting(err)
			}
			shard, err = state.OpenShard(ctx, s.home.store, s.home.base(), id, project.LearnedBy(s.maker(), id), state.ShardOptions{
				Durable: durable, Directory: s.directory, Agree: s.agree, Fenced: func() { s.stops.fenced(id) }, Gap: func(gap []state.Interval, owed bool) { s.missing.between(id, gap, owed) },
				Unknown: func(positions []state.Interval) { s.missing.unknown(id, positions) }, Restored: func(lost error) { s.restored(id, lost) },
				Before: func(ctx context.Context) error { return s.before(ctx, id) },
			})
			return s.outage.waiting(err)
		})
		return shard, err
	})
	if err != nil {
		return nil, fmt.Errorf("open shard %q of project %q: %w", id, s.home.project, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.learnedAt[id] = s.home.now()
	return shard, nil
}

// mine returns the shards that this process has open, by id.
func (s *shards) mine() []*rowShard { return s.open.all() }

// elsewhere returns the shards of other processes as they were read last.
func (s *shards) elsewhere() []rowState { return s.reader().Shards() }

// source is one shard with rows: live where this process learns it.
type source struct {
	id      string
	version uint64
	live    *rowShard      // nil for one of another process
	content stats.Additive // of another process; nothing changes it
	// positions are those of another process.
	positions *state.Positions
}

// missing says what the positions of the shard tell of rows that are not in it.
func (s *source) missing() string {
	var m state.Missing
	if s.live == nil && s.positions != nil {
		m = s.positions.Missing()
	} else if s.live != nil {
		s.live.View(func(_ stats.Additive, p *state.Positions) { m = p.Missing() })
	}
	return m.String()
}

// forgotten reports whether the rows are to be taken away from those of the
// other shards.
func (s *source) forgotten() bool { return strings.HasPrefix(s.id, project.ForgetPrefix) }

// view calls fn with the statistics, which it must neither change nor keep.
func (s *source) view(fn func(a stats.Additive)) {
	if s.live == nil {
		fn(s.content)
		return
	}
	s.live.View(func(a stats.Additive, _ *state.Positions) { fn(a) })
}

// all returns all shards with rows that count or are to be forgotten, each once:
// from this process, unless another one has written it since.
func (s *shards) all() []source {
	others := s.elsewhere()
	newest := map[string]uint64{}
	for i := range others {
		newest[others[i].ID] = others[i].Version
	}
	var out []source
	mine := map[string]bool{}
	for _, shard := range s.mine() {
		if version := shard.Version(); newest[shard.ID()] <= version {
			mine[shard.ID()] = true
			out = append(out, source{id: shard.ID(), version: version, live: shard})
		}
	}
	for i := range others {
		if o := &others[i]; !mine[o.ID] && !strings.HasPrefix(o.ID, project.FrozenPrefix) {
			out = append(out, source{id: o.ID, version: o.Version, content: o.Content, positions: o.Positions})
		}
	}
	return out
}

// frozen returns the statistics that a frozen version was built from, nil when
// they have not been read yet.
func (s *shards) frozen(version string) stats.Additive {
	for _, o := range s.elsewhere() {
		if o.ID == project.FrozenPrefix+version {
			return o.Content
		}
	}
	return nil
}

// flush writes what is not stored yet, and then removes the values that the
// stored records need no longer.
func (s *shards) flush(ctx context.Context) error {
	var failed []error
	for _, shard := range s.mine() {
		failed = append(failed, flushShard(ctx, s.home, shard))
	}
	return errors.Join(failed...)
}
