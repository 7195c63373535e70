package processors

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/drift/course"
	"github.com/rpconnect-sml/rpconnect-sml/live"
)

const driftName = "sml_drift"

// Fields of sml_drift besides those of the project and of the question.
const (
	driftWatch   = "name"
	driftEvery   = "every"
	driftRows    = "rows"
	driftPart    = "part"
	driftMinRows = "min_rows"
	driftBegin   = "begin_after"
	driftEnd     = "end_after"
)

// driftPatience is how long a process may take until its next batch before another tells of its event.
const driftPatience = 30 * time.Second

// Metadata of messages: the status of all, and the event of one that tells of it.
const (
	metaDrift           = "sml_drift"
	metaDriftAttributes = "sml_drift_attributes"
	metaDriftEvent      = "sml_drift_event"
)

func driftSpec() *service.ConfigSpec {
	return service.NewConfigSpec().
		Beta().
		Categories("Machine Learning").
		Summary("Watches whether the recent rows of a project are still like those before them. Says when a drift begins and ends, and which attributes have changed.").
		Description(`
The processor learns nothing. It reads the statistics of a project that `+"`sml_learn`"+` keeps, and after each interval of time, or number of messages, compares two states of it, by the question `+"`drift`"+` (`+"`docs/drift.md`"+`):
by default the window and the rows before it, for which the project needs `+"`window: { ..., beside: true }`"+`.

Each message gets the metadata `+"`sml_drift`: `warming_up`, `stable` or `drift`, and with `drift` also `sml_drift_attributes`"+`, the names of the attributes that have changed, separated by commas. It is `+"`failed`"+` when the last comparison could not be made, as when the project keeps nothing to compare with;
the log then says why, once a minute. Leave numbers that always grow, such as identifiers and times, out of `+"`attributes`"+`: they always drift.

A drift begins after `+"`begin_after`"+` verdicts in succession that something has changed, and ends after `+"`end_after`"+` verdicts that nothing has. Then one more message follows the batch: its content has `+"`event`"+` (`+"`begun` or `ended`), `id`"+` (the same for both), `+"`since`, `drifted`, `reference`, `recent`"+` and `+"`attributes`"+` with
their tests and effects, and its metadata `+"`sml_drift_event`"+` is `+"`begun` or `ended`"+`, so that a `+"`switch`"+` output can route it: to an alert, or to a request that freezes a model or builds it anew.

Verdicts are counted in the cache; a comparison of the same rows as before, as when messages are delivered again, does not count. So a restart goes on where it was, and of several processes with the same watch one makes the verdict of an interval. A message about an event is passed on again when the process that had to ended before its next batch.`).
		Fields(projectFields()...).
		Fields(driftWatchFields()...).
		Fields(driftQuestionFields()...).
		Example("Alert when sensors change", "Compares the last 10,000 readings with all before them once a minute. What begins and ends goes to a file of its own.", `
cache_resources:
  - label: sml_state
    memory: { compaction_interval: "" }

input:
  file: { paths: [ ./readings.jsonl ] }

pipeline:
  processors:
    - sml_learn:
        project: plant
        cache: sml_state
        window: { rows: 10000, tiles: 20, beside: true }
    - sml_drift:
        project: plant
        cache: sml_state
        every: 1m
        min_effect: 0.1

output:
  switch:
    cases:
      - check: meta("sml_drift_event") != null
        output:
          file: { path: ./drift.jsonl }
      - output:
          stdout: {}
`)
}

func driftWatchFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringField(driftWatch).Description("The name of the watch. Each watch of a project needs its own name.").Default("drift"),
		service.NewDurationField(driftEvery).Description("The time between two verdicts, over all processes. A verdict is made when a batch arrives.").Default("1m").
			LintRule(`root = if this.parse_duration() < 1000000 { [ "every is " + this + ", must be at least 1ms" ] }`),
		service.NewIntField(driftRows).Description("Instead of `every`: the number of messages of this process between two verdicts, counted from its start.").Default(0).
			LintRule(`root = if this < 0 { [ "rows is " + this.string() + ", must be 0 or more" ] }`),
		service.NewStringField(driftPart).Description("The recent state: `window`, `decay`, `newer` (half of the window), `shard:`, `key:` or `project:` and a name. By default the window or the decayed statistics, whichever the project keeps.").Default(""),
		service.NewFloatField(driftMinRows).Description("The number of rows, as effective numbers, that each state needs before there is a verdict.").Default(100.0).Advanced().
			LintRule(`root = if this < 2 { [ "min_rows is " + this.string() + ", must be at least 2" ] }`),
		service.NewIntField(driftBegin).Description("The number of verdicts in succession that something has changed after which a drift begins.").Default(1).
			LintRule(`root = if this < 1 { [ "begin_after is " + this.string() + ", must be at least 1" ] }`),
		service.NewIntField(driftEnd).Description("The number of verdicts in succession that nothing has changed after which a drift ends.").Default(1).
			LintRule(`root = if this < 1 { [ "end_after is " + this.string() + ", must be at least 1" ] }`),
	}
}

// driftQuestionFields are the parameters of the question.
func driftQuestionFields() []*service.ConfigField {
	var out []*service.ConfigField
	for _, p := range live.DriftParameters() {
		out = append(out, configField(&p))
	}
	return out
}

// driftWatching is the processor. One instance serves all pipeline threads.
type driftWatching struct {
	handle  *live.Handle
	watcher *live.DriftWatcher
}

func newDrift(table *live.Table) service.BatchProcessorConstructor {
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		settings, err := driftSettings(conf)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		p := &driftWatching{}
		if p.handle, err = open(conf, resources, table, driftName, nil); err != nil {
			return nil, err
		}
		if p.watcher, err = live.NewDriftWatcher(p.handle.Project(), settings); err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), errors.Join(err, p.handle.Close(context.Background())))
		}
		return p, nil
	}
}

// driftSettings reads how the component watches.
func driftSettings(conf *service.ParsedConfig) (s live.DriftSettings, err error) {
	if s.Name, err = conf.FieldString(driftWatch); err != nil {
		return s, err
	}
	if s.Every, err = conf.FieldDuration(driftEvery); err != nil {
		return s, err
	}
	if s.Rows, err = conf.FieldInt(driftRows); err != nil {
		return s, err
	}
	if s.Part, err = conf.FieldString(driftPart); err != nil {
		return s, err
	}
	if s.MinRows, err = conf.FieldFloat(driftMinRows); err != nil {
		return s, err
	}
	s.Patience = driftPatience
	if s.Hysteresis.Begin, err = conf.FieldInt(driftBegin); err != nil {
		return s, err
	}
	if s.Hysteresis.End, err = conf.FieldInt(driftEnd); err != nil {
		return s, err
	}
	s.Arguments, err = configValues(conf, live.DriftParameters())
	return s, err
}

// ProcessBatch says in the metadata of each message what the watch says, and appends the messages that tell of events.
func (p *driftWatching) ProcessBatch(ctx context.Context, batch service.MessageBatch) ([]service.MessageBatch, error) {
	look, err := p.watcher.Look(ctx, len(batch))
	if err != nil {
		return nil, err
	}
	drifted := append([]string{}, look.Drifted...)
	sort.Strings(drifted)
	for _, m := range batch {
		m.MetaSetMut(metaDrift, string(look.Status))
		if look.Status == course.Drifting {
			m.MetaSetMut(metaDriftAttributes, strings.Join(drifted, ","))
		}
	}
	for _, told := range look.Told {
		m := service.NewMessage(told.Body).WithContext(ctx)
		m.MetaSetMut(metaDriftEvent, told.Event)
		batch = append(batch, m)
	}
	return []service.MessageBatch{batch}, nil
}

// Close stores what has been passed on and closes the project.
func (p *driftWatching) Close(ctx context.Context) error {
	return errors.Join(p.watcher.Close(ctx), p.handle.Close(ctx))
}
