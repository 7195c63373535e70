package inputs

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// offered are the inputs of this build by name: kafkaName, and what plugins offer.
var offered = map[string]func(yaml string) error{kafkaName: tryKafka}

// Offer adds an input that only some builds have to those that Names lists and Try
// constructs. It is called by the init of a plugin and nowhere else.
func Offer(name string, try func(yaml string) error) { offered[name] = try }

// Names are the names of the inputs of this build.
func Names() []string { return slices.Sorted(maps.Keys(offered)) }

// Try constructs the input of that name by its configuration, the YAML under its
// name, as the start of a pipeline does, and connects to nothing. The error is the one
// of the start.
func Try(name, yaml string) error {
	try := offered[name]
	if try == nil {
		return fmt.Errorf("%q is no input of this program", name)
	}
	return try(yaml)
}

func tryKafka(yaml string) error {
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
