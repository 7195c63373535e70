//go:build linux

package main

import (
	"flag"
	"fmt"
	"slices"
	"time"
)

// options of a run.
type options struct {
	repo, binary, dir string

	rows    int64
	seed    uint64
	json    bool
	minutes float64
	cache   string
	input   string
	faults  string
	kills   int
	yield   string
}

// Inputs that a pipeline can have.
const (
	inputOwn      = "sml_kafka"
	inputRedpanda = "redpanda"
	inputKafka    = "kafka"
)

// time returns how long damage is done.
func (o *options) time() time.Duration { return time.Duration(o.minutes * float64(time.Minute)) }

// aborts says whether the rows come in transactions of which some are aborted.
func (o *options) aborts() bool {
	return o.cache == cacheRedis && slices.ContainsFunc(acts(o), func(a act) bool { return a.name == abortName })
}

func parseOptions(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("chaos", flag.ContinueOnError)
	f.StringVar(&o.repo, "repo", ".", "root of the repository")
	f.StringVar(&o.binary, "binary", "", "the rpconnect-sml to test")
	f.StringVar(&o.dir, "dir", "", "folder for everything that is written")
	f.Int64Var(&o.rows, "rows", 2_000_000, "rows to produce")
	f.Uint64Var(&o.seed, "seed", 1, "decides rows and damage")
	f.BoolVar(&o.json, "json", false, "report as one line of JSON")
	f.Float64Var(&o.minutes, "minutes", 2, "how long damage is done with --cache redis")
	f.StringVar(&o.cache, "cache", cacheRedis, "redis: three processes; file or sqlite: one process")
	f.StringVar(&o.input, "input", inputOwn, "the pipeline's input: sml_kafka, redpanda or kafka")
	f.StringVar(&o.faults, "faults", "", "do only the damage whose name contains one of these, such as freeze,keys")
	f.IntVar(&o.kills, "kills", 50, "how often the process is killed with --cache file or sqlite")
	f.StringVar(&o.yield, "yield", "", "the pipeline's max_yield_batch_bytes; default 64KB, with one process 32KB")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("unknown argument %q", f.Arg(0))
	case o.rows < 1:
		return o, fmt.Errorf("--rows is %d, want at least 1", o.rows)
	case !(o.minutes > 0):
		return o, fmt.Errorf("--minutes is %v, want more than 0", o.minutes)
	case o.kills < 1:
		return o, fmt.Errorf("--kills is %d, want at least 1", o.kills)
	case o.cache != cacheRedis && o.cache != cacheFile && o.cache != cacheSQLite:
		return o, fmt.Errorf("--cache is %q, want %s, %s or %s", o.cache, cacheRedis, cacheFile, cacheSQLite)
	case len(acts(&o)) == 0:
		return o, fmt.Errorf("--faults is %q, which no damage contains", o.faults)
	case o.input != inputOwn && o.input != inputRedpanda && o.input != inputKafka:
		return o, fmt.Errorf("--input is %q, want %s, %s or %s", o.input, inputOwn, inputRedpanda, inputKafka)
	}
	if o.yield == "" {
		o.yield = "64KB"
		if o.cache != cacheRedis {
			o.yield = "32KB"
		}
	}
	return o, nil
}
