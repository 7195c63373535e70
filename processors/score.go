package processors

import (
	"context"
	"errors"
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

const scoreName = "sml_score"

// Fields of sml_score besides those of the project.
const (
	scoreModel         = "model"
	scoreResultPath    = "result_path"
	scoreQuantile      = "anomaly_quantile"
	scoreQuantiles     = "quantiles"
	scoreContributions = "contributions"
	scoreThreshold     = "threshold"
	scoreEvaluate      = "evaluate"

	evaluateEnabled  = "enabled"
	evaluateWindow   = "window"
	evaluateHalfLife = "half_life"
	evaluateDocument = "in_document"
)

func scoreSpec() *service.ConfigSpec {
	return service.NewConfigSpec().
		Beta().
		Categories("Machine Learning").
		Summary("Scores each message with a model of a project and adds the result to the document.").
		Description(`
Put this processor before `+"`sml_learn`"+` to test each row before it is learned. The result is one object at `+"`result_path`"+`; the rest of
the document does not change by a byte. The fields of the result depend on the type of the model:

- anomaly model: `+"`score`, `quantile`"+` (the share of the earlier scores that were not higher), `+"`threshold`, `is_anomaly`"+` (null as long as there is no threshold) and `+"`contributions`"+` by attribute
- regression: `+"`prediction`"+`; with the option `+"`interval`"+` also `+"`interval`"+`; with `+"`threshold`"+` and a document that has the target also `+"`residual`"+`
- classifier: `+"`class`, `probability` and `probabilities`"+`
- with `+"`threshold`"+`: also `+"`p_value`"+`; with `+"`two_sided`"+` also `+"`threshold_upper`"+` and `+"`threshold_lower`"+`; `+"`threshold_method: order_statistics`"+` where `+"`evt`"+` found no tail to fit
- with `+"`quantiles`"+`: also the values of these quantiles

While the project has fewer rows than the model's `+"`min_rows`"+`, the result is `+"`{\"warming_up\": true, \"rows\": 12, \"min_rows\": 32}`"+`. While the model cannot be built for another reason, the result
says so under `+"`waiting_for`"+`: its target or an input has not been seen or has not varied, or its first build takes longer than 10 seconds. `+"`anomaly_quantile`"+` needs 1 / (1 - quantile) scores; until then `+"`is_anomaly`"+` is null.

`+"`missing_inputs`"+` lists the inputs that the document lacks. A document with none of the inputs has no score: `+"`score`"+` (or `+"`prediction`, `class`"+`) is null, and the row is counted (reason `+"`no_input`"+`). While a project is young, a row is scored as if
the earlier rows of its batch had been learned already.

A message that is delivered again is scored again and counts once: in `+"`quantile`"+`, thresholds, the evaluation and what the page shows of scores (reason `+"`replayed`"+`). It is
known by its position: Kafka's, or the `+"`position` of `sml_learn`"+` or of this processor. Without a position a message counts each time. Where the process also learns the project, the
scores of a row are stored no later than the row, so a crash between the two neither loses nor repeats one. A process that only scores may lose, when it is killed, the scores of the
last `+"`refresh`"+`.

Models are rebuilt in the background as the project learns. Scoring does not wait for that.`).
		Fields(projectFields()...).
		Fields(scoreFields()...).
		Fields(scoreEntityFields()...).
		Fields(placeFields("its score and its evaluation count")...).
		Example("Test, then train", "Scores each reading with a histogram-based anomaly model before it is learned.", `
cache_resources:
  - label: sml_state
    memory: { compaction_interval: "" }

input:
  file: { paths: [ ./readings.jsonl ] }

pipeline:
  processors:
    - sml_score:
        project: shuttle
        cache: sml_state
        model: hba1
    - sml_learn:
        project: shuttle
        cache: sml_state
        models:
          - { name: hba1, type: hba }

output:
  stdout: {}
`)
}

// scoreFields say which model scores and what the result has.
func scoreFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringField(scoreModel).
			Description("The name of the model, as defined in `models` of `sml_learn` or stored with the project.").
			Example("hba1"),
		service.NewStringField(scoreResultPath).
			Description("The dot path of the result in the document. The default is `sml.` followed by the model's name.").
			Default(""),
		service.NewFloatField(scoreQuantile).
			Description("A score above this quantile of the scores so far is an anomaly.").
			Default(0.98).
			LintRule(`root = if this <= 0 || this >= 1 { [ "anomaly_quantile is " + this.string() + ", must be between 0 and 1" ] }`),
		service.NewFloatListField(scoreQuantiles).
			Description("Quantiles of the scores so far. Each result has their values under `quantiles`, that of 0.95 as `q95`.").
			Default([]any{}).
			Example([]any{0.95, 0.98, 0.99}).
			LintRule(`root = if this.type() == "number" { [ this ].filter(q -> q <= 0 || q >= 1).map_each(_ -> "quantiles must be between 0 and 1") }`),
		service.NewObjectField(scoreThreshold, thresholdFields(false)...).
			Description("A threshold that sets itself. It applies to the scores of an anomaly model, or to the residuals of a regression when the document has the target. It is computed from statistics of the scores, which are kept with the project."),
		service.NewObjectField(scoreEvaluate,
			service.NewBoolField(evaluateEnabled).Description("Compare predictions with the target when the document has it.").Default(false),
			service.NewIntField(evaluateWindow).Description("Keep also the measures of this number of last rows of a source. 0 means none.").Default(0),
			service.NewFloatField(evaluateHalfLife).Description("Keep also measures in which a row has half its weight after this number of rows. 0 means none.").Default(0.0),
			service.NewBoolField(evaluateDocument).Description("Add the measures so far to each result, as `evaluation`.").Default(false),
		).Description("A running test-then-train evaluation of a regression or a classifier. A classifier has accuracy, log loss, AUC and the confusion matrix; a regression has RMSE, MAE and R2. The measures are kept with the project. `sml_evaluation()` and the metric `sml_evaluation` show them."),
		service.NewIntField(scoreContributions).
			Description("The number of contributions in the result, the largest first. 0 means none. -1 means all, in the order of the attributes. Contributions are rounded to six decimals; except for this they add up to the score.").
			Default(-1).
			LintRule(`root = if this < -1 { [ "contributions is " + this.string() + ", must be -1 or more" ] }`),
	}
}

