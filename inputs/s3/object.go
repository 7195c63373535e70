package s3

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
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
	// held is what the scanner gave last. A failed read may have cut it short, which only
	// what the scanner says next tells.
	held given
	// ended is what the scanner said last: io.EOF, or why it cannot go on.
	ended error
}

// given is a batch of a scanner and its acknowledgement.
type given struct {
	batch service.MessageBatch
	ack   service.AckFunc
}

// contentError is an object whose bytes have come and are not what the scanner reads.
type contentError struct{ err error }

// errChanged is an object that is no longer the one of which messages were handed out.
var errChanged = errors.New("the object has changed")

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
	if t.etag != "" && info.ETag != t.etag { // not every store heeds the condition of the request
		closed := content.Close()
		cancel()
		return nil, errors.Join(errChanged, closed)
	}
	t.etag = info.ETag
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
	for passed := 0; passed < t.handed && !o.done(); {
		passed += len(o.scan(ctx, nil))
	}
	return o, nil
}

// reason says whether it was the request that failed or the content.
func (o *object) reason(err error) error {
	switch failed := o.content.failure(); {
	case failed != nil:
		return failed
	case err == io.EOF:
		return err
	}
	return &contentError{err}
}

// done says that scan has nothing more to return.
func (o *object) done() bool { return o.ended != nil && o.held.batch == nil }

// scan returns what the scanner has given before its last answer and keeps its
// acknowledgement, or gives it at once where nobody is to give it. It sets ended where there is no
// more. What a failed read may have ended it never returns.
func (o *object) scan(ctx context.Context, acks *[]service.AckFunc) service.MessageBatch {
	out := o.held
	o.held = given{}
	if o.ended == nil {
		var err error
		if o.held.batch, o.held.ack, err = o.scanner.NextBatch(ctx); err == nil {
			err = failureOf(o.held.batch)
		}
		if failed := o.content.failure(); failed != nil {
			err = failed // some scanners take it for the end
		}
		if err != nil {
			o.held = given{}
			if o.ended = o.reason(err); o.ended != io.EOF && !isOfItem(o.ended) {
				return nil
			}
		}
	}
	if out.batch == nil {
		return nil
	}
	if acks == nil {
		if err := out.ack(ctx, nil); err != nil {
			o.ended, o.held = err, given{}
		}
		return out.batch
	}
	*acks = append(*acks, out.ack)
	return out.batch
}

// failureOf returns the failed read that a scanner has made messages of, as `csv` does with
// continue_on_error, again and again.
func failureOf(batch service.MessageBatch) error {
	for _, m := range batch {
		if err := m.GetError(); err != nil && !isOfItem(err) {
			return err
		}
	}
	return nil
}

// isOfItem says that an error is that of an item which was read and is not as it should be, so
// that all before it are whole. Behind any other one (of a decompressor, say) the last is not known to be.
func isOfItem(err error) bool {
	var row *csv.ParseError
	var document *json.SyntaxError
	return errors.As(err, &row) || errors.As(err, &document) || errors.Is(err, bufio.ErrTooLong)
}

// next returns messages up to the count and their acknowledgement. None means that the
// object has ended, see ended.
func (o *object) next(ctx context.Context, bucket string, count int) (service.MessageBatch, service.AckFunc) {
	var batch service.MessageBatch
	var acks []service.AckFunc
	for !o.done() && len(batch) < count {
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
