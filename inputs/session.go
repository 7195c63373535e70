package inputs

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rpconnect-sml/rpconnect-sml/broker"
)

// session is one client with all that belongs to it, from a connect until the
// input closes or has to connect again. Nothing of it outlives it: what is
// acknowledged later is late.
type session struct {
	set     *settings
	log     *service.Logger
	counts  *counts
	limiter *broker.Limiter
	hooks   hooks

	clusterID string
	client    *kgo.Client
	admin     *kadm.Client
	ledger    *ledger
	flow      *flow

	// ctx is the client's: it ends when stopping has taken long enough.
	// polling ends when stopping begins.
	ctx, polling      context.Context
	cancel, stopPolls context.CancelFunc
	stopping          chan struct{} // closed when stopping begins
	over              chan struct{} // closed when the session is of no more use
	stopOnce, sayOver sync.Once
	loops             sync.WaitGroup

	// foreigners are offsets of the group that are of an earlier topic, with its
	// id. The callbacks of the group alone use it.
	foreigners map[partition]string
	// begins are the offsets of the group, with what their notes say.
	begins map[partition]begin

	// commitMu is held while offsets are collected and committed, and while
	// assignments end.
	commitMu sync.Mutex

	// Of the watch loop alone: the ids of topics and since when no broker
	// answers.
	ids       map[string]string
	away      time.Time
	suspected chan struct{}
	doubtMu   sync.Mutex
	doubts    map[string]int
}

// hooks let a test stand between two steps. Zero in production.
type hooks struct {
	// polled runs after a poll, before what it brought is registered.
	polled func()
	// options are added to those of the client.
	options []kgo.Opt
}

// newSession connects and begins to read. ctx bounds the connecting only.
func newSession(ctx context.Context, set *settings, log *service.Logger, counts *counts, h hooks) (*session, error) {
	found, err := probe(ctx, set)
	if err != nil {
		return nil, broker.Refusal(err)
	}
	s := &session{
		set: set, log: log, counts: counts, limiter: broker.NewLimiter(time.Now), hooks: h,
		clusterID: found.clusterID, ids: found.ids, ledger: newLedger(set.limits),
		stopping: make(chan struct{}), over: make(chan struct{}),
		suspected: make(chan struct{}, 1), doubts: map[string]int{},
	}
	s.sayMissing(found.missing)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.polling, s.stopPolls = context.WithCancel(s.ctx)
	opts := append(append([]kgo.Opt{}, set.connection...), set.consumerOptions()...)
	opts = append(opts, kgo.WithContext(s.ctx))
	if set.group != "" {
		opts = append(opts, s.groupOptions()...)
	}
	// The callbacks of the group can run before NewClient has returned; they
	// wait for the fields below.
	s.commitMu.Lock()
	defer s.commitMu.Unlock()
	if s.client, err = kgo.NewClient(append(opts, h.options...)...); err != nil {
		s.cancel()
		return nil, fmt.Errorf("client: %w", err)
	}
	s.admin = kadm.NewClient(s.client)
	s.flow = &flow{ledger: s.ledger, client: s.client}
	s.counts.up.Set(1)
	s.run(s.pollLoop, s.watchLoop)
	if set.group != "" {
		s.run(s.commitLoop)
	}
	return s, nil
}

// run starts loops; when one returns the session is over.
func (s *session) run(loops ...func()) {
	for _, loop := range loops {
		s.loops.Add(1)
		go func() {
			defer s.loops.Done()
			loop()
			s.end()
		}()
	}
}

// end says that the session is of no more use. It does not wait.
func (s *session) end() { s.sayOver.Do(func() { close(s.over) }) }

func (s *session) isStopping() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

// How long stopping may take: to commit and to leave the group, then to close
// connections. The sum is below the two seconds that the input promises, with
// a broker away too.
const (
	farewell = 1200 * time.Millisecond
	closing  = 500 * time.Millisecond
)

// stop commits what has been acknowledged, leaves the group and ends all that
// the session has started. Batches in flight are not waited for: the host has
// done that before. ctx bounds it further. Who calls it again waits for the
// first call.
func (s *session) stop(ctx context.Context) { s.stopOnce.Do(func() { s.stopNow(ctx) }) }

func (s *session) stopNow(ctx context.Context) {
	s.end()
	close(s.stopping)
	s.stopPolls()
	bye, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	left := make(chan struct{})
	go func() {
		defer close(left)
		s.loops.Wait()
		s.giveUpAll(bye)
		if s.set.group != "" {
			_ = s.client.LeaveGroupContext(bye) // a broker that is away finds out by the session timeout
		}
	}()
	select {
	case <-left:
	case <-bye.Done():
	}
	s.cancel() // ends every request that is still under way
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		<-left
		s.client.CloseAllowingRebalance()
		// Closing polls once more, which would leave a goroutine of the client
		// waiting for ever.
		s.client.AllowRebalance()
	}()
	timer := time.NewTimer(closing)
	defer timer.Stop()
	select {
	case <-closed:
	case <-timer.C:
	}
	s.counts.held.Set(0)
}

// giveUpAll ends all assignments and commits what they have acknowledged.
func (s *session) giveUpAll(ctx context.Context) {
	s.commitMu.Lock()
	defer s.commitMu.Unlock()
	ending, waiting := s.ledger.seal(s.ledger.partitions())
	acknowledged, unacknowledged := s.ledger.close(ending)
	s.counts.gone(ending)
	s.log.Debugf("closing with %d records in flight and %d waiting, which are read again", unacknowledged, waiting)
	if s.set.group == "" {
		return
	}
	if err := s.store(ctx, acknowledged); err != nil {
		s.counts.errored.Incr(1, reasonCommit)
		s.log.Warnf("last commit: %v; what was acknowledged since the one before is read again", err)
	}
}
