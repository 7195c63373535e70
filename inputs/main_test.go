package inputs

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// leakPatience is how long goroutines may take to end after the last test.
const leakPatience = 5 * time.Second

// TestMain fails when a goroutine of an input or of its client is left after
// all tests: every test closes what it has opened.
func TestMain(m *testing.M) {
	code := m.Run()
	if left := leaked(leakPatience); code == 0 && left != "" {
		fmt.Fprintf(os.Stderr, "goroutines are left after the tests:\n%s\n", left)
		code = 1
	}
	os.Exit(code)
}

// leaked returns the stacks of goroutines that still belong to an input or a
// client after patience, "" for none.
func leaked(patience time.Duration) string {
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		buf := make([]byte, 1<<22)
		buf = buf[:runtime.Stack(buf, true)]
		var left []string
		for stack := range strings.SplitSeq(string(buf), "\n\n") {
			if (strings.Contains(stack, "rpconnect-sml/inputs.") || strings.Contains(stack, "franz-go/pkg/kgo.")) && !strings.Contains(stack, "inputs.TestMain") {
				left = append(left, stack)
			}
		}
		if len(left) == 0 {
			return ""
		}
		if time.Now().After(deadline) {
			return strings.Join(left, "\n\n")
		}
	}
}
