package outputs

import (
	"context"
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// Names are the names of the outputs of this package.
func Names() []string { return []string{kafkaName} }

// Try constructs the output of that name by its configuration, the YAML under its
// name, as the start of a pipeline does, and connects to nothing. The error is the one
// of the start.
func Try(name, yaml string) error {
	if name != kafkaName {
		return fmt.Errorf("%q is no output of this program", name)
	}
	conf, err := kafkaSpec().ParseYAML(yaml, nil)
	if err != nil {
		return err
	}
	output, policy, _, err := newKafka(conf, service.MockResources())
	if err != nil {
		return err
	}
	if !policy.IsNoop() { // the host makes a batcher of it
		batcher, err := policy.NewBatcher(service.MockResources())
		if err != nil {
			return fmt.Errorf("%s: %w", fieldBatching, err)
		}
		if err := batcher.Close(context.Background()); err != nil {
			return err
		}
	}
	return output.Close(context.Background())
}
