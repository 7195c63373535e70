package simulate

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"
)

// Command returns the subcommand `simulate` of the command line.
func Command() *cli.Command {
	return &cli.Command{
		Name:  "simulate",
		Usage: "Stream a CSV file into a Kafka topic",
		Description: strings.TrimSpace(`
Reads a CSV file with a header line (it may be compressed with gzip) and sends one message per row. A column is numeric when all its
cells are numbers; empty cells become null. The topic is created when it does not exist.

  rpconnect-sml simulate --file readings.csv --topic readings --rate 500
  rpconnect-sml simulate --file readings.csv.gz --topic readings --key machine --partitions 4
  rpconnect-sml simulate --file readings.csv --topic readings --format avro --schema-registry http://127.0.0.1:8081`),
		Flags: []cli.Flag{
			&cli.PathFlag{Name: "file", Usage: "the CSV `FILE`, plain or gzip", Required: true},
			&cli.StringFlag{Name: "topic", Usage: "the `TOPIC` to write to", Required: true},
			&cli.StringSliceFlag{Name: "brokers", Usage: "`HOST:PORT` of brokers, separated by commas", Value: cli.NewStringSlice("127.0.0.1:9092")},
			&cli.Float64Flag{Name: "rate", Usage: "rows per second; 0 means as fast as possible"},
			&cli.IntFlag{Name: "rows", Usage: "send only the first `N` rows; 0 means all"},
			&cli.IntFlag{Name: "partitions", Usage: "partitions of a topic that is created", Value: 1},
			&cli.StringFlag{Name: "key", Usage: "the `COLUMN` that becomes the message key; none means round robin"},
			&cli.StringFlag{Name: "format", Usage: "json or avro", Value: string(JSON)},
			&cli.StringFlag{Name: "schema-registry", Usage: "`URL` of a Confluent schema registry, for avro"},
		},
		Action: func(c *cli.Context) error {
			ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
			defer stop()
			return report(ctx, c.App.ErrWriter, Options{
				Source:     file(c.Path("file")),
				Brokers:    c.StringSlice("brokers"),
				Topic:      c.String("topic"),
				Partitions: c.Int("partitions"),
				Rate:       c.Float64("rate"),
				Rows:       c.Int("rows"),
				Key:        c.String("key"),
				Format:     Format(c.String("format")),
				Registry:   c.String("schema-registry"),
			})
		},
	}
}

// report runs the simulator and says what was sent, also when it was stopped.
func report(ctx context.Context, w io.Writer, o Options) error {
	sent, err := Run(ctx, o)
	if !sent.Began.IsZero() {
		seconds := sent.Took.Seconds()
		fmt.Fprintf(w, "sent %d rows to topic %s in %.2f s (%.0f rows/s)\n", sent.Rows, o.Topic, seconds, float64(sent.Rows)/seconds)
	}
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	return nil
}
