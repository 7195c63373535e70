package demo

import (
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"
)

// gcPercent lets the heap grow further than by default before it is collected:
// the embedded broker keeps every message in memory, and broker, simulator and
// pipeline make garbage in one process. GOGC overrides it.
const gcPercent = 400

// Command returns the subcommand `demo` of the command line.
func Command() *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "Stream the Shuttle data set through Kafka, score and learn it, and report",
		Description: strings.TrimSpace(`
Starts a broker that speaks the Kafka protocol on a loopback port, streams the data set into the topic shuttle-sensor, runs the pipeline
of config-examples/shuttle.yaml with a cache in memory, reads the predictions back from shuttle-sensor-preds and reports on them.

  rpconnect-sml demo --once
  rpconnect-sml demo --once --json | jq .roc_auc
  rpconnect-sml demo --brokers kafka:9092 --cache redis.yaml`),
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "once", Usage: "exit after the report instead of serving on"},
			&cli.BoolFlag{Name: "json", Usage: "write the report as one JSON object"},
			&cli.IntFlag{Name: "rows", Usage: "stream only the first `N` rows; 0 means all"},
			&cli.BoolFlag{Name: "repeat", Usage: "go on streaming the rows after the report, so that the page keeps moving"},
			&cli.Float64Flag{Name: "rate", Usage: "rows per second; 0 means as fast as possible"},
			&cli.IntFlag{Name: "partitions", Usage: "partitions of topics that are created", Value: 4},
			&cli.StringSliceFlag{Name: "brokers", Usage: "`HOST:PORT` of a real cluster instead of the embedded broker"},
			&cli.PathFlag{Name: "cache", Usage: "a YAML `FILE` with the cache resource sml_state, instead of memory"},
			&cli.StringFlag{Name: "http", Usage: "`HOST:PORT` where the page is served, unless --once", Value: "127.0.0.1:4195"},
		},
		Action: func(c *cli.Context) error {
			ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
			defer stop()
			if os.Getenv("GOGC") == "" {
				debug.SetGCPercent(gcPercent)
			}
			err := run(ctx, options{
				Once:       c.Bool("once"),
				JSON:       c.Bool("json"),
				Rows:       c.Int("rows"),
				Rate:       c.Float64("rate"),
				Repeat:     c.Bool("repeat"),
				Partitions: c.Int("partitions"),
				Brokers:    c.StringSlice("brokers"),
				CacheFile:  c.Path("cache"),
				HTTP:       c.String("http"),
			}, os.Stdout, os.Stderr)
			if err != nil {
				return fmt.Errorf("demo: %w", err)
			}
			return nil
		},
	}
}
