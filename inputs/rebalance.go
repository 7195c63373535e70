package inputs

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// groupOptions returns the callbacks of the group. The client calls them one
// at a time, and never between a poll and the AllowRebalance that follows the
// registration of what was polled.
func (s *session) groupOptions() []kgo.Opt {
	return []kgo.Opt{
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, parts map[string][]int32) { s.assigned(parts) }),
		kgo.OnPartitionsRevoked(func(_ context.Context, _ *kgo.Client, parts map[string][]int32) { s.revoked(parts) }),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, parts map[string][]int32) { s.lost(parts) }),
		kgo.OnOffsetsFetched(s.foreign),
		kgo.AdjustFetchOffsetsFn(s.adjust),
	}
}

func (s *session) assigned(parts map[string][]int32) {
	if len(parts) == 0 {
		return
	}
	replaced := s.ledger.assign(parts)
	s.resume(replaced)
	s.log.Infof("group %q gives this process %s", s.set.group, listed(parts))
}

// revoked gives partitions up in order: nothing more is handed out, batches in
// flight are waited for, and what is acknowledged by then is committed before
// the callback returns, which lets the next owner begin.
func (s *session) revoked(parts map[string][]int32) {
	ending, waiting := s.ledger.seal(parts)
	if len(ending) == 0 {
		return
	}
	s.await(ending)
	// A commit under way is waited for: it carries offsets of these
	// assignments and must not arrive after theirs have ended.
	s.commitMu.Lock()
	defer s.commitMu.Unlock()
	acknowledged, unacknowledged := s.ledger.close(ending)
	s.ended(ending, waiting, unacknowledged)
	ctx, cancel := context.WithTimeout(s.ctx, s.set.revoke)
	defer cancel()
	if err := s.store(ctx, acknowledged); err != nil && s.ctx.Err() == nil {
		s.counts.errored.Incr(1, reasonCommit)
		s.log.Warnf("commit before %s goes to another consumer, which reads again what was acknowledged since the last commit: %v", listed(parts), err)
	}
	s.log.Infof("group %q takes %s from this process; %d records in flight and %d waiting are read again elsewhere", s.set.group, listed(parts), unacknowledged, waiting)
}

// lost ends assignments that others may hold already: nothing is committed.
func (s *session) lost(parts map[string][]int32) {
	ending, waiting := s.ledger.seal(parts)
	if len(ending) == 0 {
		return
	}
	s.commitMu.Lock()
	defer s.commitMu.Unlock()
	_, unacknowledged := s.ledger.close(ending)
	s.ended(ending, waiting, unacknowledged)
	s.log.Warnf("group %q has given %s to another consumer without waiting; %d records in flight and %d waiting are read again there", s.set.group, listed(parts), unacknowledged, waiting)
}

// await waits until no batch of the assignments is in flight, for
// revoke_timeout at most and not while the input closes.
func (s *session) await(ending []*assignment) {
	timer := time.NewTimer(s.set.revoke)
	defer timer.Stop()
	for !s.ledger.returned(ending) {
		select {
		case <-s.ledger.back:
		case <-timer.C:
			return
		case <-s.stopping:
			return
		}
	}
}

// ended counts what was dropped and lets the client fetch the partitions again
// should they come back.
func (s *session) ended(ending []*assignment, waiting, unacknowledged int) {
	s.counts.revoked.Incr(int64(waiting), stateWaiting)
	s.counts.revoked.Incr(int64(unacknowledged), stateInFlight)
	s.counts.gone(ending)
	s.resume(ending)
}

func (s *session) resume(ending []*assignment) {
	for _, a := range ending {
		s.flow.regulate(a)
	}
}
