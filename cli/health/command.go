package health

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
)

// Paths of the host's server.
const (
	pathReady = "/ready"
	pathPing  = "/ping"
)

// Command returns the subcommand `health` of the command line.
func Command() *cli.Command {
	return &cli.Command{
		Name:  "health",
		Usage: "Ask a running pipeline whether it is ready",
		Description: strings.TrimSpace(`
Exits with 0 when the pipeline at the address is ready: its inputs and outputs are connected. Otherwise it says why not and exits with 1.

  rpconnect-sml health
  rpconnect-sml health --address http://127.0.0.1:4196 --live
  rpconnect-sml health --address http://USER:PASSWORD@127.0.0.1:4195`),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "address", Usage: "`URL` of the pipeline's HTTP server", Value: "http://127.0.0.1:4195", EnvVars: []string{"SML_HEALTH_ADDRESS"}},
			&cli.BoolFlag{Name: "live", Usage: "ask only whether the process answers, not whether it is connected"},
			&cli.DurationFlag{Name: "timeout", Usage: "how long to wait for an answer", Value: 2 * time.Second},
		},
		Action: func(c *cli.Context) error {
			path := pathReady
			if c.Bool("live") {
				path = pathPing
			}
			if err := ask(c.Context, c.String("address"), path, c.Duration("timeout")); err != nil {
				return fmt.Errorf("health: %w", err)
			}
			return nil
		},
	}
}

// ask returns nil when the server answers with status 200.
func ask(ctx context.Context, address, path string, patience time.Duration) error {
	if patience <= 0 {
		return fmt.Errorf("timeout is %v, want more than 0", patience)
	}
	at, err := url.Parse(address)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return fmt.Errorf("address is %q, want a URL such as http://127.0.0.1:4195", address)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.JoinPath(path).String(), http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("%s does not answer: %w", at.Host, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1000))
	if err != nil {
		return fmt.Errorf("%s breaks off its answer: %w", at.Host, err)
	}
	switch answer.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusUnauthorized:
		return fmt.Errorf("%s wants a password: write http://USER:PASSWORD@%s", at.Host, at.Host)
	}
	return fmt.Errorf("%s says %s: %s", at.Host, answer.Status, strings.TrimSpace(string(text)))
}
