package processors

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

const learnName = "sml_learn"

// Fields of sml_learn besides those of the project, of rows and of statistics.
const (
	learnAttributes    = "attributes"
	learnTypes         = "attribute_types"
	learnOrder         = "attribute_order"
	learnSeparator     = "list_separator"
	learnHashBuckets   = "hash_buckets"
	learnMaxAttributes = "max_attributes"
	learnMaxCategories = "max_categories"
	learnModels        = "models"
	learnMode          = "mode"
	learnFreeze        = "freeze"
	learnWhole         = "whole_batches"
	learnDurability    = "durability"
	learnEvery         = "every"
	learnPrequential   = "prequential"
	learnScore         = "score"
	prequentialNone    = "none"
	prequentialRow     = "row"
	modeLearn          = "learn"
	modeForget         = "forget"
	durabilityBatch    = "batch"
	durabilityInterval = "interval"
	defaultEvery       = "5s"
)

func learnSpec() *service.ConfigSpec {
	return service.NewConfigSpec().
		Beta().
		Categories("Machine Learning").
		Summary("Learns the statistics of each message into a project and passes the messages on unchanged.").
		Description(`
Messages must be JSON objects. The first value of an attribute fixes its type: a boolean makes the attribute binary, a number makes it
continuous, a string makes it categorical. Nested objects and arrays are learned only where `+"`attributes`"+` declares them. The project does
not keep the rows. It keeps additive statistics, from which any model can be built at any time.

Values in Avro's JSON form for unions, which `+"`schema_registry_decode`"+` gives by default, are read as the values themselves: `+"`{\"temp\":{\"double\":5.1}}`"+` is a
row with `+"`temp`"+` 5.1. An object with one key stands for its value when the key is a primitive Avro type and the value is of its sort, or when the key
is the full name of a type with a namespace (an enum, a fixed or a record). Without a namespace, an enum is read where its attribute is declared. Where
`+"`attributes`"+` declares the inner path itself, such as `+"`temp.double`"+`, the object stays an object; where the attribute is declared as `+"`ignore`"+`, nothing is read.

A document without a value of any attribute teaches nothing. It is passed on, counted (`+"`sml_rows_left_out_total`"+`, reason `+"`no_attribute`"+`) and logged, and is no row of the project.

A message that does not fit is marked as failed and changes nothing; `+"`catch`, `try_catch` and `errored()`"+` see the mark. The other messages of
its batch are learned.

Each Kafka partition is learned into a shard of its own. The offsets that a shard contains are stored with its statistics, so a message that
is delivered again is passed on and not counted again. Any number of processes of one consumer group can learn one project.`).
		Fields(projectFields()...).
		Fields(attributeFields()...).
		Fields(keepFields()...).
		Fields(valueFields()...).
		Fields(readingFields()...).
		Fields(modeFields()...).
		Fields(rowFields()...).
		Fields(compositionFields()...).
		Field(learnKeyField()).
		Field(powerField()).
		Field(expandField()).
		Example("Learn a topic", "Learns the sensor readings of a topic. With `durability: batch`, the default, every row is counted exactly once.", `
cache_resources:
  - label: sml_state
    redis: { url: "${REDIS_URL:redis://127.0.0.1:6379}" }

input:
  sml_kafka:
    seed_brokers: [ "${KAFKA:127.0.0.1:9092}" ]
    topics: [ shuttle-sensor ]
    consumer_group: sml-shuttle

pipeline:
  processors:
    - sml_learn:
        project: shuttle
        cache: sml_state
        attributes: { class: ignore }
        models:
          - { name: hba1, type: hba }

output:
  drop: {}
`)
}

// attributeFields declare the types of attributes.
func attributeFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringMapField(learnAttributes).
			Description("The type of attributes, by name or by pattern (`sensor_*`): `continuous`, `binary`, `categorical`, `list`, `timestamp` or `ignore`. A path (`motor.temp`) reaches into nested objects. An exact name wins over a pattern. The types of all other attributes are inferred from the data.").
			Example(map[string]any{"class": "ignore", "sensor_*": "continuous", "motor.temp": "continuous"}).
			Default(map[string]any{}),
		service.NewStringField(learnTypes).
			Description("The types in the short form of SymetryML, one letter for each name in `attribute_order`: `C` continuous, `B` binary, `S` or `T` categorical, `L` list, `X` ignore.").
			Example("C,C,B,S,X").
			Default("").
			Advanced(),
		service.NewStringListField(learnOrder).
			Description("The names of the attributes whose types `attribute_types` gives, in the same order.").
			Default([]any{}).
			Advanced(),
	}
}

