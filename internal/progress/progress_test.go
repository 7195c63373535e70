package progress_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/progress"
)

func Example() {
	var m progress.Meter
	ctx := m.Into(context.Background())
	progress.Report(ctx, "fold", 2, 5)
	step, _ := m.Last()
	fmt.Println(step.Stage, step.Done, "of", step.Of)
	// Output: fold 2 of 5
}

// TestFollow: who waits for the work of another sees its steps.
func TestFollow(t *testing.T) {
	var own, other progress.Meter
	ctx := own.Into(context.Background())
	if _, ok := own.Last(); ok {
		t.Error("a meter without work shows a step")
	}
	progress.Follow(ctx, &other)
	progress.Report(other.Into(context.Background()), "lambda", 3, 9)
	if step, ok := own.Last(); !ok || step != (progress.Step{Stage: "lambda", Done: 3, Of: 9}) {
		t.Errorf("shows %v, %v", step, ok)
	}
	progress.Report(context.Background(), "nobody looks", 1, 1)
	progress.Follow(context.Background(), &other)
}
