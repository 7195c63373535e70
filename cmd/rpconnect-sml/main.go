// Command rpconnect-sml is the Redpanda Connect command line (run, lint, test,
// list, create, blobl, streams) with streaming machine learning built in, and
// with commands of its own: init, preview, demo, simulate and sml.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/cli/complete"
	"github.com/rpconnect-sml/rpconnect-sml/cli/demo"
	"github.com/rpconnect-sml/rpconnect-sml/cli/describe"
	"github.com/rpconnect-sml/rpconnect-sml/cli/first"
	"github.com/rpconnect-sml/rpconnect-sml/cli/health"
	"github.com/rpconnect-sml/rpconnect-sml/cli/lint"
	"github.com/rpconnect-sml/rpconnect-sml/cli/simulate"
	"github.com/rpconnect-sml/rpconnect-sml/cli/sml"
	"github.com/rpconnect-sml/rpconnect-sml/cli/unittest"
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
const shutdownTimeout = "1500ms"

// schema is the host's configuration with the defaults of this command.
func schema() *service.ConfigSchema {
	s := service.GlobalEnvironment().FullConfigSchema(stamp())
	s.SetFieldDefault(shutdownTimeout, "shutdown_timeout")
	return s
}

// run runs the command line of the process and returns its exit code.
func run(ctx context.Context) int {
	var options []service.CLIOptFunc
	for _, c := range complete.Commands(sml.Complete) {
		options = append(options, service.CLIOptAddCommand(c))
	}
	return host(ctx, os.Args, append(options,
		service.CLIOptAddCommand(demo.Command()),
		service.CLIOptAddCommand(simulate.Command()),
		service.CLIOptAddCommand(sml.Command(first.Preview())),
		service.CLIOptAddCommand(first.Preview()),
		service.CLIOptAddCommand(first.Init()),
		service.CLIOptAddCommand(health.Command()),
		service.CLIOptAddCommand(lint.Command(func(args []string) int { return host(ctx, append(os.Args[:1:1], args...)) })),
		service.CLIOptAddCommand(unittest.Command(func(args []string, options ...service.CLIOptFunc) int {
			return host(ctx, append(os.Args[:1:1], args...), options...)
		})),
	)...)
}

// host runs the host's command line, with further options, and returns its exit code.
func host(ctx context.Context, args []string, options ...service.CLIOptFunc) int {
	code, err := service.RunCLIToCode(ctx, append(options,
		service.CLIOptSetArgs(args...),
		service.CLIOptSetVersion(stamp()),
		service.CLIOptSetBinaryName("rpconnect-sml"),
		service.CLIOptSetProductName("Redpanda Connect SML"),
		service.CLIOptSetDocumentationURL("https://github.com/rpconnect-sml/rpconnect-sml"),
		service.CLIOptSetMainSchemaFrom(schema),
	)...)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return code
}
