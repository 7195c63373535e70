package unittest

import (
	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/urfave/cli/v2"
)

// Command returns the command `test`, which takes the place of the host's. It calls
// run with the arguments of the host's command and what it is to be run with; run returns the
// exit code.
func Command(run func(args []string, options ...service.CLIOptFunc) int) *cli.Command {
	return &cli.Command{
		Name:  "test",
		Usage: "Execute {{.ProductName}} unit tests",
		Description: `Execute any number of {{.ProductName}} unit test definitions. If one or more tests
fail the process will report the errors and exit with a status code 1.

  {{.BinaryName}} test ./path/to/configs/...
  {{.BinaryName}} test ./foo_configs/*.yaml ./bar_configs/*.yaml
  {{.BinaryName}} test ./foo.yaml

Each test case has caches of its own in memory, whatever the configuration says, so it needs no server and touches no state. --real-caches uses those of the configuration.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "log", Usage: "allow components to write logs at a provided level to stdout."},
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "print all test case names before they are executed."},
			&cli.BoolFlag{Name: "real-caches", Usage: "use the caches of the configuration, and change what is in them"},
			&cli.StringSliceFlag{Name: "resources", Aliases: []string{"r"}, Usage: "pull in extra resources from a file, which can be referenced the same as resources defined in the main config, supports glob patterns (requires quotes)"},
			&cli.StringSliceFlag{Name: "env-file", Aliases: []string{"e"}, Usage: "import environment variables from a dotenv file"},
			&cli.StringSliceFlag{Name: "templates", Aliases: []string{"t"}, Usage: "EXPERIMENTAL: import {{.ProductName}} templates, supports glob patterns (requires quotes)"},
		},
		Action: func(c *cli.Context) error {
			var options []service.CLIOptFunc
			if !c.Bool("real-caches") {
				env, err := environment(service.GlobalEnvironment())
				if err != nil {
					return err
				}
				options = append(options, service.CLIOptSetEnvironment(env))
			}
			if code := run(hostArguments(c), options...); code != 0 {
				return cli.Exit("", code)
			}
			return nil
		},
	}
}

// hostArguments are those of the host's command. What stands before the command's name
// has been put into the process already, save for resources.
func hostArguments(c *cli.Context) []string {
	out := []string{"test"}
	if level := c.String("log"); level != "" {
		out = append(out, "--log", level)
	}
	if c.Bool("verbose") {
		out = append(out, "--verbose")
	}
	root := c.Lineage()
	resources := c.StringSlice("resources")
	if len(resources) == 0 && len(root) > 1 {
		resources = root[1].StringSlice("resources")
	}
	for _, flag := range []struct {
		name   string
		values []string
	}{{"-r", resources}, {"-e", c.StringSlice("env-file")}, {"-t", c.StringSlice("templates")}} {
		for _, v := range flag.values {
			out = append(out, flag.name, v)
		}
	}
	return append(append(out, "--"), c.Args().Slice()...)
}
