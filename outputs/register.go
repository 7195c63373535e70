package outputs

import (
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// Register adds the outputs to the environment. A name that is taken is an
// error.
func Register(env *service.Environment) error {
	if err := env.RegisterBatchOutput(kafkaName, kafkaSpec(), newKafka); err != nil {
		return fmt.Errorf("register output %s: %w", kafkaName, err)
	}
	return nil
}
