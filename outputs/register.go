package outputs

import (
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
)

// inWords is newKafka with errors in the words of a user, also where the host reads a
// field for it.
func inWords(conf *service.ParsedConfig, resources *service.Resources) (service.BatchOutput, service.BatchPolicy, int, error) {
	out, policy, inFlight, err := newKafka(conf, resources)
	return out, policy, inFlight, yamlwords.Error(err)
}

// Register adds the outputs to the environment. A name that is taken is an
// error.
func Register(env *service.Environment) error {
	if err := env.RegisterBatchOutput(kafkaName, kafkaSpec(), inWords); err != nil {
		return fmt.Errorf("register output %s: %w", kafkaName, err)
	}
	return nil
}
