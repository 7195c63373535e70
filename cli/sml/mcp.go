package sml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/urfave/cli/v2"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/mcpserver"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// tokenVariable is the environment variable with the token of requests over HTTP.
const tokenVariable = "SML_MCP_TOKEN"

// endWithin is how long calls may take to end once the server is to end.
const endWithin = 500 * time.Millisecond

// mcpOptions are the flags of mcp.
type mcpOptions struct {
	write   bool
	http    string
	origins []string
}

func mcpFlags(o *options) []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "write", Usage: "offer the tools that change something too: learn, create, delete, store models", Destination: &o.mcp.write},
		&cli.StringFlag{Name: "http", Usage: "serve streamable HTTP at this `ADDRESS`, such as 127.0.0.1:4196, in place of standard input and output; without a host, on loopback", Destination: &o.mcp.http},
		&cli.GenericFlag{Name: "origin", Usage: "with --http, the `ORIGIN` of a web page that may ask, such as https://chat.example; may be given several times", Value: (*repeated)(&o.mcp.origins)},
	}
}

// serveMCP serves the projects of the cache until the client or ctx ends. It
// prints nothing on standard output but the protocol.
func serveMCP(ctx context.Context, o *options) (answer, error) {
	if err := o.want(0, 0, "no argument"); err != nil {
		return nil, err
	}
	address, err := o.mcp.address()
	if err != nil {
		return nil, err
	}
	p, err := open(ctx, o, "", false)
	if err != nil {
		return nil, err
	}
	defer p.close()
	projects := &served{in: p, table: live.NewTable(), log: o.log}
	if _, err := projects.Names(ctx); err != nil {
		return nil, err // better now than at the first call
	}
	api, err := ui.New(ui.Options{Projects: projects, Writable: o.mcp.write})
	if err != nil {
		return nil, err
	}
	server := mcpserver.New(mcpserver.Options{API: api, Writable: o.mcp.write, Version: buildVersion()})
	if address == "" {
		err = server.Run(ctx, &mcp.IOTransport{Reader: io.NopCloser(o.in), Writer: unclosed{o.out}})
	} else {
		err = o.mcp.serve(ctx, address, server, o.log)
	}
	if ctx.Err() != nil {
		err = nil // it was to end
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	api.Close(end)
	return nil, errors.Join(err, projects.close(end))
}

// unclosed is a writer that outlives the transport that writes to it.
type unclosed struct{ io.Writer }

// Close does nothing.
func (unclosed) Close() error { return nil }

// address is where HTTP is served, with the loopback address where no host is
// given; empty for standard input and output. Every other address needs a token,
// as anyone who reaches it could ask.
func (m *mcpOptions) address() (string, error) {
	if m.http == "" {
		if len(m.origins) > 0 {
			return "", usagef("--origin is %q, and there is no --http", m.origins[0])
		}
		return "", nil
	}
	host, port, err := net.SplitHostPort(m.http)
	if err != nil {
		return "", usagef("--http is %q, want HOST:PORT: %v", m.http, err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) && os.Getenv(tokenVariable) == "" {
		return "", usagef("--http is %q, which others reach: set %s to a token that clients then send as Authorization: Bearer", m.http, tokenVariable)
	}
	return net.JoinHostPort(host, port), nil
}

// serve serves HTTP until ctx ends.
func (m *mcpOptions) serve(ctx context.Context, address string, server *mcp.Server, log io.Writer) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("--http: %w", err)
	}
	fmt.Fprintf(log, "serving the Model Context Protocol at http://%s\n", listener.Addr())
	guard := mcpserver.Guard{Origins: m.origins, Token: os.Getenv(tokenVariable)}
	out := &http.Server{Handler: mcpserver.Handler(server, guard), ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	failed := make(chan error, 1)
	go func() { failed <- out.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve %s: %w", address, err)
	case <-ctx.Done():
		return out.Close()
	}
}

// buildVersion is the version that the program was built from.
func buildVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "devel"
}
