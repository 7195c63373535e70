// Package plugin registers every component of rpconnect-sml: import it for its
// side effect to add them to a Redpanda Connect build, or call [Register] for
// environments of your own.
//
//	import _ "github.com/rpconnect-sml/rpconnect-sml/plugin"
//
// It holds the one piece of package-level state: the table of open projects of
// the global environment, which Bloblang functions need because they cannot
// reach the host's resources.
package plugin

import (
	hostbloblang "github.com/redpanda-data/benthos/v4/public/bloblang"
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/bloblang"
	"github.com/rpconnect-sml/rpconnect-sml/inputs"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/outputs"
	"github.com/rpconnect-sml/rpconnect-sml/processors"
)

// Register adds the inputs, outputs and processors to env and the functions to
// bloblangEnv. Processors and functions share a new table of projects. A component name that is taken is an error.
func Register(env *service.Environment, bloblangEnv *hostbloblang.Environment) error {
	table := live.NewTable()
	if err := bloblang.Register(bloblangEnv, table); err != nil {
		return err
	}
	if err := inputs.Register(env); err != nil {
		return err
	}
	if err := outputs.Register(env); err != nil {
		return err
	}
	return processors.Register(env, table)
}

func init() {
	if err := Register(service.GlobalEnvironment(), hostbloblang.GlobalEnvironment()); err != nil {
		panic(err)
	}
}
