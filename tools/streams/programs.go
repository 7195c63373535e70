package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// river runs river.py on a file with a Python that has River.
func river(ctx context.Context, python, file string) ([]run, error) {
	var out bytes.Buffer
	c := exec.CommandContext(ctx, python, "tools/streams/river.py", file)
	c.Stdout, c.Stderr = &out, os.Stderr
	if err := c.Run(); err != nil {
		return nil, err
	}
	records, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		return nil, err
	}
	var found []run
	for _, r := range records {
		one, err := parseRun(r)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}

// Tasks of MOA: forests of 30 trees, test then train, one line with what was reached at the end.
const (
	moaClasses = "EvaluateInterleavedTestThenTrain -s (ArffFileStream -f %s -c -1) -l (meta.%s -s 30) -i 100000000 -f 100000000"
	moaNumber  = "EvaluatePrequentialRegression -s (ArffFileStream -f %s -c -1) -l (meta.%s -s 30) -e BasicRegressionPerformanceEvaluator -i 100000000 -f 100000000"
)

// moa runs MOA on a file with the class path: a folder of jars with a star, as Java takes it.
func moa(ctx context.Context, classPath, file string, s *stream) ([]run, error) {
	task, learners, score := moaClasses, [][2]string{{"ARF", "AdaptiveRandomForest"}, {"SRP", "StreamingRandomPatches"}}, "classifications correct (percent)"
	if s.isNumber() {
		task, learners, score = moaNumber, [][2]string{{"ARF", "AdaptiveRandomForestRegressor"}}, "mean absolute error"
	}
	agents, err := filepath.Glob(filepath.Join(filepath.Dir(classPath), "sizeofag*.jar"))
	if err != nil {
		return nil, err
	}
	if len(agents) == 0 {
		return nil, fmt.Errorf("no sizeofag*.jar in %s", filepath.Dir(classPath))
	}
	var found []run
	for _, l := range learners {
		var out, said bytes.Buffer
		c := exec.CommandContext(ctx, "java", "-cp", classPath, "-javaagent:"+agents[0], "moa.DoTask", fmt.Sprintf(task, file, l[1]))
		c.Stdout, c.Stderr = &out, &said
		if err := c.Run(); err != nil {
			return nil, fmt.Errorf("%s: %w: %s", l[1], err, said.String())
		}
		one, err := readMOA(out.String(), said.String(), score)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l[1], err)
		}
		if !s.isNumber() {
			one.score /= 100
		}
		one.stream, one.model = s.name, l[0]
		found = append(found, one)
	}
	return found, nil
}

// readMOA reads what a task has printed: names of columns and a line of values; the version is in what
// it has said beside.
func readMOA(printed, said, score string) (run, error) {
	records, err := csv.NewReader(strings.NewReader(printed)).ReadAll()
	if err != nil {
		return run{}, err
	}
	if len(records) < 2 {
		return run{}, fmt.Errorf("no result: %s", said)
	}
	values := map[string]float64{}
	for j, name := range records[0] {
		if v, err := strconv.ParseFloat(records[len(records)-1][j], 64); err == nil {
			values[name] = v // a figure that it could not work out is "?"
		}
	}
	of, ok := values[score]
	rows := values["classified instances"]
	if !ok || rows == 0 {
		return run{}, fmt.Errorf("no %q in %q", score, printed)
	}
	_, version, _ := strings.Cut(said, "Version:")
	version = strings.TrimSpace(strings.SplitN(version, "\n", 2)[0])
	version, _, _ = strings.Cut(version, " ")
	return run{program: "MOA " + version, rows: int(rows), score: of, microseconds: 1e6 * values["evaluation time (cpu seconds)"] / rows}, nil
}
