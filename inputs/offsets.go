package inputs

import (
	"github.com/twmb/franz-go/pkg/kgo"
)

// offsetMap holds a position per partition, as the client takes it.
type offsetMap map[string]map[int32]kgo.EpochOffset

// add adds what the assignment has acknowledged and not committed.
func (m offsetMap) add(a *assignment) {
	if a.next.Offset < 0 || a.next == a.committed {
		return
	}
	if m[a.topic] == nil {
		m[a.topic] = map[int32]kgo.EpochOffset{}
	}
	m[a.topic][a.number] = a.next
}

// uncommitted returns what has been acknowledged since the last commit, of all
// assignments that have not ended.
func (l *ledger) uncommitted() offsetMap {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := offsetMap{}
	for _, a := range l.live {
		l.collect(out, a)
	}
	return out
}

// committed notes what the broker has stored.
func (l *ledger) committed(stored offsetMap) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for topic, parts := range stored {
		for number, at := range parts {
			if a := l.live[partition{topic: topic, number: number}]; a != nil {
				a.committed = at
			}
		}
	}
}

// lags returns how many records of each partition are not acknowledged. ends
// are their ends, where the broker was asked; nil changes nothing.
func (l *ledger) lags(ends map[partition]int64) map[partition]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[partition]int64{}
	for p, a := range l.live {
		if end, ok := ends[p]; ok {
			a.end = end
		}
		out[p] = a.unread()
	}
	return out
}

// topicIDs returns the id of each topic that records have come from.
func (l *ledger) topicIDs() map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string]string{}
	for p, a := range l.live {
		if a.topicID != "" {
			out[p.topic] = a.topicID
		}
	}
	return out
}
