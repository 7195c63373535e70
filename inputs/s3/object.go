package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/minio/minio-go/v7"
	"github.com/redpanda-data/benthos/v4/public/service"
)

// target is an object that is to be read, and how far it has been.
type target struct {
	key string
	// etag is that of the object of which messages were handed out, "" for none yet.
	etag   string
	handed int
}

// object is a target that is open.
type object struct {
	*target
	info    minio.ObjectInfo
	content *stream
	scanner *service.OwnedScanner
	cancel  context.CancelFunc
	// ended is what the scanner said last: io.EOF, or why it cannot go on.
	ended error
}

// contentError is an object whose bytes have come and are not what the scanner reads.
type contentError struct{ err error }

func (e *contentError) Error() string { return e.err.Error() }
func (e *contentError) Unwrap() error { return e.err }

// begin opens the target. Behind a broken read it passes over what was handed out; of an
// object that has changed nothing was.
func (t *target) begin(ctx context.Context, s *store, acknowledged func()) (*object, error) {
	ctx, cancel := context.WithCancel(ctx)
	content, info, err := s.open(ctx, t.key, t.etag)
	if err != nil {
		cancel()
		return nil, err
	}
	if t.etag == "" {
		t.etag = info.ETag
	}
	details := service.NewScannerSourceDetails()
	details.SetName(t.key)
	o := &object{target: t, info: info, content: content, cancel: cancel}
	o.scanner, err = s.set.scanner.Create(content, func(_ context.Context, err error) error {
		if err == nil {
			acknowledged()
		}
		return nil
	}, details)
	if err != nil {
		err = o.reason(err)
		closed := content.Close()
		cancel()
		if errors.Is(err, io.EOF) { // no bytes, not even a header
			acknowledged()
			return nil, io.EOF
		}
		return nil, errors.Join(err, closed)
	}
	for passed := 0; passed < t.handed && o.ended == nil; {
		passed += len(o.scan(ctx, nil))
	}
	return o, nil
}

// reason says whether it was the request that failed or the content.
func (o *object) reason(err error) error {
	switch {
	case o.content.failed != nil:
		return o.content.failed
	case err == io.EOF:
		return err
	}
	return &contentError{err}
}

// scan returns what the scanner gives next and keeps its acknowledgement, or gives it at
// once where nobody is to give it. It sets ended where there is no more.
func (o *object) scan(ctx context.Context, acks *[]service.AckFunc) service.MessageBatch {
	batch, ack, err := o.scanner.NextBatch(ctx)
	if err != nil {
		o.ended = o.reason(err)
		return nil
	}
	if o.content.failed != nil { // a scanner may take what came before the failure for the end, and cut a line short
		o.ended = o.content.failed
		return nil
	}
	if acks == nil {
		if err := ack(ctx, nil); err != nil {
			o.ended = err
		}
		return batch
	}
	*acks = append(*acks, ack)
	return batch
}

// next returns messages up to the count and their acknowledgement. None means that the
// object has ended, see ended.
func (o *object) next(ctx context.Context, bucket string, count int) (service.MessageBatch, service.AckFunc) {
	var batch service.MessageBatch
	var acks []service.AckFunc
	for o.ended == nil && len(batch) < count {
		for _, m := range o.scan(ctx, &acks) {
			o.describe(m, bucket, o.handed+len(batch))
			batch = append(batch, m)
		}
	}
	o.handed += len(batch)
	var once sync.Once
	return batch, func(ctx context.Context, err error) error {
		var failed []error
		once.Do(func() {
			for _, ack := range acks {
				failed = append(failed, ack(ctx, err))
			}
		})
		return errors.Join(failed...)
	}
}

// close ends scanner and request.
func (o *object) close(ctx context.Context) error {
	err := errors.Join(o.scanner.Close(ctx), o.content.Close())
	o.cancel()
	if err != nil {
		return fmt.Errorf("close object %q: %w", o.key, err)
	}
	return nil
}
