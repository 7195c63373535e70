package inputs

import (
	"context"
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// Names are the names of the inputs of this package.
func Names() []string { return []string{kafkaName} }

// Try constructs the input of that name by its configuration, the YAML under its
// name, as the start of a pipeline does, and connects to nothing. The error is the one
// of the start.
func Try(name, yaml string) error {
	if name != kafkaName {
		return fmt.Errorf("%q is no input of this program", name)
	}
	conf, err := kafkaSpec().ParseYAML(yaml, nil)
	if err != nil {
		return err
	}
	input, err := newKafka(conf, service.MockResources())
	if err != nil {
		return err
	}
	return input.Close(context.Background())
}
