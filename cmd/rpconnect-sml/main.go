// Command rpconnect-sml is the Redpanda Connect command line (run, lint, test,
// list, create, blobl, streams) with streaming machine learning built in, and
// with two commands of its own: demo and simulate.
package main

import (
	"context"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/internal/demo"
	"github.com/rpconnect-sml/rpconnect-sml/internal/simulate"
	_ "github.com/rpconnect-sml/rpconnect-sml/plugin"
)

// Set by -ldflags "-X main.version=... -X main.built=...".
var (
	version = "devel"
	built   = "unknown"
)

func main() {
	service.RunCLI(context.Background(),
		service.CLIOptSetVersion(version, built),
		service.CLIOptSetBinaryName("rpconnect-sml"),
		service.CLIOptSetProductName("Redpanda Connect SML"),
		service.CLIOptSetDocumentationURL("https://github.com/rpconnect-sml/rpconnect-sml"),
		service.CLIOptAddCommand(demo.Command()),
		service.CLIOptAddCommand(simulate.Command()),
	)
}