// keepFields say which models a project has and when its statistics are stored.
func keepFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewObjectListField(learnModels, modelFields()...).
			Description("Models of the project. Definitions are stored with the project, so `sml_score` in another process needs only the names of project, cache and model. A stored model with the same name and another definition is replaced.").
			Default([]any{}),
		service.NewStringEnumField(learnDurability, durabilityBatch, durabilityInterval).
			Description("`batch`: a batch is passed on, and so acknowledged, only after its statistics are in the cache. Every offset then counts exactly once, whatever crashes. `interval`: the statistics are written once per `every` and at shutdown. A crash can then lose or repeat the rows of one interval.").
			Default(durabilityBatch),
		service.NewDurationField(learnEvery).
			Description("How often the statistics are written with `durability: interval`.").
			Default(defaultEvery).
			Advanced(),
	}
}

// valueFields bound the attributes and say how text becomes values.
func valueFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewIntField(learnMaxAttributes).
			Description("The maximum number of attributes of a project. A row that would exceed it is marked as failed.").
			Default(1000).
			Advanced().
			LintRule(`root = if this < 1 || this > 10000 { [ "max_attributes is " + this.string() + ", must be 1 to 10000" ] }`),
		service.NewIntField(learnMaxCategories).
			Description("The maximum number of values of a categorical attribute that are counted separately. All further values count together, as other.").
			Default(256).
			Advanced().
			LintRule(`root = if this < 1 || this > 65536 { [ "max_categories is " + this.string() + ", must be 1 to 65536" ] }`),
		service.NewStringField(learnSeparator).
			Description("The separator between the values of a `list` attribute that arrives as a string. Empty means that the string is one value. Arrays need no separator.").
			Example("|").
			Default("").
			Advanced(),
		service.NewIntMapField(learnHashBuckets).
			Description("Feature hashing: the number of hash buckets that replace the values of a categorical attribute, by name or pattern.").
			Example(map[string]any{"user_agent": 64}).
			Default(map[string]any{}).
			Advanced(),
	}
}

// modeFields say whether rows are added, subtracted or refused.
func modeFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringEnumField(learnMode, modeLearn, modeForget).
			Description("`learn` adds the rows to the statistics. `forget` subtracts them, wherever and whenever they were learned. A row that is not among those learned, or was forgotten before, is marked with an error by itself. The resolution of histograms does not go back.").
			Default(modeLearn).
			Advanced(),
		service.NewBoolField(learnWhole).
			Description("Learn a batch whole or not at all: when a row of it cannot be learned, all its messages are marked as failed, and neither the statistics nor the attributes of the project change. The positions of the batch are not kept, so it can be delivered again.").
			Default(false).
			Advanced(),
		service.NewStringEnumField(learnPrequential, prequentialNone, prequentialRow).
			Description("`row` tests the model that `score` names while it learns: each row is scored by what was learned of the rows of its shard before it, those of the same batch included, and is then learned. The result, with the fields of `sml_score`, is at `sml.` followed by the name of the model. A running evaluation is kept as by `evaluate` of `sml_score`. A message that is delivered again is scored by what has been learned since, and neither learned nor evaluated again; one that is refused or filtered has no result.").
			Default(prequentialNone),
		service.NewStringField(learnScore).
			Description("The name of the model that `prequential: row` tests: of type `adaptive`, or of type `forest` with `adapt: true`, as other types do not learn row by row.").
			Example("trend").
			Default(""),
		service.NewBoolField(learnFreeze).
			Description("Refuse to learn: every message is marked as failed, and the project does not change.").
			Default(false).
			Advanced(),
	}
}

// learn is the processor. One instance serves all pipeline threads.
type learn struct {
	handle *live.Handle
	rows   *rowReader
	key    *service.InterpolatedString // nil for none
	forget bool
	test   *live.Prequential // nil for none
	path   []string          // of its results
	log    *service.Logger
}

