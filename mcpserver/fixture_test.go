package mcpserver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/mcpserver"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// quiet takes reports and says nothing.
type quiet struct{}

func (quiet) Learned(string, int, int, int)  {}
func (quiet) Built(string, string)           {}
func (quiet) Limited(string, string, string) {}
func (quiet) Warn(string)                    {}

// projects are those of a store in memory.
type projects struct {
	table *live.Table
	scope live.Scope
	place portable.Place
}

func (p *projects) Names(ctx context.Context) ([]string, error) { return p.place.Projects(ctx) }

func (p *projects) Find(ctx context.Context, name string) (*live.Project, error) {
	found, err := p.table.Find(name)
	if err == nil {
		return found, nil
	}
	names, listErr := p.Names(ctx)
	if listErr != nil || !strings.Contains(" "+strings.Join(names, " ")+" ", " "+name+" ") {
		return nil, err
	}
	return p.Learn(ctx, name, nil)
}

func (p *projects) Learn(_ context.Context, name string, learn *live.LearnSettings) (*live.Project, error) {
	settings := live.Settings{Project: name, Cache: "c", Prefix: p.place.Prefix, Exact: true, Refresh: time.Second, OnDemand: true, Learn: learn}
	h, err := p.table.Open(&p.scope, settings, p.place.Store, "test", quiet{})
	if err != nil {
		return nil, err
	}
	return h.Project(), nil
}

func (p *projects) Place(string) *portable.Place { return &p.place }

func (p *projects) Discard(ctx context.Context, name string) error {
	return p.table.Discard(ctx, name)
}

// drawn are rows of two numbers that go together, a category, a binary attribute
// and a category that follows from the numbers.
func drawn(n int, seed uint64) []map[string]any {
	r := rand.New(rand.NewPCG(seed, 7))
	out := make([]map[string]any, n)
	for i := range out {
		x := 10 + 3*r.NormFloat64()
		y := 2*x + r.NormFloat64()
		class := "low"
		if y+2*r.NormFloat64() > 20 {
			class = "high"
		}
		out[i] = map[string]any{"x": x, "y": y, "z": r.ExpFloat64(), "kind": fmt.Sprint("k", r.IntN(3)), "flag": x+3*r.NormFloat64() > 10, "class": class}
	}
	return out
}

// newAPI is an API over a project p that has learned drawn rows, with folds and
// the powers that a model of the catalogue reads.
func newAPI(t *testing.T, writable bool) *ui.API {
	t.Helper()
	all := &projects{table: live.NewTable(), place: portable.Place{Store: state.NewMemory(), Prefix: "sml"}}
	settings := param.NewReader(param.Values{"folds": 3, "partition": "class"}, param.Typed)
	learn := &live.LearnSettings{
		Composition: project.ReadComposition(settings), Durable: true,
		Powers: live.Powers{Attributes: []string{"y"}, From: -1, To: 1, Steps: 5},
		Expand: live.Expand{Rows: 100, Splines: []string{"*"}, Knots: 5, Count: 2, MostProducts: 1, Columns: 2, Bandwidth: 1},
	}
	if err := settings.Close(); err != nil {
		t.Fatal(err)
	}
	p, err := all.Learn(context.Background(), "p", learn)
	if err != nil {
		t.Fatal(err)
	}
	var messages []live.Message
	for _, row := range drawn(500, 1) {
		data, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, live.Message{Shard: "s", Data: data})
	}
	if err := p.Learn(context.Background(), messages); err != nil {
		t.Fatal(err)
	}
	api, err := ui.New(ui.Options{Projects: all, Writable: writable})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		api.Close(context.Background())
		for _, name := range all.table.Names() {
			_ = all.table.Discard(context.Background(), name)
		}
	})
	return api
}

// transports are the two ways in which a client reaches a server.
var transports = map[string]func(t *testing.T, s *mcp.Server) mcp.Transport{
	"standard input and output": func(t *testing.T, s *mcp.Server) mcp.Transport {
		fromClient, toServer := io.Pipe()
		fromServer, toClient := io.Pipe()
		done := make(chan error, 1)
		go func() { done <- s.Run(context.Background(), &mcp.IOTransport{Reader: fromClient, Writer: toClient}) }()
		t.Cleanup(func() { <-done })
		return &mcp.IOTransport{Reader: fromServer, Writer: toServer}
	},
	"streamable HTTP": func(t *testing.T, s *mcp.Server) mcp.Transport {
		served := httptest.NewServer(mcpserver.Handler(s, mcpserver.Guard{}))
		t.Cleanup(served.Close)
		return &mcp.StreamableClientTransport{Endpoint: served.URL}
	},
}

// client is a client of the SDK.
type client struct {
	*mcp.ClientSession
	t *testing.T
}

func connect(t *testing.T, transport mcp.Transport) *client {
	t.Helper()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(context.Background(), transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return &client{ClientSession: session, t: t}
}

// tools lists the tools by name.
func (c *client) tools() map[string]*mcp.Tool {
	c.t.Helper()
	out := map[string]*mcp.Tool{}
	for tool, err := range c.Tools(context.Background(), nil) {
		if err != nil {
			c.t.Fatal(err)
		}
		if out[tool.Name] != nil {
			c.t.Errorf("there are two tools %s", tool.Name)
		}
		out[tool.Name] = tool
	}
	return out
}

// call calls a tool and returns its text, and whether that is an error.
func (c *client) call(name string, arguments any) (text string, failed bool) {
	c.t.Helper()
	out, err := c.CallTool(context.Background(), &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		c.t.Fatalf("%s: %v", name, err)
	}
	if len(out.Content) != 1 {
		c.t.Fatalf("%s has %d contents", name, len(out.Content))
	}
	content, ok := out.Content[0].(*mcp.TextContent)
	if !ok {
		c.t.Fatalf("%s gives a %T", name, out.Content[0])
	}
	return content.Text, out.IsError
}

// must calls a tool that has to succeed, into what it says.
func (c *client) must(name string, arguments, into any) {
	c.t.Helper()
	text, failed := c.call(name, arguments)
	if failed {
		c.t.Fatalf("%s %v: %s", name, arguments, text)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		c.t.Fatalf("%s says %.200s: %v", name, text, err)
	}
}
