package processors_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// TestFunctionsOutliveTheLearner: the first input of a sequence learns a back-fill with a
// processor of its own and ends; functions go on answering of all that it learned.
func TestFunctionsOutliveTheLearner(t *testing.T) {
	for _, rows := range []int{1, 57, 400} {
		t.Run(fmt.Sprint(rows), func(t *testing.T) {
			b := environment(t).NewStreamBuilder()
			for _, err := range []error{
				b.SetLoggerYAML("level: off"), b.AddCacheYAML(memoryCache),
				b.AddInputYAML(fmt.Sprintf(`
sequence:
  inputs:
    - generate: { count: %d, interval: "", mapping: 'root = { "x": counter() }' }
      processors: [ { sml_learn: { project: p, cache: sml_state, models: [ { name: m, type: hba } ] } } ]
    - generate: { count: 3, interval: 300ms, mapping: 'root.later = true' }
`, rows)),
				b.AddProcessorYAML(`mapping: |
  root = this
  root.count = if this.later.or(false) { sml_univariate("p", "x").count }
  root.built = if this.later.or(false) { sml_model("p", "m").built_from }`),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			var mu sync.Mutex
			var out []string
			if err := b.AddConsumerFunc(func(_ context.Context, m *service.Message) error {
				mu.Lock()
				defer mu.Unlock()
				content, err := m.AsBytes()
				out = append(out, fmt.Sprint(string(content), m.GetError()))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			stream, err := b.Build()
			if err != nil {
				t.Fatal(err)
			}
			if err := stream.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if last, want := out[len(out)-1], fmt.Sprintf(`"built":%d,"count":%d`, rows, rows); !strings.Contains(last, want) {
				t.Errorf("after the back-fill: %s, want %s", last, want)
			}
		})
	}
}
