package demo

import (
	"context"
	"fmt"
	"io"
	"time"
)

// progressInterval is how often the progress line is written.
const progressInterval = time.Second

// stream runs the simulator and waits until the predictions of all rows are in
// the sink. It returns the time from the first row sent until then.
func (s *session) stream(ctx context.Context) (time.Duration, error) {
	ctx, cancel := context.WithCancel(ctx)
	simulated := s.simulate(ctx)
	running := true
	defer func() {
		cancel()
		if running {
			<-simulated
		}
	}()

	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	progress := newProgress(s.stderr)
	defer progress.stop()
	var began time.Time
	var stored, expected int64
	grown := time.Now()
	for {
		select {
		case <-ctx.Done():
			return 0, errStopped
		case done := <-simulated:
			running = false
			if done.err != nil {
				return 0, done.err
			}
			began, expected = done.sent.Began, int64(done.sent.Rows)+s.backlog
			grown = time.Now()
		case <-progress.ticks():
			ends, err := s.broker.ends(ctx, s.names.sink)
			if err != nil {
				return 0, err
			}
			if err := s.sink.readTo(ctx, ends); err != nil {
				return 0, err
			}
			progress.write(len(s.sink.messages), s.sink.flagged)
		case <-poll.C:
			if err := s.pipeline.ended(); err != nil {
				return 0, err
			}
			now, err := s.stored(ctx)
			if err != nil {
				return 0, err
			}
			if now > stored {
				stored, grown = now, time.Now()
			}
			if !running && stored >= expected {
				return grown.Sub(began), nil
			}
			if !running && time.Since(grown) > stallTimeout {
				return 0, fmt.Errorf("no prediction for %v: %d of %d are stored", stallTimeout, stored, expected)
			}
		}
	}
}

// stored returns how many predictions are in the sink.
func (s *session) stored(ctx context.Context) (sum int64, err error) {
	ends, err := s.broker.ends(ctx, s.names.sink)
	if err != nil {
		return 0, err
	}
	for partition, end := range ends {
		sum += end - s.before[partition]
	}
	return sum, nil
}

// progress writes one line a second.
type progress struct {
	w      io.Writer
	ticker *time.Ticker
	rows   int
	since  time.Time
}

func newProgress(w io.Writer) *progress {
	return &progress{w: w, ticker: time.NewTicker(progressInterval), since: time.Now()}
}

func (p *progress) ticks() <-chan time.Time { return p.ticker.C }

func (p *progress) stop() { p.ticker.Stop() }

// write tells the rows and anomalies so far, and the rate since the last line.
func (p *progress) write(rows, anomalies int) {
	now := time.Now()
	rate := float64(rows-p.rows) / now.Sub(p.since).Seconds()
	fmt.Fprintf(p.w, "%8d rows  %8.0f rows/s  %6d anomalies\n", rows, rate, anomalies)
	p.rows, p.since = rows, now
}
