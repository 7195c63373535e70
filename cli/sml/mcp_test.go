package sml

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/urfave/cli/v2"
)

// mcpVariable makes the test binary the command mcp, with these arguments as JSON.
const mcpVariable = "SML_TEST_MCP"

// TestMain runs the command in place of the tests where a test asks for it.
func TestMain(m *testing.M) {
	text := os.Getenv(mcpVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	var args []string
	if err := json.Unmarshal([]byte(text), &args); err != nil {
		panic(err)
	}
	app := &cli.App{Commands: []*cli.Command{Command()}}
	if err := app.Run(append([]string{"test", "sml", "mcp"}, args...)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// process is the command mcp as a process of its own.
func (s *site) process(args ...string) *exec.Cmd {
	s.t.Helper()
	text, err := json.Marshal(append(args, "-c", s.config))
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), mcpVariable+"="+string(text))
	return cmd
}

// mcpSession connects a client of the SDK.
func mcpSession(t *testing.T, transport mcp.Transport) *mcp.ClientSession {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(ctx, transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// said calls a tool and returns its text, which begins with "error: " where the
// call has failed.
func said(t *testing.T, session *mcp.ClientSession, name string, arguments map[string]any) string {
	t.Helper()
	out, err := session.CallTool(context.Background(), &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		return "refused: " + err.Error()
	}
	text, _ := out.Content[0].(*mcp.TextContent)
	if out.IsError {
		return "error: " + text.Text
	}
	return text.Text
}

// mcpSite has a project p of 200 rows in its first cache.
func mcpSite(t *testing.T) *site {
	s := newSite(t, "p", "")
	var documents []string
	for i := range 200 {
		documents = append(documents, fmt.Sprintf(`{"x":%d.5,"y":%d.25,"id":"k"}`, i%10, i%7))
	}
	s.learn("p", "s/0", documents)
	return s
}

// TestMCP: another process, which knows the configuration only, serves what was
// learned, and what it writes is there afterwards.
func TestMCP(t *testing.T) {
	s := mcpSite(t)
	session := mcpSession(t, &mcp.CommandTransport{Command: s.process()})
	for _, c := range []struct {
		tool string
		with map[string]any
		want string
	}{
		{"projects", nil, `[{"project":"p"}]`},
		{"univariate", map[string]any{"project": "p", "attribute": "x"}, `"mean":5`},
		{"build_ols", map[string]any{"project": "p", "target": "y", "inputs": []any{"x"}}, `"built_from":200`},
		{"predict", map[string]any{"project": "p", "model": "h", "rows": []any{map[string]any{"x": 1, "y": 2}}}, `"score"`},
		{"quantile", map[string]any{"project": "p", "attribute": "x", "q": 7}, "error: bad request: q: 7, want a number from 0 to 1"},
		{"project", map[string]any{"project": "none"}, `error: unknown project`},
		{"learn", map[string]any{"project": "p", "rows": []any{}}, "refused: "},
	} {
		if got := said(t, session, c.tool, c.with); !strings.Contains(got, c.want) {
			t.Errorf("%s %v says %.300s, want %s", c.tool, c.with, got, c.want)
		}
	}
	if err := session.Close(); err != nil {
		t.Errorf("the server ends with %v", err)
	}
	session = mcpSession(t, &mcp.CommandTransport{Command: s.process("--write")})
	for _, c := range []struct {
		tool string
		with map[string]any
		want string
	}{
		{"build_ols", map[string]any{"project": "p", "target": "y", "inputs": []any{"x"}, "name": "line", "store": true}, `"built_from":200`},
		{"create_project", map[string]any{"project": "new"}, `"done":true`},
		{"learn", map[string]any{"project": "new", "rows": []any{map[string]any{"x": 1}}}, `"learned":1`},
		{"learn", map[string]any{"project": "p", "rows": []any{map[string]any{"x": 1}}}, `error: project in use`},
		{"forget", map[string]any{"project": "new", "rows": []any{map[string]any{"x": 1}}}, `"forgotten":1`},
	} {
		if got := said(t, session, c.tool, c.with); !strings.Contains(got, c.want) {
			t.Errorf("%s %v says %.300s, want %s", c.tool, c.with, got, c.want)
		}
	}
	if err := session.Close(); err != nil {
		t.Errorf("the server ends with %v", err)
	}
	if out, code := s.run("info", "p", "--cache", "first"); code != 0 || !strings.Contains(out, "line") {
		t.Errorf("info says %s", out)
	}
	if out, code := s.run("info", "new", "--cache", "first"); code != 0 {
		t.Errorf("info says %s", out)
	}
}

// TestMCPOverHTTP: the address is said on standard error, and the process ends
// when it is asked to, with a session open.
func TestMCPOverHTTP(t *testing.T) {
	s := mcpSite(t)
	cmd := s.process("--http", ":0")
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(log).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, address, ok := strings.Cut(strings.TrimSpace(line), " at ")
	if !ok || !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Fatalf("it says %q", line)
	}
	session := mcpSession(t, &mcp.StreamableClientTransport{Endpoint: address})
	if got := said(t, session, "univariate", map[string]any{"project": "p", "attribute": "x"}); !strings.Contains(got, `"mean":5`) {
		t.Errorf("univariate says %s", got)
	}
	began := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || time.Since(began) > 10*time.Second {
		t.Errorf("it ends with %v after %v", err, time.Since(began))
	}
	_ = session.Close() // of a server that is gone
}

// TestMCPEnds: the process ends when it is asked to, though its client holds
// standard input open.
func TestMCPEnds(t *testing.T) {
	s := mcpSite(t)
	cmd := s.process()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, `{"jsonrpc":"2.0","id":1,"method":"ping"}`+"\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Errorf("it ends with %v", err)
	}
}

// TestMCPSettings: what cannot work is said at the start.
func TestMCPSettings(t *testing.T) {
	s := mcpSite(t)
	for name, c := range map[string]struct {
		args []string
		want string
		code int
	}{
		"argument":           {[]string{"p"}, "1 arguments are given", exitUsage},
		"address":            {[]string{"--http", "4196"}, `--http is "4196", want HOST:PORT`, exitUsage},
		"address of others":  {[]string{"--http", "0.0.0.0:0"}, "SML_MCP_TOKEN", exitUsage},
		"origin and no http": {[]string{"--origin", "https://x"}, "there is no --http", exitUsage},
		"unknown cache":      {[]string{"--cache", "third"}, "third", exitFailed},
		"no such port":       {[]string{"--http", "127.0.0.1:99999"}, "--http", exitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			out, code := s.run("mcp", c.args...)
			if code != c.code || !strings.Contains(out, c.want) {
				t.Errorf("exit code %d, %s; want %d with %q", code, out, c.code, c.want)
			}
		})
	}
}
