// Command pageload measures what open pages cost a pipeline that learns: how
// many rows a second are learned with and without pollers that ask what an open
// page asks each second, and how long their requests take.
//
//	go run ./tools/pageload              50 pages, 3 rounds of 5 s
//	go run ./tools/pageload -pages 200 -seconds 10
//
// Learner, server and pollers share one process, so the pollers' own work counts
// against the learner as well.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"
)

func main() {
	pages := flag.Int("pages", 50, "pages that are open")
	seconds := flag.Float64("seconds", 5, "how long each measurement takes")
	rounds := flag.Int("rounds", 3, "measurements with and without pages; medians count")
	pace := flag.Int("rows", 100_000, "rows a second when they are paced")
	flag.Parse()
	if err := run(*pages, time.Duration(*seconds*float64(time.Second)), *rounds, *pace); err != nil {
		fmt.Fprintln(os.Stderr, "pageload:", err)
		os.Exit(1)
	}
}

func run(pages int, each time.Duration, rounds, pace int) error {
	l, err := start()
	if err != nil {
		return err
	}
	defer l.stop()
	if err := l.warm(); err != nil {
		return err
	}
	var alone, beside []float64
	for range rounds {
		a, _, err := l.measure(each, 0, 0)
		if err != nil {
			return err
		}
		b, _, err := l.measure(each, pages, 0)
		if err != nil {
			return err
		}
		alone, beside = append(alone, a), append(beside, b)
	}
	slices.Sort(alone)
	slices.Sort(beside)
	a, b := alone[rounds/2], beside[rounds/2]
	paced, took, err := l.measure(each, pages, pace)
	if err != nil {
		return err
	}
	pacedAlone, _, err := l.measure(each, 0, pace)
	if err != nil {
		return err
	}
	fmt.Printf("%d cores, %d pages that ask each second, rows of 9 numbers as JSON\n\n", runtime.GOMAXPROCS(0), pages)
	fmt.Println("| what | measured | goal |\n|---|---|---|")
	fmt.Printf("| learned as fast as possible, no pages | %.0f rows/s (%.0f to %.0f) | |\n", a, alone[0], alone[rounds-1])
	fmt.Printf("| the same, %d pages | %.0f rows/s (%.0f to %.0f), %.1f %% slower | less than 10 %% |\n", pages, b, beside[0], beside[rounds-1], 100*(1-b/a))
	fmt.Printf("| %d rows/s asked for, no pages | %.0f rows/s | |\n", pace, pacedAlone)
	fmt.Printf("| the same, %d pages | %.0f rows/s, %.1f %% slower | less than 10 %% |\n", pages, paced, 100*(1-paced/pacedAlone))
	fmt.Printf("| requests then: %d, of which failed %d | p50 %.1f ms, p99 %.1f ms, longest %.1f ms | p99 below 50 ms |\n",
		len(took.all), took.failed, took.quantile(0.5), took.quantile(0.99), took.quantile(1))
	return nil
}

// latencies of requests.
type latencies struct {
	all    []time.Duration
	failed int
}

func (l *latencies) quantile(q float64) float64 {
	if len(l.all) == 0 {
		return 0
	}
	slices.Sort(l.all)
	return float64(l.all[int(q*float64(len(l.all)-1))].Microseconds()) / 1000
}

// measure returns the rows learned per second, paced or as fast as possible
// (0), while so many pages are open.
func (l *load) measure(each time.Duration, pages, pace int) (rate float64, took *latencies, err error) {
	l.pace.Store(int64(pace))
	ctx, stop := context.WithTimeout(context.Background(), each)
	defer stop()
	polled := make(chan *latencies)
	go func() { polled <- l.poll(ctx, pages) }()
	began, before := time.Now(), l.learned.Load()
	<-ctx.Done()
	rate = float64(l.learned.Load()-before) / time.Since(began).Seconds()
	return rate, <-polled, nil
}
