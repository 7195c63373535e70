package sml

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// shownModels are forests of a class and of a number, an additive model and two calibrations,
// of rows whose class changes at x = 4, one in ten is the other, and y = (x - 5)².
const shownModels = `
input:
  generate:
    count: 1600
    batch_size: 200
    interval: ''
    mapping: |
      let i = counter()
      let x = ($i * 37 % 1000) / 100
      root.x = $x
      root.y = ($x - 5) * ($x - 5)
      root.kind = if ($x > 4) != ($i % 10 == 0) { "high" } else { "low" }
pipeline:
  threads: 1
  processors:
    - sml_score: { project: p, cache: first, model: platt, evaluate: { enabled: true } }
    - sml_score: { project: p, cache: first, model: steps, evaluate: { enabled: true } }
    - sml_learn:
        project: p
        cache: first
        expand: { rows: 100, splines: { attributes: [ x ], knots: 5 } }
        models:
          - { name: kinds, type: forest, target: kind, inputs: [ x ], options: { trees: 2 } }
          - { name: levels, type: forest, target: y, inputs: [ x ], options: { trees: 2 } }
          - { name: curve, type: gam, target: y, inputs: [ x ] }
          - { name: platt, type: naive_bayes, target: kind, inputs: [ x ], options: { calibrate: platt } }
          - { name: steps, type: naive_bayes, target: kind, inputs: [ x ], options: { calibrate: isotonic } }
output: { drop: {} }
`

// TestModelText: as text, sml model has the tree of a forest, the curves of an additive model
// and those of calibrations.
func TestModelText(t *testing.T) {
	s := newSite(t, "p", "")
	caches := fmt.Sprintf("cache_resources: [ { label: first, file: { directory: %q } } ]\n", filepath.Join(s.dir, "a"))
	if err := os.WriteFile(s.config, []byte(shownModels+caches), 0o600); err != nil {
		t.Fatal(err)
	}
	b := service.NewStreamBuilder()
	if err := b.SetYAML(shownModels + caches + "logger: { level: OFF }\n"); err != nil {
		t.Fatal(err)
	}
	stream, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"kinds":  {"model.forests.0.tree\n", "\nall rows: high (high 9", "\n  x > ", "\n  x <= ", "low (low ", "model.forests.0.importance\ninput  importance\nx      1\n"},
		"levels": {"model.forests.0.tree\n", "\nall rows: mean 8.", ", deviation ", ", rows 1600", "\n  x > "},
		"curve":  {"model.curves.0 (x)\nvalue", "effect", "low", "high"},
		"platt":  {"calibration.classes.0 (high)\nprobability  calibrated\n0.01", "\n0.99"},
		"steps":  {"calibration.classes.0 (high)\nprobability  calibrated\n"},
	} {
		out, code := s.run("model", name)
		for _, text := range want {
			if code != 0 || !strings.Contains(out, text) {
				t.Errorf("model %s: exit %d, says\n%s\nwant %q in it", name, code, out, text)
				break
			}
		}
		if built, code := s.run("model", name, "--json"); code != 0 || !json.Valid([]byte(built)) {
			t.Errorf("model %s as JSON: exit %d, %s", name, code, built)
		}
	}
	if out, code := s.run("build", "--type", "forest", "--target", "kind", "--inputs", "x"); code == 0 || strings.Contains(out, "panic") {
		t.Errorf("a forest cannot be tried, and build says %d, %s", code, out)
	}
	if out, code := s.run("build", "--type", "gam", "--target", "y", "--inputs", "x"); code != 0 || !strings.Contains(out, "model.curves.0 (x)\nvalue") {
		t.Errorf("build: exit %d, %s", code, out)
	}
}

// drawnNode is a node of a drawn tree, and how many nodes are in it.
func drawnNode(r *rand.Rand, depth int) (map[string]any, int) {
	names := []any{"a", "b\x1b[2J\n", "ä", nil, 3.0, strings.Repeat("long", 60)}
	out := map[string]any{"stop": r.Float64(), "rows": []any{}}
	if r.IntN(4) > 0 {
		out["rows"] = []any{float64(r.IntN(9)), float64(r.IntN(3)), r.Float64()}
	}
	if r.IntN(2) == 0 {
		out["mean"], out["terms"] = r.NormFloat64(), []any{map[string]any{"input": names[r.IntN(len(names))], "coefficient": r.NormFloat64()}, "odd"}
	}
	if depth == 0 || r.IntN(5) == 0 {
		return out, 1
	}
	out["input"], out["missing"], out["above"] = names[r.IntN(len(names))], []any{"then", "else"}[r.IntN(2)], r.NormFloat64()
	if r.IntN(2) == 0 {
		out["among"] = names[:1+r.IntN(len(names))]
	}
	then, n := drawnNode(r, depth-1)
	other, m := drawnNode(r, depth-1)
	out["then"], out["else"] = then, other
	return out, 1 + n + m
}

// TestModelTextOfAnything: whatever trees and curves a document has, also odd ones, each node has
// one line or is counted among those left out, each curve at most so many rows with its ends,
// and nothing of the data steers the terminal.
func TestModelTextOfAnything(t *testing.T) {
	for seed := range drawn.Seeds(200) {
		r := rand.New(rand.NewPCG(seed, 5))
		root, nodes := drawnNode(r, r.IntN(7))
		var points []any
		for i := range 1 + r.IntN(40) {
			points = append(points, map[string]any{"x": 1000 + i, "y": r.NormFloat64(), "low": nil})
		}
		grove := map[string]any{"tree": root, "importance": []any{map[string]any{"input": "a", "importance": 1.0}}}
		if r.IntN(2) == 0 {
			grove["classes"] = []any{"k\x1b[2J", "two", "three"}[:1+r.IntN(3)]
		}
		data, err := json.Marshal(map[string]any{"name": "m", "model": map[string]any{"forests": []any{grove}, "curves": []any{map[string]any{"input": "x\n", "points": points}}}})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		writeModel(&out, data)
		text := out.String()
		if strings.ContainsAny(text, "\x1b\r") {
			t.Errorf("seed %d: the text steers the terminal: %q", seed, text)
		}
		_, shown, _ := strings.Cut(text, "model.forests.0.tree\n")
		lines := strings.Split(strings.TrimSuffix(shown, "\n"), "\n")
		if want := fmt.Sprintf("and %d more", nodes-mostLines); nodes > mostLines && lines[len(lines)-1] != want || len(lines) != min(nodes, mostLines+1) {
			t.Errorf("seed %d: %d nodes have %d lines:\n%s", seed, nodes, len(lines), shown)
		}
		if n := strings.Count(text, "\n1"); n != min(len(points), mostShown) {
			t.Errorf("seed %d: %d of %d points are shown, want at most %d", seed, n, len(points), mostShown)
		}
		for _, end := range []int{1000, 999 + len(points)} {
			if !strings.Contains(text, fmt.Sprintf("\n%d ", end)) {
				t.Errorf("seed %d: the end %d of the curve is missing", seed, end)
			}
		}
	}
}
