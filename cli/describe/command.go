package describe

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// Create runs the host's command `create` and prints its output with the
// descriptions of the fields. It returns the exit code. It replaces the standard
// output of the process, so no other goroutine may use that meanwhile.
func Create(run func() int, prefix string) int {
	read, write, err := os.Pipe()
	if err != nil {
		return run()
	}
	stdout := os.Stdout
	os.Stdout = write
	type output struct {
		text []byte
		err  error
	}
	printed := make(chan output)
	go func() {
		text, err := io.ReadAll(read)
		printed <- output{text, err}
	}()
	code := run()
	os.Stdout = stdout
	closed := write.Close()
	out := <-printed
	if err := errors.Join(closed, out.err); err != nil {
		fmt.Fprintln(os.Stderr, fmt.Errorf("read what the host prints: %w", err))
		return 1
	}
	config := out.text
	if code == 0 {
		if described, err := describedConfig(service.GlobalEnvironment(), prefix, config); err == nil {
			config = described
		}
	}
	if _, err := stdout.Write(config); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// IsCreate reports whether the arguments call `create` for something to print.
func IsCreate(args []string) bool {
	if len(args) < 2 || args[1] != "create" {
		return false
	}
	for _, a := range args[2:] {
		if a == "-h" || a == "--help" {
			return false
		}
	}
	return true
}
