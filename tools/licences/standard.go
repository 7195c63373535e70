package licences

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
)

// Standard is Go's standard library, which every build links, as a module.
func Standard(ctx context.Context) (Module, error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return Module{}, fmt.Errorf("ask for the folder of Go: %w", err)
	}
	dir := strings.TrimSpace(string(root))
	texts, err := textsIn(dir, dir)
	if err != nil {
		return Module{}, fmt.Errorf("the standard library: %w", err)
	}
	return Module{Path: "Go's standard library", Version: runtime.Version(), Texts: texts}, nil
}
