package s3_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"

	"github.com/rpconnect-sml/rpconnect-sml/cli/lint"
	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	_ "github.com/rpconnect-sml/rpconnect-sml/plugin/s3"
)

// TestLint: what the start of the input would refuse, lint says with line and path, all of
// it in one run.
func TestLint(t *testing.T) {
	for name, c := range map[string]struct {
		fields []string
		want   map[int]string // by line of the field, from 1
	}{
		"right":    {[]string{"bucket: readings", "region: eu-central-1"}, nil},
		"scheme":   {[]string{"bucket: readings", "endpoint: ftp://host"}, map[int]string{2: `want http or https`}},
		"bucket":   {[]string{"prefix: in/", "bucket: A/b"}, map[int]string{2: `is "A/b"`}},
		"two":      {[]string{"bucket: readings", "region: eu central", "endpoint: http://host/bucket"}, map[int]string{2: `is "eu central"`, 3: "want only host and port"}},
		"half key": {[]string{"bucket: readings", "credentials: { id: x }"}, map[int]string{2: "is set and secret is empty"}},
		"silence":  {[]string{"bucket: readings", "timeout: -1s"}, map[int]string{2: "must be above 0"}},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "pipeline.yaml")
			text := "input:\n  sml_s3:\n    " + strings.Join(c.fields, "\n    ") + "\noutput: { drop: {} }\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			found, warned := lint.Files([]string{file}, &pipeline.Sources{})
			for _, e := range found {
				line := e.Line - 2
				if want := c.want[line]; want == "" || !strings.Contains(e.Error(), want) || !strings.Contains(e.Path, "sml_s3") {
					t.Errorf("got %v", e)
				}
				delete(c.want, line)
			}
			if len(c.want)+len(warned) > 0 {
				t.Errorf("missing are %v, and %s", c.want, fmt.Sprint(warned))
			}
		})
	}
}
