package inputs

import (
	"github.com/redpanda-data/benthos/v4/public/service"
)

// begin is where a group has an assignment begin: the offset that it had committed,
// and the last record before it that had been acknowledged.
type begin struct {
	// at is the offset, -1 where the group had committed none and the settings say
	// where to begin.
	at int64
	// last is the offset of the record, -1 where the commit does not say.
	last int64
}

// noBegin knows nothing.
var noBegin = begin{at: -1, last: -1}

// began notes where the group has the assignment of a partition begin.
func (l *ledger) began(p partition, at begin) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.live[p]; a != nil {
		a.begin, a.last = at, at.last
	}
}

// setBegin sets metadata that says what had been acknowledged when the process began
// to read the partition.
func (o *origin) setBegin(m *service.Message) {
	if o.begin.at < 0 {
		return
	}
	m.MetaSetMut(metaBegin, o.begin.at)
	if o.begin.last >= 0 {
		m.MetaSetMut(metaBeginLast, o.begin.last)
	}
	if o.oldest >= 0 {
		m.MetaSetMut(metaBeginOldest, o.oldest)
	}
}
