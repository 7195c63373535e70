package inputs

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
)

func TestWhichMessagesWereRejected(t *testing.T) {
	failure := errors.New("refused")
	messages := func(n int) (service.MessageBatch, *service.Indexer) {
		batch := make(service.MessageBatch, n)
		for i := range batch {
			batch[i] = service.NewMessage([]byte{byte('a' + i)})
		}
		return batch, batch.Index()
	}
	for _, c := range []struct {
		name   string
		answer func(service.MessageBatch) error
		want   string
	}{
		{name: "all", answer: func(service.MessageBatch) error { return failure }, want: "[true true true]"},
		{name: "one", answer: func(b service.MessageBatch) error { return service.NewBatchError(b, failure).Failed(1, failure) }, want: "[false true false]"},
		{name: "none by name means all", answer: func(b service.MessageBatch) error { return service.NewBatchError(b, failure) }, want: "[true true true]"},
		{name: "of a batch that was reordered", answer: func(b service.MessageBatch) error {
			turned := service.MessageBatch{b[2].Copy(), b[0].Copy()}
			return service.NewBatchError(turned, failure).Failed(0, failure)
		}, want: "[false false true]"},
		{name: "of a stranger means all", answer: func(b service.MessageBatch) error {
			other := service.MessageBatch{service.NewMessage([]byte("x"))}
			return service.NewBatchError(other, failure).Failed(0, failure)
		}, want: "[true true true]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			batch, indexer := messages(3)
			if got := fmt.Sprint(rejected(c.answer(batch), 3, indexer)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// The pause before a rejected delivery comes again: none at first, then
// doubling to a second, for however many attempts.
func TestPausesGrow(t *testing.T) {
	for attempts, want := range map[int]time.Duration{0: 0, 1: 0, 2: 10 * time.Millisecond, 3: 20 * time.Millisecond, 8: 640 * time.Millisecond, 9: time.Second, 1 << 40: time.Second} {
		if got := (&delivery{attempts: attempts}).pause(); got != want {
			t.Errorf("after %d attempts: got %v, want %v", attempts, got, want)
		}
	}
}