// score is the processor. One instance serves all pipeline threads.
type score struct {
	handle *live.Handle
	scorer *live.Scorer
	places *placer
	path   []string
	key    *service.InterpolatedString // nil for none
}

func newScore(table *live.Table) service.BatchProcessorConstructor {
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		settings, err := scorerSettings(conf)
		if err != nil {
			return nil, fmt.Errorf("%s: %s.%w", where(resources), scoreThreshold, err)
		}
		path, err := conf.FieldString(scoreResultPath)
		if err != nil {
			return nil, err
		}
		named := path == "" // by the model
		if named {
			path = schema.ResultKey + "." + settings.Model
		}
		key, err := readKey(conf)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		if settings.Entities, err = readEntityScoring(conf, key); err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		places, err := readPlacer(conf, resources)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		handle, err := open(conf, resources, table, scoreName, nil)
		if err != nil {
			return nil, err
		}
		settings.Component = where(resources)
		places.handle = handle
		p := &score{handle: handle, places: places, key: key}
		if p.scorer, err = handle.Project().NewScorer(settings); err == nil {
			if named {
				_, err = resultPath(scoreModel, settings.Model)
			}
			if err == nil {
				p.path, err = resultPath(scoreResultPath, path)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), errors.Join(err, handle.Close(context.Background())))
		}
		return p, nil
	}
}

// scorerSettings reads how the component scores, without what is per key.
func scorerSettings(conf *service.ParsedConfig) (settings live.ScorerSettings, err error) {
	if settings.Model, err = conf.FieldString(scoreModel); err != nil {
		return settings, err
	}
	if settings.Quantile, err = conf.FieldFloat(scoreQuantile); err != nil {
		return settings, err
	}
	if settings.Quantiles, err = conf.FieldFloatList(scoreQuantiles); err != nil {
		return settings, err
	}
	if settings.Contributions, err = conf.FieldInt(scoreContributions); err != nil {
		return settings, err
	}
	threshold, err := readThreshold(conf.Namespace(scoreThreshold))
	if err != nil {
		return settings, err
	}
	if threshold.Method != thresholdNone {
		settings.Threshold = &threshold
	}
	if settings.Evaluate, settings.InDocument, err = readEvaluate(conf.Namespace(scoreEvaluate)); err != nil {
		return settings, fmt.Errorf("%s: %w", scoreEvaluate, err)
	}
	return settings, nil
}

// readEvaluate returns nil when evaluation is off.
func readEvaluate(conf *service.ParsedConfig) (o *evaluation.RunningOptions, inDocument bool, err error) {
	enabled, err := conf.FieldBool(evaluateEnabled)
	if err != nil || !enabled {
		return nil, false, err
	}
	o = &evaluation.RunningOptions{}
	if o.Window, err = conf.FieldInt(evaluateWindow); err != nil {
		return nil, false, err
	}
	if o.HalfLife, err = conf.FieldFloat(evaluateHalfLife); err != nil {
		return nil, false, err
	}
	if _, err := evaluation.NewRunning(model.RoleRegression, *o); err != nil {
		return nil, false, err
	}
	inDocument, err = conf.FieldBool(evaluateDocument)
	return o, inDocument, err
}

// ProcessBatch adds a result to each message of the batch.
func (p *score) ProcessBatch(ctx context.Context, batch service.MessageBatch) ([]service.MessageBatch, error) {
	messages := takeMessages(len(batch))
	defer giveMessages(messages)
	for i, m := range batch {
		content(m, &messages[i])
	}
	p.places.place(batch, messages)
	fillKeys(batch, p.key, messages)
	p.handle.Arrive(messages)
	results, err := p.scorer.Score(ctx, messages)
	if err != nil {
		p.handle.GiveUp(messages, err)
		return nil, err
	}
	defer p.scorer.Release(results)
	for i, m := range batch {
		if messages[i].Err == nil {
			messages[i].Err = insertResult(m, messages[i].Data, p.path, results.JSON(i), scoreResultPath)
		}
		if messages[i].Err != nil {
			m.SetError(messages[i].Err)
		}
	}
	p.handle.Settle(messages)
	return []service.MessageBatch{batch}, nil
}

// Close writes the scores that are not stored yet and closes the project.
func (p *score) Close(ctx context.Context) error { return p.handle.Close(ctx) }
