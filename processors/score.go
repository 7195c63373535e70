package processors

import (
	"context"
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
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
The result is one object at `+"`result_path`"+`; the rest of the document stays as it is, byte for byte. An anomaly model gives `+"`score`"+`,
`+"`quantile`"+` (the share of the scores before it that were not higher), `+"`threshold`, `is_anomaly`"+` (null as long as there is no threshold) and `+"`contributions`"+` per attribute; a
regression `+"`prediction`"+` and, when asked, `+"`interval`"+`; a classifier `+"`class`, `probability` and `probabilities`"+`. With `+"`threshold`"+` there is a
`+"`p_value`"+` too, and with `+"`two_sided`, `threshold_upper` and `threshold_lower`"+`; with `+"`quantiles`"+` the values of these. For a
regression whose target is in the document there is the `+"`residual`"+`.

Put it before `+"`sml_learn`"+` to test each row before it is learned. A batch counts as a sequence then: while the project is young, a row
is scored as if the rows before it in its batch had been learned already. With less than the model's `+"`min_rows`"+` rows
the result is `+"`{\"warming_up\": true}`"+`.

Models are rebuilt in the background as the project learns; scoring does not wait for that.`).
		Fields(projectFields()...).
		Fields(
			service.NewStringField(scoreModel).
				Description("The name of the model, as defined in `models` of `sml_learn` or stored with the project.").
				Example("hba1"),
			service.NewStringField(scoreResultPath).
				Description("Where in the document the result goes, as a dot path. The default is `sml.` and the model's name.").
				Default(""),
			service.NewFloatField(scoreQuantile).
				Description("A score above this quantile of the scores so far is an anomaly.").
				Default(0.98).
				LintRule(`root = if this <= 0 || this >= 1 { [ "anomaly_quantile is " + this.string() + ", must be between 0 and 1" ] }`),
			service.NewFloatListField(scoreQuantiles).
				Description("Quantiles of the scores so far that each result tells as `quantiles`, 0.95 as `q95`.").
				Default([]any{}).
				Example([]any{0.95, 0.98, 0.99}).
				LintRule(`root = if this.type() == "number" { [ this ].filter(q -> q <= 0 || q >= 1).map_each(_ -> "quantiles must be between 0 and 1") }`),
			service.NewObjectField(scoreThreshold, thresholdFields(false)...).
				Description("A threshold that sets itself, on the scores of an anomaly model, or on the residuals of a regression where the document has the target. It is read off statistics of the scores that are kept with the project."),
			service.NewObjectField(scoreEvaluate,
				service.NewBoolField(evaluateEnabled).Description("Whether predictions are compared with the target where the document has it.").Default(false),
				service.NewIntField(evaluateWindow).Description("Keep the measures of that many last rows of a source as well; 0 for none.").Default(0),
				service.NewFloatField(evaluateHalfLife).Description("Keep measures as well in which a row counts half after that many rows; 0 for none.").Default(0.0),
				service.NewBoolField(evaluateDocument).Description("Whether the measures so far are added to each result as `evaluation`.").Default(false),
			).Description("A running test-then-train evaluation of a regression or a classifier: accuracy, log loss, AUC and the confusion matrix, or RMSE, MAE and R2. It is kept with the project, told by `sml_evaluation()`, and a metric (`sml_evaluation`)."),
			service.NewIntField(scoreContributions).
				Description("How many contributions to report, the largest first: 0 none, -1 all in the order of the attributes. They are rounded to six decimals, and add up to the score but for that.").
				Default(-1).
				LintRule(`root = if this < -1 { [ "contributions is " + this.string() + ", must be -1 or more" ] }`),
		).
		Fields(scoreEntityFields()...).
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

// score is the processor. One instance serves all pipeline threads.
type score struct {
	handle *live.Handle
	scorer *live.Scorer
	path   []string
	key    *service.InterpolatedString // nil for none
}

func newScore(table *live.Table) service.BatchProcessorConstructor {
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		settings := live.ScorerSettings{}
		var err error
		if settings.Model, err = conf.FieldString(scoreModel); err != nil {
			return nil, err
		}
		if settings.Quantile, err = conf.FieldFloat(scoreQuantile); err != nil {
			return nil, err
		}
		if settings.Quantiles, err = conf.FieldFloatList(scoreQuantiles); err != nil {
			return nil, err
		}
		if settings.Contributions, err = conf.FieldInt(scoreContributions); err != nil {
			return nil, err
		}
		threshold, err := readThreshold(conf.Namespace(scoreThreshold))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		if threshold.Method != "none" {
			settings.Threshold = &threshold
		}
		if settings.Evaluate, settings.InDocument, err = readEvaluate(conf.Namespace(scoreEvaluate)); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", where(resources), scoreEvaluate, err)
		}
		path, err := conf.FieldString(scoreResultPath)
		if err != nil {
			return nil, err
		}
		if path == "" {
			path = "sml." + settings.Model
		}
		key, err := readKey(conf)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		if settings.Entities, err = readEntityScoring(conf, key); err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		handle, err := open(conf, resources, table, nil)
		if err != nil {
			return nil, err
		}
		p := &score{handle: handle, key: key}
		if p.scorer, err = handle.Project().NewScorer(settings); err == nil {
			p.path, err = resultPath(scoreResultPath, path)
		}
		if err != nil {
			_ = handle.Close(context.Background())
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		return p, nil
	}
}

// readEvaluate returns nil where there is to be no evaluation.
func readEvaluate(conf *service.ParsedConfig) (o *model.RunningOptions, inDocument bool, err error) {
	enabled, err := conf.FieldBool(evaluateEnabled)
	if err != nil || !enabled {
		return nil, false, err
	}
	o = &model.RunningOptions{}
	if o.Window, err = conf.FieldInt(evaluateWindow); err != nil {
		return nil, false, err
	}
	if o.HalfLife, err = conf.FieldFloat(evaluateHalfLife); err != nil {
		return nil, false, err
	}
	if _, err := model.NewRunning(model.RoleRegression, *o); err != nil {
		return nil, false, err
	}
	inDocument, err = conf.FieldBool(evaluateDocument)
	return o, inDocument, err
}

// ProcessBatch adds a result to each message of the batch.
func (p *score) ProcessBatch(ctx context.Context, batch service.MessageBatch) ([]service.MessageBatch, error) {
	messages := takeMessages(len(batch))
	defer giveMessages(messages)
	names := &shardNames{}
	for i, m := range batch {
		content(m, &messages[i])
		if !kafkaPosition(m, names, &messages[i]) {
			messages[i].Shard = defaultShard
		}
	}
	fillKeys(batch, p.key, messages)
	results, err := p.scorer.Score(ctx, messages)
	if err != nil {
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
	return []service.MessageBatch{batch}, nil
}

// Close gives the project up; what is not stored yet is written first.
func (p *score) Close(ctx context.Context) error { return p.handle.Close(ctx) }