func newLearn(table *live.Table) service.BatchProcessorConstructor {
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		settings, err := learnSettings(conf)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		p := &learn{log: resources.Logger()}
		mode, err := conf.FieldString(learnMode)
		if err != nil {
			return nil, err
		}
		p.forget = mode == modeForget
		if p.rows, err = newRowReader(conf, settings.Composition.NeedsTime()); err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		if p.key, err = readKey(conf); err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		score, err := readPrequential(conf, settings)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		if p.handle, err = open(conf, resources, table, learnName, settings); err != nil {
			return nil, err
		}
		if score != "" {
			if err := p.begin(score, where(resources)); err != nil {
				return nil, fmt.Errorf("%s: %w", where(resources), errors.Join(err, p.handle.Close(context.Background())))
			}
		}
		return p, nil
	}
}

// ProcessBatch learns the batch and returns it as it came. With durability
// batch it returns when the statistics are stored or ctx ends.
func (p *learn) ProcessBatch(ctx context.Context, batch service.MessageBatch) ([]service.MessageBatch, error) {
	messages := takeMessages(len(batch))
	defer giveMessages(messages)
	rows := p.rows.over(batch)
	for i := range batch {
		rows.read(i, &messages[i])
	}
	fillKeys(batch, p.key, messages)
	take := p.handle.Learn
	var tests *live.Tests
	switch {
	case p.forget:
		take = p.handle.Forget
	case p.test != nil:
		tests = p.test.Begin(len(batch))
		take = func(ctx context.Context, messages []live.Message) error {
			return p.handle.LearnTested(ctx, messages, tests)
		}
	}
	if err := persist(ctx, p.log, learnName, func() error { return take(ctx, messages) }); err != nil {
		p.handle.GiveUp(messages, err)
		return nil, err
	}
	for i := range messages {
		if messages[i].Err == nil && tests != nil && len(tests.JSON(i)) > 0 {
			messages[i].Err = insertResult(batch[i], messages[i].Data, p.path, tests.JSON(i), learnScore)
		}
		if messages[i].Err != nil {
			batch[i].SetError(messages[i].Err)
		}
	}
	return []service.MessageBatch{batch}, nil
}

// persistPause is the time between two attempts to learn a batch.
const persistPause = 5 * time.Second

// persist calls take until it succeeds or ctx ends. The host acknowledges a
// batch that fails, so its rows would be lost. An error, such as a damaged
// record or settings that contradict the stored project, is logged when its
// text changes.
func persist(ctx context.Context, log *service.Logger, name string, take func() error) error {
	for said := ""; ; {
		err := take()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if text := err.Error(); text != said {
			said = text
			log.Errorf("%s learns nothing and acknowledges nothing until this is repaired: %v", name, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(persistPause):
		}
	}
}

// Close writes the statistics that are not stored yet and closes the project.
func (p *learn) Close(ctx context.Context) error { return p.handle.Close(ctx) }

func learnSettings(conf *service.ParsedConfig) (*live.LearnSettings, error) {
	settings := &live.LearnSettings{}
	if err := readRules(conf, settings); err != nil {
		return nil, err
	}
	var err error
	if settings.Composition, err = readComposition(conf); err != nil {
		return nil, err
	}
	if err := readPower(conf.Namespace(learnPower), &settings.Powers); err != nil {
		return nil, err
	}
	if err := readExpand(conf.Namespace(learnExpand), &settings.Expand); err != nil {
		return nil, err
	}
	durability, err := conf.FieldString(learnDurability)
	if err != nil {
		return nil, err
	}
	settings.Durable = durability == durabilityBatch
	if settings.Every, err = conf.FieldDuration(learnEvery); err != nil {
		return nil, err
	}
	if settings.Every < 10*time.Millisecond {
		return nil, fmt.Errorf("%s: %v is less than 10ms", learnEvery, settings.Every)
	}
	if settings.Whole, err = conf.FieldBool(learnWhole); err != nil {
		return nil, err
	}
	if settings.Frozen, err = conf.FieldBool(learnFreeze); err != nil {
		return nil, err
	}
	if settings.Verify, err = readVerify(conf); err != nil {
		return nil, err
	}
	if settings.Models, err = readModels(conf); err != nil {
		return nil, err
	}
	if _, err := readPrequential(conf, settings); err != nil {
		return nil, err
	}
	return settings, checkDeclared(settings)
}
