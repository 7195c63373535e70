package processors

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/cachestore"
	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/live"
)

const featuresName = "sml_features"

// Fields of sml_features besides those of rows.
const (
	featuresState      = "name"
	featuresKey        = "key"
	featuresList       = "features"
	featuresResultPath = "result_path"
	featuresMaxKeys    = "max_keys"
	featuresReplay     = "replay_rows"
	featureName        = "name"
	featureType        = "type"
	featureOf          = "of"
	featureParts       = "parts"
	featureRows        = "rows"
	featureOver        = "over"
	featureSeason      = "season"
	featureShort       = "short"
)

func featuresSpec() *service.ConfigSpec {
	return service.NewConfigSpec().
		Beta().
		Categories("Machine Learning").
		Summary("Adds time-series context to each document: lags, rolling and exponential aggregates, time of day, seasonal residuals and likelihoods, kept apart for every key.").
		Description(`
The result is one object at `+"`result_path`"+` with a number per feature; the rest of the document stays as it is, byte for byte. A feature
that has no value yet, or whose field is missing or no number, is left out. Windows end with the row itself.

The types of features:

`+featureTypes()+`
Rows must come in order of time within a key, and the rows of a key in one shard: with Kafka, that the key is the message's key.

With messages from Kafka the state is kept per partition, together with the offsets that it contains, in one record that changes as a whole.
With `+"`durability: batch`"+` a batch is passed on only after the record is stored, so every row enters the state exactly once, whatever crashes.
A message that is delivered again is passed on with the features that it got the first time, while it is among the last `+"`replay_rows`"+`
of its partition; beyond, its result is `+"`{\"replayed\": true}`"+`. It never changes the state. Messages without a position are taken as new.

The record holds the state of `+"`max_keys`"+` keys. Those not used for longest leave for other keys of the cache, come back at their next row,
and lose nothing. A record is written per batch, so its size (`+"`max_keys`"+` times the histories) decides on the batch size that pays.`).
		Fields(
			service.NewStringField(featuresState).
				Description("The name of the state in the cache. 1 to 100 letters, digits, `_` and `-`. Other features need another name; two processors must not share one.").
				Example("pumps").
				LintRule(`root = if !this.re_match("^[A-Za-z0-9_-]{1,100}$") { [ "name is \"" + this + "\", must be 1 to 100 letters, digits, _ and -" ] }`),
			service.NewStringField(fieldCache).
				Description("The label of the cache resource that keeps the state. Give it no expiry: an expired key is lost state.").
				Example("sml_state"),
			service.NewStringField(fieldPrefix).
				Description("What all keys in the cache begin with.").
				Default("sml").
				Advanced().
				LintRule(`root = if !this.re_match("^[A-Za-z0-9_-]{1,100}$") { [ "prefix is \"" + this + "\", must be 1 to 100 letters, digits, _ and -" ] }`),
			service.NewInterpolatedStringField(featuresKey).
				Description("What the state is kept apart by. The default is one series for all messages.").
				Example(`${! json("machine_id") }`).
				Default(""),
			service.NewObjectListField(featuresList, featureFields()...).
				Description("The features to add."),
			service.NewStringField(featuresResultPath).
				Description("Where in the document the result goes, as a dot path.").
				Default("features"),
			service.NewIntField(featuresMaxKeys).
				Description("The most keys per partition whose state is in the record and in memory.").
				Default(features.DefaultKeys).
				LintRule(`root = if this < 1 || this > 1000000 { [ "max_keys is " + this.string() + ", must be 1 to 1000000" ] }`),
			service.NewIntField(featuresReplay).
				Description("For how many of the last rows of a partition the features are remembered, for messages that are delivered again. Make it at least the rows that are on their way at a time.").
				Default(1000).
				Advanced().
				LintRule(`root = if this < 0 || this > 100000 { [ "replay_rows is " + this.string() + ", must be 0 to 100000" ] }`),
			service.NewStringEnumField(learnDurability, durabilityBatch, durabilityInterval).
				Description("`batch`: a batch is passed on only after the state that contains it is in the cache. `interval`: the state is written every `every` and at shutdown; a crash may lose or repeat that much of it.").
				Default(durabilityBatch),
			service.NewDurationField(learnEvery).
				Description("How often the state is written with `durability: interval`.").
				Default(defaultEvery).
				Advanced(),
		).
		Fields(featureRowFields()...).
		Example("Context for an anomaly model", "Each pump gets its last change, its mean over an hour and how unusual the hour of the week makes its temperature.", `
cache_resources:
  - label: sml_state
    memory: { compaction_interval: "" }

input:
  file: { paths: [ ./pumps.jsonl ] }

pipeline:
  threads: 1
  processors:
    - sml_features:
        name: pumps
        cache: sml_state
        key: ${! json("pump") }
        timestamp: ${! json("time") }
        features:
          - { type: difference, of: temp }
          - { type: mean, of: temp, over: 1h }
          - { type: seasonal_zscore, of: temp }
          - { type: hour_sin }

output:
  stdout: {}
`)
}

// featureTypes lists the catalogue for the description.
func featureTypes() string {
	var b strings.Builder
	for _, name := range features.Types() {
		fmt.Fprintf(&b, "- `%s`: %s\n", name, features.Describe(name))
	}
	return b.String()
}

// addFeatures is the processor. One instance serves all pipeline threads.
type addFeatures struct {
	plan  *features.Plan
	now   func() time.Time
	key   *service.InterpolatedString
	shard *service.InterpolatedString
	// position and timestamp are nil for none.
	position  *service.InterpolatedString
	timestamp *service.InterpolatedString

	paths  [][]string // of the plan's fields
	path   []string   // of the result
	names  [][]byte   // of the features, as keys of the result
	log    *service.Logger
	shards *features.Shards
}

func newFeatures(*live.Table) service.BatchProcessorConstructor {
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		p, err := readFeatures(conf)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		label, err := conf.FieldString(fieldCache)
		if err != nil {
			return nil, err
		}
		store, err := cachestore.New(resources, label)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", where(resources), fieldCache, err)
		}
		p.log = resources.Logger()
		if p.shards, err = openFeatures(conf, p.plan, store, p.log); err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		return p, nil
	}
}

// ProcessBatch adds the features to each message of the batch. With durability
// batch it returns when the state is stored or ctx ends.
func (p *addFeatures) ProcessBatch(ctx context.Context, batch service.MessageBatch) ([]service.MessageBatch, error) {
	rows, documents := p.read(batch)
	if err := persist(ctx, p.log, featuresName, func() error { return p.shards.Take(ctx, rows) }); err != nil {
		return nil, err
	}
	for i := range rows {
		err := rows[i].Err
		if err == nil {
			err = insertResult(batch[i], documents[i], p.path, p.result(&rows[i]), featuresResultPath)
		}
		if err != nil {
			batch[i].SetError(err)
		}
	}
	return []service.MessageBatch{batch}, nil
}

// Close writes what is not stored yet.
func (p *addFeatures) Close(ctx context.Context) error { return p.shards.Close(ctx) }
