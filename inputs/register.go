package inputs

import (
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
)

// inWords is newKafka with errors in the words of a user, also where the host reads a
// field for it.
func inWords(conf *service.ParsedConfig, resources *service.Resources) (service.BatchInput, error) {
	in, err := newKafka(conf, resources)
	return in, yamlwords.Error(err)
}

// Register adds the inputs to the environment. A name that is taken is an
// error.
func Register(env *service.Environment) error {
	if err := env.RegisterBatchInput(kafkaName, kafkaSpec(), inWords); err != nil {
		return fmt.Errorf("register input %s: %w", kafkaName, err)
	}
	return nil
}
