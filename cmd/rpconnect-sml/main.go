// Command rpconnect-sml is the Redpanda Connect command line (run, lint, test,
// list, create, blobl, streams) with streaming machine learning built in, and
// with commands of its own: demo, simulate, sml and health.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/cli/demo"
	"github.com/rpconnect-sml/rpconnect-sml/cli/describe"
	"github.com/rpconnect-sml/rpconnect-sml/cli/health"
	"github.com/rpconnect-sml/rpconnect-sml/cli/simulate"
	"github.com/rpconnect-sml/rpconnect-sml/cli/sml"
	_ "github.com/rpconnect-sml/rpconnect-sml/plugin"
)

func main() {
	if describe.IsCreate(os.Args) {
		os.Exit(describe.Create(func() int { return run(context.Background()) }, "sml_"))
	}
	os.Exit(run(context.Background()))
}

// shutdownTimeout is the default of the field shutdown_timeout, 20s in the host:
// a pipeline that waits for a cache would take 15 seconds to end.
const shutdownTimeout = "1800ms"

// schema is the host's configuration with the defaults of this command.
func schema() *service.ConfigSchema {
	s := service.GlobalEnvironment().FullConfigSchema(stamp())
	s.SetFieldDefault(shutdownTimeout, "shutdown_timeout")
	return s
}

// run runs the command line of the process and returns its exit code.
func run(ctx context.Context) int {
	code, err := service.RunCLIToCode(ctx,
		service.CLIOptSetVersion(stamp()),
		service.CLIOptSetBinaryName("rpconnect-sml"),
		service.CLIOptSetProductName("Redpanda Connect SML"),
		service.CLIOptSetDocumentationURL("https://github.com/rpconnect-sml/rpconnect-sml"),
		service.CLIOptSetMainSchemaFrom(schema),
		service.CLIOptAddCommand(demo.Command()),
		service.CLIOptAddCommand(simulate.Command()),
		service.CLIOptAddCommand(sml.Command()),
		service.CLIOptAddCommand(health.Command()),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return code
}
