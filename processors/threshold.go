package processors

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

const thresholdName = "sml_threshold"

// Fields of sml_threshold besides those of the project and of a threshold.
const (
	watchName       = "name"
	watchValue      = "value"
	watchResultPath = "result_path"
	watchDrift      = "drift_window"
)

func thresholdSpec() *service.ConfigSpec {
	return service.NewConfigSpec().
		Beta().
		Categories("Machine Learning").
		Summary("Raises an alarm when a number of the document is higher, or lower, than almost all earlier ones. The threshold sets itself.").
		Description(`
The result at `+"`result_path`"+` has `+"`value`, `quantile`, `threshold`, `p_value`"+` and `+"`is_anomaly`"+`; with `+"`drift_window`"+` also `+"`level`"+`; with `+"`two_sided`"+` also
`+"`threshold_upper`"+` and `+"`threshold_lower`"+`. The first `+"`warm_up`"+` results have no thresholds, and `+"`is_anomaly`"+` is null.

The threshold comes from extreme value theory: a generalised Pareto distribution is fitted to the tail of the values so far (peaks over
threshold; Siffer and others, KDD 2017). So `+"`alpha`"+` can be smaller than any rate that was observed. Where no tail can be fitted, as to constants or to
whole numbers with a short range, the threshold is the least value that at most the share `+"`alpha`"+` of the values exceeds, and the result also has
`+"`threshold_method: order_statistics`"+`. The statistics behind the threshold are mergeable and
kept with the project. They survive restarts, and several processes share them.

A message that is delivered again is judged again and counts once (reason `+"`replayed`"+`). It is known by its position, as with `+"`sml_score`"+`.

With `+"`drift_window`"+` the threshold applies to the distance from a moving level, which follows each source (DSPOT). The level is
not stored: after a restart it needs `+"`drift_window`"+` values to come back.`).
		Fields(projectFields()...).
		Fields(
			service.NewStringField(watchName).Description("The name of the watched number. Each watched number of a project needs its own name.").Example("temperature"),
			service.NewBloblangField(watchValue).Description("The number to watch. A message in which it is null or missing is passed on, with a result whose `value` and `is_anomaly` are null.").Example("root = this.motor.temp"),
			service.NewStringField(watchResultPath).Description("The dot path of the result in the document. The default is `sml.` followed by the name.").Default(""),
			service.NewIntField(watchDrift).Description("The number of values of a source whose mean is the moving level. 0 means no level.").Default(0).
				LintRule(`root = if this != 0 && (this < 2 || this > 1048576) { [ "drift_window is " + this.string() + ", must be 0, or 2 to 1048576" ] }`),
		).
		Fields(thresholdFields(true)...).
		Fields(placeFields("its value counts")...).
		Example("Watch a temperature", "Raises an alarm for about one in ten thousand usual values, relative to the level of each partition.", `
cache_resources:
  - label: sml_state
    memory: { compaction_interval: "" }

input:
  file: { paths: [ ./readings.jsonl ] }

pipeline:
  processors:
    - sml_threshold:
        project: plant
        cache: sml_state
        name: temperature
        value: root = this.motor.temp
        alpha: 0.0001
        drift_window: 450
        two_sided: true

output:
  stdout: {}
`)
}

// watch is the processor. One instance serves all pipeline threads.
type watch struct {
	handle  *live.Handle
	watcher *live.Watcher
	places  *placer
	value   *bloblang.Executor
	path    []string
}

func newThreshold(table *live.Table) service.BatchProcessorConstructor {
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		p := &watch{}
		settings, err := watcherSettings(conf)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		if p.value, err = conf.FieldBloblang(watchValue); err != nil {
			return nil, err
		}
		path, err := conf.FieldString(watchResultPath)
		if err != nil {
			return nil, err
		}
		if path == "" {
			path = schema.ResultKey + "." + settings.Name
		}
		if p.places, err = readPlacer(conf, resources); err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		if p.handle, err = open(conf, resources, table, thresholdName, nil); err != nil {
			return nil, err
		}
		p.places.handle = p.handle
		if p.watcher, err = p.handle.Project().NewWatcher(settings); err == nil {
			p.path, err = resultPath(watchResultPath, path)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), errors.Join(err, p.handle.Close(context.Background())))
		}
		return p, nil
	}
}

// watcherSettings reads how the component watches.
func watcherSettings(conf *service.ParsedConfig) (settings live.WatcherSettings, err error) {
	if settings.Name, err = conf.FieldString(watchName); err != nil {
		return settings, err
	}
	if settings.Drift, err = conf.FieldInt(watchDrift); err != nil {
		return settings, err
	}
	settings.Threshold, err = readThreshold(conf)
	return settings, err
}

// ProcessBatch adds a result to each message of the batch.
func (p *watch) ProcessBatch(ctx context.Context, batch service.MessageBatch) ([]service.MessageBatch, error) {
	messages, values := make([]live.Message, len(batch)), make([]float64, len(batch))
	query := batch.BloblangExecutor(p.value)
	for i, m := range batch {
		content(m, &messages[i])
		if messages[i].Err == nil {
			values[i], messages[i].Err = number(query, i, false)
		}
	}
	p.places.place(batch, messages)
	p.handle.Arrive(messages)
	results, err := p.watcher.Watch(ctx, messages, values)
	if err != nil {
		p.handle.GiveUp(messages, err)
		return nil, err
	}
	for i, m := range batch {
		if messages[i].Err == nil {
			messages[i].Err = insertResult(m, messages[i].Data, p.path, results.JSON(i), watchResultPath)
		}
		if messages[i].Err != nil {
			m.SetError(messages[i].Err)
		}
	}
	p.handle.Settle(messages)
	return []service.MessageBatch{batch}, nil
}

// number evaluates the value of message i; NaN means that it has none. With orBoolean,
// true is 1 and false is 0.
func number(query *service.MessageBatchBloblangExecutor, i int, orBoolean bool) (float64, error) {
	m, err := query.Query(i)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", watchValue, err)
	}
	if m == nil {
		return math.NaN(), nil
	}
	v, err := m.AsStructured()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", watchValue, err)
	}
	if v == nil {
		return math.NaN(), nil
	}
	if wrong, is := v.(bool); is && orBoolean {
		if wrong {
			return 1, nil
		}
		return 0, nil
	}
	x, err := bloblang.ValueAsFloat64(v)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", watchValue, err)
	}
	return x, nil
}

// Close writes the values that are not stored yet and closes the project.
func (p *watch) Close(ctx context.Context) error { return p.handle.Close(ctx) }
