package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// suite is one call of go test, or of something that prints the same.
type suite struct {
	name  string // begins the names of its benchmarks
	pkg   string
	tags  string // of the build, or empty
	bench string // which to run, as for go test -bench
	time  string // as for -benchtime, or empty for what the user asks for
	cpu   string // as for -cpu, or empty for 1
	// other runs something else than go test.
	other func(ctx context.Context, benchtime string) ([]byte, error)
}

// suites are run one after another in every round.
func suites() []suite {
	return []suite{
		{name: "stats", pkg: "./stats", bench: "^(BenchmarkLearn|BenchmarkMerge64|BenchmarkBytes)$"},
		{name: "comoments", pkg: "./stats", bench: "^BenchmarkComomentsAdd$/^double$/^d=/^block=128$/^moments=false$"},
		{name: "openblas", other: runDsyrk},
		{name: "noasm", pkg: "./stats", tags: "noasm", bench: "^BenchmarkLearn$"},
		{name: "engine", pkg: "./live", bench: "^(BenchmarkJSONToLearned|BenchmarkDurability|BenchmarkScore)$"},
		{name: "scale", pkg: "./live", bench: "^BenchmarkScale$", cpu: "2"},
		{name: "model", pkg: "./model", bench: "^(BenchmarkBuildRegression|BenchmarkPredictLinear|BenchmarkClassifierBuild)$"},
		{name: "size", pkg: "./live", bench: "^BenchmarkProjectSize$", time: "1x"},
		{name: "pipeline", pkg: "./processors", bench: "^BenchmarkPipeline$/^batch=(128|1000)$", time: "300000x"},
	}
}

// run runs the suite and returns what go test prints.
func (s *suite) run(ctx context.Context, benchtime string) ([]byte, error) {
	if s.time != "" {
		benchtime = s.time
	}
	if s.other != nil {
		return s.other(ctx, benchtime)
	}
	cpu := s.cpu
	if cpu == "" {
		cpu = "1"
	}
	args := []string{"test", s.pkg, "-run", "^$", "-bench", s.bench, "-benchtime", benchtime, "-benchmem", "-count", "1", "-cpu", cpu}
	if s.tags != "" {
		args = append(args, "-tags", s.tags)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return out, nil
}

// measurements hold every metric of every benchmark, one value a round, under
// "suite/Benchmark/sub unit".
type measurements map[string][]float64

// key names a metric of a benchmark.
func key(benchmark, unit string) string { return benchmark + " " + unit }

// processors is what go test puts behind a name when it runs on several cores.
var processors = regexp.MustCompile(`-\d+$`)

// parse adds the metrics in the output of a suite. A
// benchmark line is a name, a count, and then pairs of a value and a unit;
// other lines are passed over.
func (m measurements) parse(suite string, output []byte) error {
	lines := bufio.NewScanner(bytes.NewReader(output))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || len(fields)%2 != 0 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := suite + "/" + strings.TrimPrefix(processors.ReplaceAllString(fields[0], ""), "Benchmark")
		for i := 2; i < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return fmt.Errorf("value of %s of %s: %w", fields[i+1], fields[0], err)
			}
			k := key(name, fields[i+1])
			m[k] = append(m[k], value)
		}
	}
	return lines.Err()
}

// median returns the median of a metric, the upper one of an even number, and
// whether there is any.
func (m measurements) median(benchmark, unit string) (float64, bool) {
	values := slices.Sorted(slices.Values(m[key(benchmark, unit)]))
	if len(values) == 0 {
		return 0, false
	}
	return values[len(values)/2], true
}
