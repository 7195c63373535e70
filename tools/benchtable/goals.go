package main

import "fmt"

// goal is a row of the table: one metric of one benchmark.
type goal struct {
	what      string
	benchmark string
	unit      string
	// want is the least value of the metric, with atMost the greatest; 0 means
	// that there is no goal.
	want   float64
	atMost bool
	// noAllocation asks for 0 allocs/op besides.
	noAllocation bool
	// ratio is the metric that compares with the baseline, or empty.
	ratio string
	// value computes what no benchmark reports; nil means the metric itself.
	value func(m measurements) (float64, bool)
}

// goals are those of the design that a benchmark of this repository measures,
// and a few figures that explain them.
func goals() []goal {
	var out []goal
	for _, core := range []struct {
		what, suite, precision string
		want                   map[int]float64
	}{
		{what: "double", suite: "stats", precision: "double", want: map[int]float64{9: 12e6, 30: 5e6, 100: 1e6}},
		{what: "extended", suite: "stats", precision: "extended", want: map[int]float64{9: 8e6, 30: 3e6, 100: 350e3}},
		{what: "double, no assembly", suite: "noasm", precision: "double", want: map[int]float64{9: 7e6, 30: 2.5e6, 100: 400e3}},
		{what: "extended, no assembly", suite: "noasm", precision: "extended"},
	} {
		for _, d := range []int{9, 30, 100} {
			out = append(out, goal{
				what:      fmt.Sprintf("summary, all statistics, %s, %d attributes", core.what, d),
				benchmark: fmt.Sprintf("%s/Learn/d=%d/%s", core.suite, d, core.precision),
				unit:      "rows/s", want: core.want[d], noAllocation: true, ratio: "x-rank1",
			})
		}
	}
	for _, d := range []int{9, 30, 100} {
		out = append(out, goal{what: fmt.Sprintf("co-moments in double against OpenBLAS dsyrk fed the same rows, %d attributes", d), unit: "x-dsyrk", want: 1.4, value: againstDsyrk(d)})
	}
	for _, fields := range []int{9, 100} {
		want := map[int]float64{9: 4e6, 100: 300e3}[fields]
		name := fmt.Sprintf("engine/JSONToLearned/fields=%d/", fields)
		out = append(out,
			goal{what: fmt.Sprintf("JSON bytes to learned, reader and summary, %d fields", fields), benchmark: name + "core", unit: "rows/s", want: want, noAllocation: true, ratio: "x-map"},
			goal{what: fmt.Sprintf("JSON bytes to learned, project, %d fields", fields), benchmark: name + "project", unit: "rows/s", ratio: "x-map"})
	}
	for _, batch := range []int{128, 1000} {
		name := fmt.Sprintf("pipeline/Pipeline/batch=%d/", batch)
		out = append(out,
			goal{what: fmt.Sprintf("pipeline, `sml_learn`, batches of %d", batch), benchmark: name + "learn", unit: "x-mapping", want: 4},
			goal{what: fmt.Sprintf("pipeline, `sml_learn`, batches of %d", batch), benchmark: name + "learn", unit: "x-bytes", want: 0.7},
			goal{what: fmt.Sprintf("pipeline, `sml_score` (hba) then `sml_learn`, batches of %d", batch), benchmark: name + "score-learn", unit: "x-mapping", want: 2})
	}
	return append(out,
		goal{what: "pipeline, `durability: batch`, memory, batches of 1000", benchmark: "pipeline/Pipeline/batch=1000/learn-durable", unit: "x-learn", want: 0.8},
		goal{what: "the same, files", benchmark: "pipeline/Pipeline/batch=1000/learn-durable-file", unit: "x-learn", want: 0.8},
		goal{what: "the same, Redis", benchmark: "pipeline/Pipeline/batch=1000/learn-durable-redis", unit: "x-learn", want: 0.8},
		goal{what: "project alone, `durability: batch`, memory", benchmark: "engine/Durability/memory/batch", unit: "x-interval"},
		goal{what: "project alone, `durability: batch`, files", benchmark: "engine/Durability/files/batch", unit: "x-interval"},
		goal{what: "4 partitions on 2 cores against 1 on 1", benchmark: "scale/Scale/4", unit: "x-one", want: 1.8},
		goal{what: "merge 64 shards of 100 attributes", benchmark: "stats/Merge64", unit: "ns/op", want: 3e6, atMost: true},
		goal{what: "scoring, hba, 9 attributes, model", benchmark: "engine/Score/hba/predict", unit: "ns/op", want: 300, atMost: true, noAllocation: true},
		goal{what: "scoring, hba, 9 fields, JSON bytes to JSON result", benchmark: "engine/Score/hba/project", unit: "ns/op"},
		goal{what: "build `ols` of 100 attributes from a snapshot", benchmark: "model/BuildRegression/ols", unit: "ns/op", want: 0.5e6, atMost: true},
		goal{what: "build `ridge` of 100 attributes", benchmark: "model/BuildRegression/ridge", unit: "ns/op", want: 0.5e6, atMost: true},
		goal{what: "build `lda` of 100 attributes, two classes", benchmark: "model/ClassifierBuild/lda/binary/double/d=100", unit: "ns/op", want: 0.5e6, atMost: true},
		goal{what: "full elastic-net path, 100 attributes", benchmark: "model/BuildRegression/elastic_net_path", unit: "ns/op", want: 20e6, atMost: true},
		goal{what: "predict with `ols`, 100 inputs", benchmark: "model/PredictLinear", unit: "ns/op", want: 200, atMost: true, noAllocation: true},
		goal{what: "project of 100 attributes, memory", benchmark: "size/ProjectSize", unit: "live-bytes", want: 2.5e6, atMost: true},
		goal{what: "project of 100 attributes, memory with a snapshot", benchmark: "size/ProjectSize", unit: "live-snapshot-bytes"},
		goal{what: "project of 100 attributes, stored", benchmark: "size/ProjectSize", unit: "stored-bytes", want: 1.5e6, atMost: true},
		goal{what: "summary of 100 attributes, stored", benchmark: "stats/Bytes/encode", unit: "bytes"},
		goal{what: "summary of 100 attributes, encode", benchmark: "stats/Bytes/encode", unit: "ns/op"},
		goal{what: "summary of 100 attributes, decode", benchmark: "stats/Bytes/decode", unit: "ns/op"},
	)
}
