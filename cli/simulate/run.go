package simulate

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// connectTimeout bounds how long an unreachable broker or registry is tried
// before anything was sent.
const connectTimeout = 10 * time.Second

// Sizes of the producer: few large uncompressed batches are what a broker on
// the same machine takes fastest.
const (
	batchBytes      = 1 << 20
	bufferedRecords = 1 << 16
	linger          = 5 * time.Millisecond
	recordsAtOnce   = 512
)

// Sent says what was streamed.
type Sent struct {
	// Rows that the brokers have acknowledged.
	Rows int
	// Began is when the first row was handed to the producer.
	Began time.Time
	// Took is the time from then to the last acknowledgement.
	Took time.Duration
}

// Run streams the table and returns when all rows are acknowledged, the
// context ends or the first row is refused.
func Run(ctx context.Context, o Options) (Sent, error) {
	if err := o.validate(); err != nil {
		return Sent{}, err
	}
	columns, err := scan(o.Source, o.Rows)
	if err != nil {
		return Sent{}, err
	}
	key := -1
	if o.Key != "" {
		if key, err = indexOf(columns, o.Key); err != nil {
			return Sent{}, err
		}
	}
	client, err := connect(ctx, o, key >= 0)
	if err != nil {
		return Sent{}, err
	}
	defer client.Close()
	rows, err := newEncoder(ctx, o, columns)
	if err != nil {
		return Sent{}, err
	}
	return stream(ctx, o, client, rows, key)
}

// connect reaches the brokers and makes sure of the topic, in bounded time.
func connect(ctx context.Context, o Options, keyed bool) (*kgo.Client, error) {
	partitioner := kgo.RoundRobinPartitioner()
	if keyed {
		partitioner = kgo.StickyKeyPartitioner(nil)
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(o.Brokers...),
		kgo.DefaultProduceTopic(o.Topic),
		kgo.RecordPartitioner(partitioner),
		kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.ProducerBatchMaxBytes(batchBytes),
		kgo.ProducerLinger(linger),
		kgo.MaxBufferedRecords(bufferedRecords),
	)
	if err != nil {
		return nil, fmt.Errorf("brokers: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if err := client.Ping(ctx); err != nil {
		client.Close()
		return nil, fmt.Errorf("brokers: none of %q answers: %w", o.Brokers, err)
	}
	if err := EnsureTopic(ctx, client, o.Topic, o.Partitions); err != nil {
		client.Close()
		return nil, err
	}
	return client, nil
}

func newEncoder(ctx context.Context, o Options, columns []column) (encoder, error) {
	if o.Format == JSON {
		return newJSONEncoder(columns)
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	return newAvroEncoder(ctx, columns, o.Registry, o.Topic+"-value")
}

func stream(ctx context.Context, o Options, client *kgo.Client, rows encoder, key int) (Sent, error) {
	file, err := o.Source()
	if err != nil {
		return Sent{}, err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.ReuseRecord = true
	if _, err := reader.Read(); err != nil {
		return Sent{}, fmt.Errorf("file: %w", err)
	}

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	acks := &acknowledgements{refused: stop}
	pace := pacer{clock: systemClock{}, rate: o.Rate, start: time.Now()}
	size := 0
	err = produce(ctx, reader, o.Rows, pace, func(row int, cells []string, into *kgo.Record) error {
		value, err := rows.encode(make([]byte, 0, size), cells)
		if err != nil {
			return fmt.Errorf("file: row %d: %w", row+1, err)
		}
		size = max(size, len(value))
		into.Value = value
		if key >= 0 {
			into.Key = []byte(cells[key])
		}
		client.Produce(ctx, into, acks.done)
		return nil
	})
	if err == nil {
		err = client.Flush(ctx)
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if err != nil && ctx.Err() != nil {
		client.AbortBufferedRecords(context.WithoutCancel(ctx))
	}
	return Sent{Rows: acks.count(), Began: pace.start, Took: time.Since(pace.start)}, err
}

// produce reads rows at their pace and hands each to send.
func produce(ctx context.Context, reader *csv.Reader, limit int, pace pacer, send func(int, []string, *kgo.Record) error) error {
	var records []kgo.Record
	for row := 0; limit == 0 || row < limit; row++ {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("file: %w", err)
		}
		if err := pace.wait(ctx, row); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if len(records) == 0 {
			records = make([]kgo.Record, recordsAtOnce)
		}
		if err := send(row, cells, &records[0]); err != nil {
			return err
		}
		records = records[1:]
	}
	return nil
}

// acknowledgements counts what the brokers took and stops at the first refusal.
type acknowledgements struct {
	mu      sync.Mutex
	taken   int
	refused func(error)
}

func (a *acknowledgements) done(record *kgo.Record, err error) {
	if err != nil {
		a.refused(fmt.Errorf("produce to topic %q: %w", record.Topic, err))
		return
	}
	a.mu.Lock()
	a.taken++
	a.mu.Unlock()
}

func (a *acknowledgements) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.taken
}
