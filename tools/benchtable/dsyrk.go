package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// runDsyrk times OpenBLAS, which our co-moments are compared with. Without a C
// compiler or OpenBLAS (libopenblas-dev) it says so, and the table has no such
// rows.
func runDsyrk(ctx context.Context, benchtime string) ([]byte, error) {
	seconds, err := time.ParseDuration(benchtime)
	if err != nil {
		seconds = time.Second // a number of iterations
	}
	dir, err := os.MkdirTemp("", "dsyrk")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "dsyrk")
	build := exec.CommandContext(ctx, "gcc", "-O3", "-march=native", "tools/benchtable/dsyrk/dsyrk.c", "-o", program, "-lopenblas")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "OpenBLAS is not measured: %v\n%s", err, out)
		return nil, nil
	}
	run := exec.CommandContext(ctx, program, fmt.Sprint(seconds.Seconds()))
	run.Env = append(os.Environ(), "OPENBLAS_NUM_THREADS=1")
	out, err := run.Output()
	if err != nil {
		return nil, fmt.Errorf("time OpenBLAS: %w", err)
	}
	return out, nil
}

// againstDsyrk returns how many times as fast our co-moments in double take
// rows of d columns as OpenBLAS, fed the same rows: copied and centred.
func againstDsyrk(d int) func(m measurements) (float64, bool) {
	return func(m measurements) (float64, bool) {
		theirs, ok := m.median(fmt.Sprintf("openblas/Dsyrk/d=%d/fed", d), "ns/row")
		ours, okOurs := m.median(fmt.Sprintf("comoments/ComomentsAdd/double/d=%d/block=128/moments=false", d), "ns/row")
		return theirs / ours, ok && okOurs
	}
}
