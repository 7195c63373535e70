package inputs

import (
	"sync"
)

// pauser is what the client offers to stop and resume partitions.
type pauser interface {
	PauseFetchPartitions(map[string][]int32) map[string][]int32
	ResumeFetchPartitions(map[string][]int32)
}

// flow stops the fetching of partitions whose buffers are full. Whoever
// changes what an assignment holds calls regulate afterwards; each call looks
// at the present state, so that calls in any order end up right. It is safe
// for concurrent use.
type flow struct {
	ledger *ledger
	client pauser

	mu sync.Mutex
}

// regulate stops the partition of the assignment while it holds as much as it
// may, and resumes it when half of that is left or when it has ended: the
// client keeps a pause over assignments.
func (f *flow) regulate(a *assignment) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ledger.mu.Lock()
	was := a.paused
	switch {
	case a.state != open:
		a.paused = false
	case a.bytes >= f.ledger.limits.partition:
		a.paused = true
	case a.bytes <= f.ledger.limits.partition/2:
		a.paused = false
	}
	is := a.paused
	f.ledger.mu.Unlock()
	one := map[string][]int32{a.topic: {a.number}}
	switch {
	case is && !was:
		f.client.PauseFetchPartitions(one)
	case was && !is:
		f.client.ResumeFetchPartitions(one)
	}
}
