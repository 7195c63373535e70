package inputs

import (
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// Register adds the inputs to the environment. A name that is taken is an
// error.
func Register(env *service.Environment) error {
	if err := env.RegisterBatchInput(kafkaName, kafkaSpec(), newKafka); err != nil {
		return fmt.Errorf("register input %s: %w", kafkaName, err)
	}
	return nil
}
