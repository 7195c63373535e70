package outputs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rpconnect-sml/rpconnect-sml/broker"
)

// connectTimeout bounds a first look at the brokers.
const connectTimeout = 10 * time.Second

// Reasons of sml_kafka_refused_total.
const (
	reasonInvalid = "invalid"
	reasonRefused = "refused"
	reasonTimeout = "timeout"
)

// kafka is the output. The host calls Connect and Close one at a time, and
// WriteBatch from as many goroutines as max_in_flight says.
type kafka struct {
	set     *settings
	written *service.MetricCounter
	refused *service.MetricCounter

	mu     sync.Mutex
	client *kgo.Client
}

var (
	_ service.BatchOutput        = (*kafka)(nil)
	_ service.ConnectionTestable = (*kafka)(nil)
)

func newKafka(conf *service.ParsedConfig, resources *service.Resources) (service.BatchOutput, service.BatchPolicy, int, error) {
	fail := func(err error) (service.BatchOutput, service.BatchPolicy, int, error) {
		return nil, service.BatchPolicy{}, 0, fmt.Errorf("%s %s: %w", kafkaName, label(resources), err)
	}
	set, err := readSettings(conf, resources.Logger())
	if err != nil {
		return fail(err)
	}
	policy, err := conf.FieldBatchPolicy(fieldBatching)
	if err != nil {
		return fail(err)
	}
	inFlight, err := conf.FieldMaxInFlight()
	if err != nil {
		return fail(err)
	}
	if inFlight < 1 {
		return fail(fmt.Errorf("max_in_flight is %d, want at least 1", inFlight))
	}
	out, err := conf.WrapBatchOutputExtractTracingSpanMapping(kafkaName, &kafka{
		set:     set,
		written: resources.Metrics().NewCounter("sml_kafka_written_total"),
		refused: resources.Metrics().NewCounter("sml_kafka_refused_total", "reason"),
	})
	if err != nil {
		return fail(err)
	}
	return out, policy, inFlight, nil
}

// label returns the component's label, without one its path.
func label(resources *service.Resources) string {
	if l := resources.Label(); l != "" {
		return fmt.Sprintf("%q", l)
	}
	return "root." + strings.Join(resources.Path(), ".")
}

// Connect makes a client whose brokers answer.
func (k *kafka) Connect(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.client != nil {
		return nil
	}
	client, err := k.open(ctx)
	if err != nil {
		return err
	}
	k.client = client
	return nil
}

// open makes a client and waits until a broker answers it.
func (k *kafka) open(ctx context.Context) (*kgo.Client, error) {
	client, err := kgo.NewClient(k.set.client...)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if err := client.Ping(ctx); err != nil {
		client.Close()
		return nil, broker.Refusal(fmt.Errorf("%s: %w", broker.FieldSeedBrokers, err))
	}
	return client, nil
}

// ConnectionTest tries the settings without a pipeline.
func (k *kafka) ConnectionTest(ctx context.Context) service.ConnectionTestResults {
	client, err := k.open(ctx)
	if err != nil {
		return service.ConnectionTestFailed(err).AsList()
	}
	client.Close()
	return service.ConnectionTestSucceeded().AsList()
}

// WriteBatch returns when every message of the batch is written or refused. A
// BatchError says which were refused.
func (k *kafka) WriteBatch(ctx context.Context, batch service.MessageBatch) error {
	k.mu.Lock()
	client := k.client
	k.mu.Unlock()
	if client == nil {
		return service.ErrNotConnected
	}
	failed := make([]error, len(batch))
	write := k.set.writer(batch)
	// The client's own time-out counts from the time of the record, which may
	// be years ago.
	patience, cancel := context.WithTimeout(ctx, k.set.timeout)
	defer cancel()
	var open sync.WaitGroup
	for i, m := range batch {
		record, err := write.record(i, m)
		if err != nil {
			failed[i] = err
			k.refused.Incr(1, reasonInvalid)
			continue
		}
		open.Add(1)
		client.Produce(patience, record, func(_ *kgo.Record, err error) {
			defer open.Done()
			failed[i] = err
		})
	}
	done := make(chan struct{})
	go func() {
		open.Wait()
		close(done)
	}()
	select {
	case <-done:
		return k.result(batch, failed)
	case <-ctx.Done():
		// The pipeline is stopped by force. A record that is on its way cannot
		// be called back; Close ends the client and with it the wait above.
		return ctx.Err()
	}
}

// result counts what came of a batch and puts it into an error, nil where all
// is written.
func (k *kafka) result(batch service.MessageBatch, failed []error) error {
	var all *service.BatchError
	for i, err := range failed {
		if err == nil {
			k.written.Incr(1)
			continue
		}
		switch {
		case errors.Is(err, kgo.ErrClientClosed):
			return service.ErrNotConnected
		case errors.Is(err, context.DeadlineExceeded):
			k.refused.Incr(1, reasonTimeout)
		default:
			k.refused.Incr(1, reasonRefused)
		}
		if all == nil {
			all = service.NewBatchError(batch, err)
		}
		all = all.Failed(i, err)
	}
	if all == nil {
		return nil
	}
	return all
}

// Close ends the client; what has not been acknowledged is given back.
func (k *kafka) Close(context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.client != nil {
		k.client.Close()
		k.client = nil
	}
	return nil
}
