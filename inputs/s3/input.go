package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// input reads a bucket. The host calls Connect and ReadBatch one at a time, and
// acknowledgements from anywhere.
type input struct {
	set     *settings
	log     *service.Logger
	objects *service.MetricCounter
	retries *service.MetricCounter

	// life ends with Close.
	life context.Context
	end  context.CancelFunc

	// mu guards what follows; Close ends life first, so that nobody holds it for long.
	mu      sync.Mutex
	listing *listing
	target  *target
	object  *object
	retry   backoff
}

var (
	_ service.BatchInput         = (*input)(nil)
	_ service.ConnectionTestable = (*input)(nil)
)

// States of objects, as the metric counts them.
const (
	stateAcknowledged = "acknowledged"
	statePassedOver   = "passed_over"
)

func newInput(conf *service.ParsedConfig, resources *service.Resources) (*input, error) {
	set, err := readSettings(conf)
	if err != nil {
		return nil, err
	}
	in := &input{
		set:     set,
		log:     resources.Logger(),
		objects: resources.Metrics().NewCounter("sml_s3_objects_total", "state"),
		retries: resources.Metrics().NewCounter("sml_s3_retries_total"),
	}
	in.life, in.end = context.WithCancel(context.Background())
	return in, nil
}

// Connect lists the beginning of the bucket.
func (in *input) Connect(ctx context.Context) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.life.Err() != nil {
		return service.ErrEndOfInput
	}
	if in.listing != nil {
		return nil
	}
	ctx, cancel := in.within(ctx)
	defer cancel()
	if err := in.retry.wait(ctx); err != nil {
		return err
	}
	l, err := in.list(ctx)
	if err != nil {
		return in.retry.failed(ctx, err)
	}
	in.retry.succeeded()
	in.listing = l
	return nil
}

// within returns a context that ends with Close, too.
func (in *input) within(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(in.life, cancel)
	return ctx, func() { stop(); cancel() }
}

func (in *input) list(ctx context.Context) (*listing, error) {
	s, err := newStore(ctx, in.set)
	if err != nil {
		return nil, err
	}
	l := &listing{store: s, life: in.life}
	if err := l.peek(ctx); err != nil {
		l.end()
		return nil, err
	}
	return l, nil
}

// ReadBatch returns the next messages of the object that is being read, or of the next
// one.
func (in *input) ReadBatch(ctx context.Context) (service.MessageBatch, service.AckFunc, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.listing == nil {
		return nil, nil, service.ErrNotConnected
	}
	ctx, cancel := in.within(ctx)
	defer cancel()
	if err := in.retry.wait(ctx); err != nil {
		return nil, nil, err
	}
	for ctx.Err() == nil {
		err := in.open(ctx)
		if errors.Is(err, io.EOF) {
			return nil, nil, service.ErrEndOfInput
		}
		if err != nil {
			return nil, nil, in.retry.failed(ctx, err)
		}
		if in.object == nil {
			continue
		}
		unwatch := context.AfterFunc(ctx, in.object.cancel)
		batch, ack := in.object.next(ctx, in.set.bucket, in.set.batchCount)
		unwatch()
		if len(batch) > 0 {
			in.retry.succeeded()
			return batch, ack, nil
		}
		if err := in.finish(ctx); err != nil {
			return nil, nil, in.retry.failed(ctx, err)
		}
	}
	return nil, nil, ctx.Err()
}

// open sees to it that an object is open. It returns io.EOF behind the last one, and
// leaves none open where one was passed over.
func (in *input) open(ctx context.Context) error {
	if in.object != nil {
		return nil
	}
	if in.target == nil {
		key, err := in.listing.next(ctx)
		if err != nil {
			return err
		}
		in.target = &target{key: key}
	}
	// The object outlives this call, and its opening ends with it.
	life, cancel := context.WithCancel(in.life)
	defer context.AfterFunc(ctx, cancel)()
	o, err := in.target.begin(life, in.listing.store, func() { in.objects.Incr(1, stateAcknowledged) })
	if err == nil {
		end := o.cancel
		o.cancel = func() { end(); cancel() }
		in.object = o
		return nil
	}
	cancel()
	if errors.Is(err, io.EOF) {
		in.target = nil
		return nil
	}
	return in.broken(ctx, err)
}

// finish leaves an object that has ended, in whichever way.
func (in *input) finish(ctx context.Context) error {
	o := in.object
	in.object = nil
	if err := o.close(ctx); err != nil {
		in.log.Debugf("%v", err)
	}
	if o.ended == io.EOF {
		in.target = nil
		return nil
	}
	return in.broken(ctx, o.ended)
}

// broken decides about an object that cannot be read: nil means that it is passed over or
// begun anew, an error that it is tried again later.
func (in *input) broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	t := in.target
	var content *contentError
	switch code := codeOf(err); {
	case errors.As(err, &content):
		in.log.Errorf("The rest of object %q of bucket %q, from message %d on, is passed over, as it cannot be scanned: %v", t.key, in.set.bucket, t.handed, err)
	case code == codeNoKey:
		in.log.Errorf("Object %q of bucket %q is passed over from message %d on, as it was deleted after it was listed", t.key, in.set.bucket, t.handed)
	case code == codeArchived:
		in.log.Errorf("Object %q of bucket %q is passed over, as it is archived: restore it and run again", t.key, in.set.bucket)
	case code == codeChanged, errors.Is(err, errChanged):
		in.log.Warnf("Object %q of bucket %q has changed while it was read, after message %d: it is read anew", t.key, in.set.bucket, t.handed)
		*t = target{key: t.key}
		return nil
	default:
		in.retries.Incr(1)
		return in.listing.store.refused(fmt.Sprintf("read object %q of bucket %q from message %d on", t.key, in.set.bucket, t.handed), err)
	}
	in.objects.Incr(1, statePassedOver)
	in.target = nil
	return nil
}

// Close ends within two seconds, whether or not a server answers.
func (in *input) Close(ctx context.Context) error {
	in.end()
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.object != nil {
		if err := in.object.close(ctx); err != nil {
			in.log.Debugf("%v", err)
		}
		in.object = nil
	}
	if in.listing != nil {
		in.listing.end()
	}
	return in.set.scanner.Close(ctx)
}

// ConnectionTest lists the beginning of the bucket.
func (in *input) ConnectionTest(ctx context.Context) service.ConnectionTestResults {
	ctx, cancel := in.within(ctx)
	defer cancel()
	l, err := in.list(ctx)
	if err != nil {
		return service.ConnectionTestFailed(err).AsList()
	}
	l.end()
	return service.ConnectionTestSucceeded().AsList()
}
