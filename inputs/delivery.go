package inputs

import (
	"errors"
	"time"
	"unsafe"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"
)

// delivery is a stretch of records that is handed out as one batch, and again
// as long as it is rejected.
type delivery struct {
	to *assignment
	// records are those that are not acknowledged yet, in their order.
	records []*kgo.Record
	// size is what the records take in memory.
	size int64
	// next is the position behind the stretch, which may be committed once it
	// and all before it are acknowledged.
	next kgo.EpochOffset
	// last is the offset of the last record of the stretch, -1 where it has none.
	last     int64
	done     bool
	attempts int
}

// Pauses before a rejected delivery is handed out again.
const (
	firstPause = 10 * time.Millisecond
	lastPause  = time.Second
)

// pause returns how long to wait before the next attempt: nothing after the
// first rejection, then 10 ms, doubling to 1 s.
func (d *delivery) pause() time.Duration {
	if d.attempts < 2 {
		return 0
	}
	return min(firstPause<<min(d.attempts-2, 10), lastPause)
}

// rejected returns which of n messages err, the answer to their batch, is
// about: some of them where the output says which, otherwise all. The indexer
// was made when the batch was handed out, nil for a single message.
func rejected(err error, n int, indexer *service.Indexer) []bool {
	out := make([]bool, n)
	found := false
	var which *service.BatchError
	if indexer != nil && errors.As(err, &which) {
		which.WalkMessagesIndexedBy(indexer, func(i int, _ *service.Message, err error) bool {
			switch {
			case err == nil:
			case i < 0 || i >= n:
				// A failed message that comes from none of the batch: whose
				// it is cannot be told, so all are taken for failed.
				found = false
				return false
			default:
				out[i], found = true, true
			}
			return true
		})
	}
	if !found {
		for i := range out {
			out[i] = true
		}
	}
	return out
}

// keep leaves only the rejected records in the delivery. It returns the bytes
// of the others.
func (d *delivery) keep(rejected []bool) (freed int64) {
	left := make([]*kgo.Record, 0, len(d.records))
	for i, r := range d.records {
		if rejected[i] {
			left = append(left, r)
		} else {
			freed += heldSize(r)
		}
	}
	d.records, d.size = left, d.size-freed
	return freed
}

// contentSize returns the bytes of a record that count for a batch.
func contentSize(r *kgo.Record) int {
	size := len(r.Key) + len(r.Value)
	for _, h := range r.Headers {
		size += len(h.Key) + len(h.Value)
	}
	return size
}

// heldSize returns the bytes that a record takes while it is held: its content
// and itself, so that records without any content are bounded too.
func heldSize(r *kgo.Record) int64 {
	return int64(contentSize(r)) + int64(unsafe.Sizeof(*r)) + int64(len(r.Headers))*int64(unsafe.Sizeof(kgo.RecordHeader{}))
}
