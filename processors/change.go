package processors

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/detect"
	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/live"
)

const changeName = "sml_change"

// Fields of sml_change besides those of its state and of rows.
const (
	changeValue      = "value"
	changeDetector   = "detector"
	changeOptions    = "options"
	changeResultPath = featuresResultPath
)

func changeSpec() *service.ConfigSpec {
	return service.NewConfigSpec().
		Beta().
		Categories("Machine Learning").
		Summary("Says when a number of the documents changes: the error of a model, a residual, a score or an attribute. A sequential detector reads one value at a time, exactly once.").
		Description(`
The result at `+"`result_path`"+` is, for example,

`+"```json"+`
{"value":1,"change":true,"warning":false,"changes":1,"rows_since_change":0,"rows":32,"mean":0.72}
`+"```"+`

`+"`change`"+` says that the values are no longer as they were, `+"`warning`"+` that this may have begun, `+"`changes`"+` how many changes there were, `+"`rows_since_change`"+` how many values came
after the last one, or in all. `+"`rows`"+` and `+"`mean`"+` are the number and the mean of the values that the detector compares the next one with: the window of `+"`adwin`"+`, of others the values
after the last change. After a change a detector begins anew with the next value.

The detectors, with what they take:

`+detectorTypes()+`
[docs/drift.md](../drift.md#sequential-detectors) says which one is for what, and has their options.

Every key has its own detector. The values of a key must arrive in order and in one shard. With Kafka, use the key as the key of the message.

The state is kept as that of `+"`sml_features`"+`: with the positions of the messages, in one record that changes as a whole, so that each value counts exactly once, whatever crashes. A
message that is delivered again never changes the state. While it is among the last `+"`replay_rows`"+` rows of its partition, it gets the same result as the first time; after that its result is
`+"`{\"replayed\": true}`"+`. Two processors must not have the same `+"`name`"+`, also not one that is an `+"`sml_features`"+`.

The metric `+"`sml_changes_total`"+` counts the changes.`).
		Fields(stateFields()...).
		Fields(changeFields()...).
		Fields(limitFields()...).
		Fields(positionFields()...).
		Field(accountField()).
		Example("The error of a model", "Tells when a classifier that is frozen makes more errors than it did.", changeExample)
}

const changeExample = `
cache_resources:
  - label: sml_state
    memory: { compaction_interval: "" }

input:
  file: { paths: [ ./tickets.jsonl ] }

pipeline:
  threads: 1
  processors:
    - sml_score:
        project: tickets
        cache: sml_state
        model: kind
    - sml_change:
        name: kind_errors
        cache: sml_state
        value: "root = if this.sml.kind.class != null { this.class != this.sml.kind.class } else { null }"
        detector: hddm_a
        options: { drift_confidence: 0.0001 }

output:
  stdout: {}
`

// changeFields say what is watched, and by what.
func changeFields() []*service.ConfigField {
	return []*service.ConfigField{
		keyField(),
		service.NewBloblangField(changeValue).
			Description("The number to watch; true is 1 and false is 0. A message in which it is null or missing is passed on, with a result whose `value`, `change` and `warning` are null. One that the detector cannot take marks the message as failed.").
			Example("root = if this.sml.kind.class != null { this.class != this.sml.kind.class } else { null }"),
		service.NewStringEnumField(changeDetector, detect.Names()...).
			Description("The type of detector.").
			Default("adwin"),
		service.NewAnyMapField(changeOptions).
			Description("Options of the detector. What is left out has its default.").
			Example(map[string]any{"delta": 0.0001}).
			Default(map[string]any{}),
		service.NewStringField(changeResultPath).
			Description("The dot path of the result in the document. The default is `sml.` followed by the name.").
			Default(""),
	}
}

// detectorTypes lists the detectors for the description.
func detectorTypes() string {
	var b strings.Builder
	for _, typ := range detect.Catalogue() {
		fmt.Fprintf(&b, "- `%s` (%s): %s\n", typ.Name, typ.Input, typ.Summary)
	}
	return b.String()
}

// Features of the plan of sml_change, in their order.
const (
	foundLevel = iota
	foundChanges
	foundSince
	foundRows
	foundMean
)

// changePlan is the plan of a detector and of what it tells.
func changePlan(detector string, options map[string]any) (*features.Plan, error) {
	return features.NewPlan([]features.Spec{
		{Name: "level", Type: detector, Of: changeValue, Options: options},
		{Name: "changes", Type: "changes", Of: "level"},
		{Name: "rows_since_change", Type: "rows_since_change", Of: "level"},
		{Name: "rows", Type: "current_rows", Of: "level"},
		{Name: "mean", Type: "current_mean", Of: "level"},
	})
}

// findChanges is the processor. One instance serves all pipeline threads.
type findChanges struct {
	addFeatures
	value   *bloblang.Executor
	checks  *detect.Detector // says which values can be taken; it takes none
	changes *service.MetricCounter
}

func newChange(*live.Table) service.BatchProcessorConstructor {
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		p, err := readChange(conf)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		p.changes = resources.Metrics().NewCounter("sml_changes_total", "project")
		if err := p.open(conf, resources); err != nil {
			return nil, err
		}
		return p, nil
	}
}

// valuesOf reads the value of each message of a batch.
func (p *findChanges) valuesOf(batch service.MessageBatch) valuesAt {
	query := batch.BloblangExecutor(p.value)
	return func(i int, _ *live.Message) ([]float64, error) {
		x, err := number(query, i, true)
		if err != nil {
			return nil, err
		}
		if !math.IsNaN(x) {
			err = p.checks.Takes(x)
		}
		return []float64{x}, err
	}
}

// count counts the changes among rows that are new.
func (p *findChanges) count(rows []features.Delivery) {
	found := int64(0)
	for i := range rows {
		if f := rows[i].Features; rows[i].Err == nil && !rows[i].Replayed && f != nil && f[foundLevel] == float64(detect.Change) {
			found++
		}
	}
	p.changes.Incr(found, p.name)
}

// changeResult returns the object that goes into the document.
func changeResult(d *features.Delivery) []byte {
	f := d.Features
	switch {
	case f == nil:
		return []byte(`{"replayed":true}`)
	case math.IsNaN(f[foundLevel]):
		return []byte(`{"value":null,"change":null,"warning":null}`)
	}
	out := strconv.AppendFloat([]byte(`{"value":`), d.Values[0], 'g', -1, 64)
	out = strconv.AppendBool(append(out, `,"change":`...), f[foundLevel] == float64(detect.Change))
	out = strconv.AppendBool(append(out, `,"warning":`...), f[foundLevel] == float64(detect.Warning))
	for _, told := range []struct {
		name string
		at   int
	}{{"changes", foundChanges}, {"rows_since_change", foundSince}, {"rows", foundRows}, {"mean", foundMean}} {
		out = append(append(append(out, `,"`...), told.name...), `":`...)
		out = strconv.AppendFloat(out, f[told.at], 'g', -1, 64)
	}
	return append(out, '}')
}
