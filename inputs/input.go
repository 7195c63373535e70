package inputs

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/broker"
)

// kafka is the input. The host calls Connect, ReadBatch and Close one at a
// time, and acknowledgements from anywhere.
type kafka struct {
	set     *settings
	log     *service.Logger
	counts  *counts
	limiter *broker.Limiter
	hooks   hooks

	// life ends with Close.
	life context.Context
	end  context.CancelFunc

	mu      sync.Mutex
	session *session
}

var (
	_ service.BatchInput         = (*kafka)(nil)
	_ service.ConnectionTestable = (*kafka)(nil)
)

func newKafka(conf *service.ParsedConfig, resources *service.Resources) (service.BatchInput, error) {
	set, err := readSettings(conf, resources.Logger())
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", kafkaName, label(resources), err)
	}
	k := &kafka{set: set, log: resources.Logger(), counts: newCounts(resources.Metrics()), limiter: broker.NewLimiter(time.Now)}
	k.life, k.end = context.WithCancel(context.Background())
	return k, nil
}

// label returns the component's label, without one its path.
func label(resources *service.Resources) string {
	if l := resources.Label(); l != "" {
		return fmt.Sprintf("%q", l)
	}
	return "root." + strings.Join(resources.Path(), ".")
}

// Connect makes a session unless there is one that is of use.
func (k *kafka) Connect(ctx context.Context) error {
	if k.life.Err() != nil {
		return service.ErrEndOfInput
	}
	if k.current() != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(k.life, cancel)()
	s, err := newSession(ctx, k.set, k.log, k.counts, k.hooks)
	if err != nil {
		k.counts.up.Set(0)
		return err
	}
	k.mu.Lock()
	k.session = s
	k.mu.Unlock()
	if k.life.Err() != nil { // closed meanwhile
		return k.Close(context.Background())
	}
	return nil
}

// current returns the session, nil for none.
func (k *kafka) current() *session {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.session
}

// take returns the session and leaves none.
func (k *kafka) take() *session {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.session
	k.session = nil
	return s
}

// ReadBatch waits for records of any partition. A session that has ended is
// closed, and the host connects again.
func (k *kafka) ReadBatch(ctx context.Context) (service.MessageBatch, service.AckFunc, error) {
	s := k.current()
	if s == nil {
		return nil, nil, service.ErrNotConnected
	}
	for {
		if h, ok := s.ledger.next(); ok {
			batch, ack := k.hand(s, h)
			return batch, ack, nil
		}
		select {
		case <-s.ledger.wake:
		case <-s.over:
			s.stop(context.Background())
			k.take()
			return nil, nil, service.ErrNotConnected
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
}

// hand makes a batch of the delivery.
func (k *kafka) hand(s *session, h handout) (service.MessageBatch, service.AckFunc) {
	from := origin{topicID: h.topicID, clusterID: s.clusterID, end: h.end, begin: h.begin, oldest: h.oldest}
	batch := make(service.MessageBatch, len(h.batch))
	for i, r := range h.batch {
		batch[i] = from.message(r)
	}
	var indexer *service.Indexer
	if len(batch) > 1 {
		indexer = batch.Index()
	}
	var once sync.Once
	return batch, func(_ context.Context, err error) error {
		once.Do(func() {
			if err == nil {
				k.acknowledged(s, h)
			} else {
				k.rejected(s, h, rejected(err, len(h.batch), indexer), err)
			}
			s.flow.regulate(h.to)
		})
		return nil
	}
}

func (k *kafka) acknowledged(s *session, h handout) {
	if s.ledger.acknowledge(h.delivery) {
		k.counts.lateAcks.Incr(1)
	}
}

// rejected has the refused messages of the batch handed out again.
func (k *kafka) rejected(s *session, h handout, which []bool, err error) {
	refused := 0
	for _, is := range which {
		if is {
			refused++
		}
	}
	if !k.set.replay {
		k.counts.deleted.Incr(int64(refused))
		if k.limiter.Allow("deleted") {
			k.log.Warnf("%d records of %s:%d were rejected and are lost, as %s is false: %v", refused, h.topic, h.number, service.AutoRetryNacksToggleFieldName, err)
		}
		k.acknowledged(s, h)
		return
	}
	late, again := s.ledger.reject(h.delivery, which)
	switch {
	case late:
		k.counts.lateAcks.Incr(1)
	case again:
		k.counts.redelivered.Incr(int64(refused))
		s.later(h.delivery)
	}
}

// later hands the delivery out again after its pause.
func (s *session) later(d *delivery) {
	if d.pause() == 0 {
		s.ledger.replay(d)
		return
	}
	time.AfterFunc(d.pause(), func() { s.ledger.replay(d) })
}

// Close ends within two seconds, whether or not a broker answers.
func (k *kafka) Close(ctx context.Context) error {
	k.end()
	if s := k.take(); s != nil {
		s.stop(ctx)
	}
	return nil
}

// ConnectionTest looks whether brokers and topics are there, without joining
// the group.
func (k *kafka) ConnectionTest(ctx context.Context) service.ConnectionTestResults {
	found, err := probe(ctx, k.set)
	if err == nil && len(found.missing) > 0 {
		err = fmt.Errorf("%s: %s", fieldTopics, notThere(found.missing[0], k.set))
	}
	if err != nil {
		return service.ConnectionTestFailed(err).AsList()
	}
	return service.ConnectionTestSucceeded().AsList()
}
