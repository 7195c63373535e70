package processors_test

import (
	"fmt"
	"testing"
)

// TestRunTwice runs a pipeline over the same rows twice, as over a file, with positions that
// sml_score takes over from sml_learn or has itself: the evaluation has each row once.
func TestRunTwice(t *testing.T) {
	const rows = 300
	for name, of := range map[string]struct{ scorer, learner string }{
		"counted":           {"", "position: '${! counter() }'"},
		"in the document":   {"", "position: '${! this.n }', shard: 'day-${! (this.n / 200).floor() }'"},
		"of its own":        {"position: '${! this.n }', ", "position: '${! this.n }'"},
		"of several shards": {"position: '${! this.n }', shard: a, source: s, ", "position: '${! this.n }', shard: b"},
	} {
		for _, size := range []int{29, rows} {
			t.Run(fmt.Sprint(name, " by ", size), func(t *testing.T) {
				dir := t.TempDir()
				var first float64
				for turn := range 2 {
					b := environment(t).NewStreamBuilder()
					for _, err := range []error{
						b.SetLoggerYAML("level: off"),
						b.AddCacheYAML(fmt.Sprintf("{ label: sml_state, file: { directory: %q } }", dir)),
						b.AddProcessorYAML(fmt.Sprintf("sml_score: { %sproject: p, cache: sml_state, model: line, evaluate: { enabled: true } }", of.scorer)),
						b.AddProcessorYAML(fmt.Sprintf("sml_learn: { project: p, cache: sml_state, refresh: 0s, attributes: { n: ignore }, models: [ { name: line, type: ols, target: y } ], %s }", of.learner)),
						b.AddProcessorYAML("mapping: |\n  root.rows = sml_info(\"p\").rows\n  root.evaluated = sml_evaluation(\"p\", \"line\").numbers.rows.catch(0)"),
					} {
						if err != nil {
							t.Fatal(err)
						}
					}
					var batches [][]document
					for from := 0; from < rows; from += size {
						var batch []document
						for i := from; i < min(rows, from+size); i++ {
							batch = append(batch, document{content: fmt.Sprintf(`{"n":%d,"x":%d,"y":%d}`, i, i%37, 3*(i%37)+i%5)})
						}
						batches = append(batches, batch)
					}
					out := run(t, b, batches...)
					last := out[len(out)-1].content
					learned, evaluated := field(t, last, "rows"), field(t, last, "evaluated")
					if turn == 0 {
						first, _ = evaluated.(float64)
					}
					if learned != float64(rows) || evaluated != first || first < rows/2 || first > rows {
						t.Errorf("run %d: %v rows, %v of them evaluated; the first run evaluated %v", turn, learned, evaluated, first)
					}
				}
			})
		}
	}
}
