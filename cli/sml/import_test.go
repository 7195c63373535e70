package sml

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// TestImportOverALearner: a project that is being learned is not replaced.
func TestImportOverALearner(t *testing.T) {
	s := newSite(t, "p", "")
	s.learn("p", "t/0", []string{`{"x":1}`})
	file := filepath.Join(t.TempDir(), "p.sml")
	var out map[string]any
	s.must(&out, "export", "p", "-o", file)
	done := make(chan error, 1)
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	b := service.NewStreamBuilder()
	rows := strings.Replace(strings.ReplaceAll(string(text), "${SML_TEST_PROJECT:p}", "p"), "count: 1, mapping: 'root = {}'", "interval: 20ms, mapping: 'root.x = 1.5'", 1)
	if err := b.SetYAML(rows + "\nlogger: { level: NONE }\nhttp: { enabled: false }\n"); err != nil {
		t.Fatal(err)
	}
	stream, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	go func() { done <- stream.Run(context.Background()) }()
	defer func() { // a cancelled context would leave it writing
		if err := errors.Join(stream.StopWithin(30*time.Second), <-done); err != nil {
			t.Error(err)
		}
	}()
	for refused := false; !refused; { // until it learns
		said, code := s.run("import", file, "p", "--force")
		if refused = code == 1 && strings.Contains(said, "stop the pipeline first"); !refused && code != 0 {
			t.Fatalf("exit code %d, %s", code, said)
		}
	}
}
