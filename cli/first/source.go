package first

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"gopkg.in/yaml.v3"
)

// inputOf returns the host's input for a file, by its extension and its first byte.
func inputOf(file string) (map[string]any, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the first rows: %w", err)
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := bufio.NewReader(f).Read(head)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the first rows of %q: %w", file, err)
	}
	begin := strings.TrimLeft(strings.TrimPrefix(string(head[:n]), "\ufeff"), " \t\r\n")
	if begin == "" {
		return nil, fmt.Errorf("%q is empty", file)
	}
	switch {
	case begin[0] == '[':
		return map[string]any{"file": map[string]any{"paths": []any{file}, "scanner": map[string]any{"json_array": map[string]any{}}}}, nil
	case begin[0] == '{':
		return map[string]any{"file": map[string]any{"paths": []any{file}, "scanner": map[string]any{"lines": map[string]any{}}}}, nil
	}
	csv := map[string]any{"paths": []any{file}, "batch_count": 100}
	if d := delimiter(begin, n == len(head), file); d != "," {
		csv["delimiter"] = d
	}
	return map[string]any{"csv": csv}, nil
}

// delimiter is what separates the names in the first line of a table, of which begin is
// the beginning, cut off or not. A blank does only where nothing else does and every line
// has as many.
func delimiter(begin string, cut bool, file string) string {
	line, _, _ := strings.Cut(begin, "\n")
	best, most := ",", strings.Count(line, ",")
	if strings.EqualFold(filepath.Ext(file), ".tsv") {
		most = 0
	}
	for _, d := range []string{"\t", ";", "|"} {
		if n := strings.Count(line, d); n > most {
			best, most = d, n
		}
	}
	if most == 0 && blanks(begin, cut) {
		return " "
	}
	return best
}

// blanks reports whether every line has as many blanks as the first, and that has one. The
// last line is not looked at where it is cut off.
func blanks(begin string, cut bool) bool {
	lines := strings.Split(strings.ReplaceAll(begin, "\r\n", "\n"), "\n")
	if cut {
		lines = lines[:len(lines)-1]
	}
	want, seen := 0, 0
	for _, line := range lines {
		if line == "" {
			continue
		}
		n := strings.Count(line, " ")
		if seen++; seen == 1 {
			want = n
		}
		if n != want {
			return false
		}
	}
	return want > 0 && seen > 1
}

// readTimeout bounds how long the first rows of a file may take.
const readTimeout = 30 * time.Second

// firstRows reads the first rows of an input of the host, as JSON. Messages that are
// none are kept as they are.
func firstRows(ctx context.Context, input map[string]any, most int) ([][]byte, error) {
	text, err := yaml.Marshal(input)
	if err != nil {
		return nil, fmt.Errorf("read the first rows: %w", err)
	}
	b := service.NewStreamBuilder()
	b.SetLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err := b.AddInputYAML(string(text)); err != nil {
		return nil, fmt.Errorf("read the first rows: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	var mu sync.Mutex
	var rows [][]byte
	var failed error
	err = b.AddConsumerFunc(func(_ context.Context, m *service.Message) error {
		mu.Lock()
		defer mu.Unlock()
		row, err := m.AsBytes()
		if err != nil && failed == nil {
			failed = err
		}
		if len(rows) < most {
			rows = append(rows, row)
		}
		if len(rows) == most {
			cancel()
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the first rows: %w", err)
	}
	stream, err := b.Build()
	if err != nil {
		return nil, fmt.Errorf("read the first rows: %w", err)
	}
	err = stream.Run(ctx)
	if stop := stream.StopWithin(time.Second); stop != nil && err == nil && ctx.Err() == nil {
		err = stop
	}
	mu.Lock()
	defer mu.Unlock()
	if failed != nil {
		return nil, fmt.Errorf("read the first rows: %w", failed)
	}
	if err != nil && len(rows) == 0 {
		return nil, fmt.Errorf("read the first rows: %w", err)
	}
	return rows, nil
}
