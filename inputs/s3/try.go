package s3

import (
	"context"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// Try constructs the input by its configuration, the YAML under its name, as the start
// of a pipeline does, and connects to nothing. The error is the one of the start.
func Try(yaml string) error {
	conf, err := spec().ParseYAML(yaml, nil)
	if err != nil {
		return err
	}
	in, err := newInput(conf, service.MockResources())
	if err != nil {
		return err
	}
	return in.Close(context.Background())
}
