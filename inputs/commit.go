package inputs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// commitTimeout bounds a commit of the loop; what it did not store is part of
// the next one.
const commitTimeout = 10 * time.Second

// commitLoop commits what has been acknowledged, every commit_period.
func (s *session) commitLoop() {
	tick := time.NewTicker(s.set.commitPeriod)
	defer tick.Stop()
	for {
		select {
		case <-s.stopping:
			return
		case <-tick.C:
		}
		if err := s.commit(); err != nil && s.ctx.Err() == nil && !s.isStopping() {
			if rebalancing(err) {
				s.log.Debugf("commit: %v; tried again", err)
				continue
			}
			s.counts.errored.Incr(1, reasonCommit)
			if s.limiter.Allow(reasonCommit) {
				s.log.Warnf("commit: %v; nothing is lost, it is tried again", err)
			}
		}
	}
}

// commit stores what has been acknowledged since the last commit. No rebalance
// passes meanwhile, so the offsets are those of the present assignments.
func (s *session) commit() error {
	s.commitMu.Lock()
	defer s.commitMu.Unlock()
	ctx, cancel := context.WithTimeout(s.polling, commitTimeout)
	defer cancel()
	return s.store(ctx, s.ledger.uncommitted())
}

// store commits the offsets. The caller holds commitMu.
func (s *session) store(ctx context.Context, at offsetMap) error {
	if len(at) == 0 {
		return nil
	}
	var failed error
	stored := offsetMap{}
	s.client.CommitOffsetsSync(s.noted(ctx), at, func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, answer *kmsg.OffsetCommitResponse, err error) {
		if err != nil {
			failed = err
			return
		}
		failed = sortOut(at, answer, stored)
	})
	s.ledger.committed(stored)
	return failed
}

// sortOut puts into stored what the broker has stored and returns the first of
// the errors about the rest.
func sortOut(at offsetMap, answer *kmsg.OffsetCommitResponse, stored offsetMap) (failed error) {
	for _, topic := range answer.Topics {
		for _, p := range topic.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				if failed == nil {
					failed = fmt.Errorf("partition %d of topic %q: %w", p.Partition, topic.Topic, err)
				}
				continue
			}
			if offset, ok := at[topic.Topic][p.Partition]; ok {
				if stored[topic.Topic] == nil {
					stored[topic.Topic] = map[int32]kgo.EpochOffset{}
				}
				stored[topic.Topic][p.Partition] = offset
			}
		}
	}
	return failed
}

// rebalancing reports whether a commit failed because the group is changing,
// which is part of every rebalance.
func rebalancing(err error) bool {
	return errors.Is(err, kerr.RebalanceInProgress) || errors.Is(err, kerr.IllegalGeneration) || errors.Is(err, kerr.UnknownMemberID) || errors.Is(err, context.Canceled)
}
