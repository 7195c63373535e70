package processors

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/engine"
)

const learnName = "sml_learn"

// Fields of sml_learn besides those of the project.
const (
	learnAttributes     = "attributes"
	learnTypes          = "attribute_types"
	learnOrder          = "attribute_order"
	learnMaxAttributes  = "max_attributes"
	learnMaxCategories  = "max_categories"
	learnMaxPatterns    = "max_patterns"
	learnPrecision      = "precision"
	learnBins           = "histogram_bins"
	learnModels         = "models"
	learnDurability     = "durability"
	learnEvery          = "every"
	learnTopics         = "topics"
	learnShard          = "shard"
	learnPosition       = "position"
	durabilityBatch     = "batch"
	durabilityInterval  = "interval"
	defaultShard        = "local"
	defaultMaxIntervals = "5s"
)

func learnSpec() *service.ConfigSpec {
	return service.NewConfigSpec().
		Beta().
		Categories("Machine Learning").
		Summary("Learns the statistics of each message into a project and passes the messages on unchanged.").
		Description(`
The rows themselves are not kept: a project keeps additive statistics, from which any model can be built at any time. Messages must be
JSON objects. The type of an attribute is settled by its first value: a boolean makes it binary, a number continuous, a string categorical;
nested objects and arrays are learned only where `+"`attributes`"+` declares them.

A message that does not fit is marked as failed, so that `+"`catch`, `try_catch` and `errored()`"+` see it, and contributes nothing; the
others of its batch are learned.

With messages from Kafka each partition is learned into a shard of its own, and the offsets that a shard contains are stored with its
statistics: a message that is delivered again is passed on and not counted again. Any number of processes of one consumer group can learn
one project.`).
		Fields(projectFields()...).
		Fields(
			service.NewStringMapField(learnAttributes).
				Description("The type of attributes, by name or by pattern (`sensor_*`): `continuous`, `binary`, `categorical`, `list`, `timestamp` or `ignore`. A path (`motor.temp`) reaches into nested objects. An exact name wins over a pattern. The rest is inferred from the data.").
				Example(map[string]any{"class": "ignore", "sensor_*": "continuous", "motor.temp": "continuous"}).
				Default(map[string]any{}),
			service.NewStringField(learnTypes).
				Description("The types in the short form of SymetryML, one letter each for the names in `attribute_order`: `C` continuous, `B` binary, `S` or `T` categorical, `L` list, `X` ignore.").
				Example("C,C,B,S,X").
				Default("").
				Advanced(),
			service.NewStringListField(learnOrder).
				Description("The names that `attribute_types` is about.").
				Default([]any{}).
				Advanced(),
			service.NewObjectListField(learnModels, modelFields()...).
				Description("Models to define when the project does not have them yet. They are stored with the project, so that a scorer elsewhere names only project, cache and model.").
				Default([]any{}),
			service.NewStringEnumField(learnDurability, durabilityBatch, durabilityInterval).
				Description("`batch`: a batch is passed on, and so acknowledged, only after its statistics are in the cache; every offset is counted exactly once, whatever crashes. `interval`: the statistics are written every `every` and at shutdown; a crash may lose or repeat that much.").
				Default(durabilityBatch),
			service.NewDurationField(learnEvery).
				Description("How often the statistics are written with `durability: interval`.").
				Default(defaultMaxIntervals).
				Advanced(),
			service.NewInterpolatedStringField(learnShard).
				Description("The shard for messages that have no Kafka metadata. One process at a time may learn a shard.").
				Default(defaultShard).
				Advanced(),
			service.NewInterpolatedStringField(learnPosition).
				Description("The position of a message within its shard, for messages without Kafka metadata: an integer that grows. Without one, a message that is delivered twice is counted twice.").
				Example(`${! json("seq") }`).
				Optional().
				Advanced(),
			service.NewStringListField(learnTopics).
				Description("The Kafka topics that the project learns from. A message of another topic is marked as failed. Metadata can be forged by message headers; this narrows what a forged header can do. Empty means all.").
				Default([]any{}).
				Advanced(),
			service.NewStringEnumField(learnPrecision, "auto", "extended", "double").
				Description("Arithmetic of the co-moments. `extended` carries about 31 digits, `double` 16 and is faster with many attributes; `auto` takes `extended` up to 64 attributes.").
				Default("auto").
				Advanced(),
			service.NewIntField(learnBins).
				Description("The most bins that the histogram of an attribute may have.").
				Default(512).
				Advanced().
				LintRule(`root = if this < 16 || this > 65536 { [ "histogram_bins must be 16 to 65536" ] }`),
			service.NewIntField(learnMaxAttributes).
				Description("The most attributes that a project may have. A row with one too many is marked as failed.").
				Default(1000).
				Advanced().
				LintRule(`root = if this < 1 || this > 10000 { [ "max_attributes must be 1 to 10000" ] }`),
			service.NewIntField(learnMaxCategories).
				Description("The most values of a categorical attribute that are counted apart. Further ones count together, as other.").
				Default(256).
				Advanced().
				LintRule(`root = if this < 1 || this > 65536 { [ "max_categories must be 1 to 65536" ] }`),
			service.NewIntField(learnMaxPatterns).
				Description("The most combinations of present attributes that have a block of co-moments of their own. Rows of further ones go to a pairwise block: as exact, and slower.").
				Default(64).
				Advanced().
				LintRule(`root = if this < 1 || this > 65536 { [ "max_patterns must be 1 to 65536" ] }`),
		).
		Example("Learn a topic", "Learns the sensor readings of a topic. With `durability: batch`, the default, every row is counted exactly once.", `
cache_resources:
  - label: sml_state
    redis: { url: "${REDIS_URL:redis://127.0.0.1:6379}" }

input:
  redpanda:
    seed_brokers: [ "${KAFKA:127.0.0.1:9092}" ]
    topics: [ shuttle-sensor ]
    consumer_group: sml-shuttle
    max_yield_batch_bytes: 1MB

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

// learn is the processor. One instance serves all pipeline threads.
type learn struct {
	handle   *engine.Handle
	topics   []string
	shard    *service.InterpolatedString
	position *service.InterpolatedString
}

func newLearn(table *engine.Table) service.BatchProcessorConstructor {
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		settings, err := learnSettings(conf)
		if err != nil {
			return nil, fmt.Errorf("%s.%w", where(resources), err)
		}
		p := &learn{}
		if p.topics, err = conf.FieldStringList(learnTopics); err != nil {
			return nil, err
		}
		if p.shard, err = conf.FieldInterpolatedString(learnShard); err != nil {
			return nil, err
		}
		if conf.Contains(learnPosition) {
			if p.position, err = conf.FieldInterpolatedString(learnPosition); err != nil {
				return nil, err
			}
		}
		if p.handle, err = open(conf, resources, table, settings); err != nil {
			return nil, err
		}
		return p, nil
	}
}

// ProcessBatch learns the batch and returns it as it came. With durability
// batch it returns when the statistics are stored or ctx ends.
func (p *learn) ProcessBatch(ctx context.Context, batch service.MessageBatch) ([]service.MessageBatch, error) {
	messages := make([]engine.Message, len(batch))
	names := &shardNames{}
	for i, m := range batch {
		content(m, &messages[i])
		p.locate(batch, i, names, &messages[i])
	}
	if err := p.handle.Project().Learn(ctx, messages); err != nil {
		return nil, err
	}
	for i := range messages {
		if messages[i].Err != nil {
			batch[i].SetError(messages[i].Err)
		}
	}
	return []service.MessageBatch{batch}, nil
}

// locate fills in where the message belongs and which position it has.
func (p *learn) locate(batch service.MessageBatch, i int, names *shardNames, into *engine.Message) {
	if kafkaPosition(batch[i], names, into) {
		if len(p.topics) > 0 && !slices.Contains(p.topics, names.topic) {
			*into = engine.Message{Err: fmt.Errorf("message of topic %q, which is not among the topics %q of the project", names.topic, p.topics)}
		}
		return
	}
	shard, err := batch.TryInterpolatedString(i, p.shard)
	if err != nil {
		into.Err = fmt.Errorf("%s: %w", learnShard, err)
		return
	}
	into.Shard = shard
	if p.position == nil {
		return
	}
	position, err := batch.TryInterpolatedString(i, p.position)
	if err != nil {
		into.Err = fmt.Errorf("%s: %w", learnPosition, err)
		return
	}
	if into.Offset, err = parsePosition(position); err != nil {
		into.Err = err
		return
	}
	into.HasOffset = true
}

// Close writes what is not stored yet and gives the project up.
func (p *learn) Close(ctx context.Context) error { return p.handle.Close(ctx) }

func learnSettings(conf *service.ParsedConfig) (*engine.LearnSettings, error) {
	settings := &engine.LearnSettings{}
	if err := readRules(conf, settings); err != nil {
		return nil, err
	}
	if err := readStatistics(conf, settings); err != nil {
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
	settings.Models, err = readModels(conf)
	return settings, err
}
