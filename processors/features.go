package processors

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/account"
	"github.com/rpconnect-sml/rpconnect-sml/cachestore"
	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
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
	featureOptions     = "options"
)

func featuresSpec() *service.ConfigSpec {
	return service.NewConfigSpec().
		Beta().
		Categories("Machine Learning").
		Summary("Adds time-series features to each document: lags, rolling and exponential aggregates, time of day, seasonal residuals and tail probabilities. Every key has its own series.").
		Description(`
The result is one object at `+"`result_path`"+` with one number per feature. The rest of the document does not change by a byte. A feature is left out when
it has no value yet, or when its field is missing or is not a number. Windows end with the row itself.

The types of features, each with its settings:

`+featureTypes()+`
The rows of a key must arrive in order of time and in one shard. With Kafka, use the key as the key of the message.

The state of a Kafka partition is kept together with the offsets that it contains, in one record that changes as a whole. With `+"`durability: batch`"+`
a batch is passed on only after the record is stored. So every row enters the state exactly once, whatever crashes. A message that is delivered
again never changes the state. While it is among the last `+"`replay_rows`"+` rows of its partition, it gets the same features as the first time; after that its
result is `+"`{\"replayed\": true}`"+`. Messages without a position always count as new.

The record holds the state of `+"`max_keys`"+` keys. The keys that were not used for longest move to other values of the cache; nothing is lost, and a key
is read back at its next row. A record is written for each batch. The larger the record (`+"`max_keys`"+` times the histories), the larger the batches should be.`).
		Fields(stateFields()...).
		Fields(resultFields()...).
		Fields(limitFields()...).
		Fields(featureRowFields()...).
		Fields(readingFields("infer", "schema_changes")...).
		Field(accountField()).
		Example("Context for an anomaly model", "Adds to each reading of a pump the last change of its temperature, the mean over an hour, and the distance from what is usual at this hour of the week.", `
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

// stateFields say where the state is.
func stateFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringField(featuresState).
			Description("The name of the state in the cache: 1 to 100 letters, digits, `_` and `-`. Two processors must not have the same name.").
			Example("pumps").
			LintRule(`root = if !this.re_match("^[A-Za-z0-9_-]{1,100}$") { [ "name is \"" + this + "\", must be 1 to 100 letters, digits, _ and -" ] }`),
		service.NewStringField(fieldCache).
			Description("The label of the cache resource that keeps the state. The cache must not expire keys: an expired key is lost state.").
			Example("sml_state"),
		service.NewStringField(fieldPrefix).
			Description("The beginning of all keys in the cache.").
			Default("sml").
			Advanced().
			LintRule(`root = if !this.re_match("^[A-Za-z0-9_-]{1,100}$") { [ "prefix is \"" + this + "\", must be 1 to 100 letters, digits, _ and -" ] }`),
	}
}

// resultFields say what is added to a document.
func resultFields() []*service.ConfigField {
	return []*service.ConfigField{
		keyField(),
		service.NewObjectListField(featuresList, featureFields()...).
			Description("The features to add."),
		service.NewStringField(featuresResultPath).
			Description("The dot path of the result in the document.").
			Default("features"),
	}
}

// keyField says which series a message belongs to.
func keyField() *service.ConfigField {
	return service.NewInterpolatedStringField(featuresKey).
		Description("The key of a message. Each key has its own series. By default all messages are one series.").
		Example(`${! json("machine_id") }`).
		Default("")
}

// limitFields bound the state and say when it is stored.
func limitFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewIntField(featuresMaxKeys).
			Description("The maximum number of keys of a partition whose state is in the record and in memory.").
			Default(features.DefaultKeys).
			LintRule(`root = if this < 1 || this > 1000000 { [ "max_keys is " + this.string() + ", must be 1 to 1000000" ] }`),
		service.NewIntField(featuresReplay).
			Description("The number of last rows of a partition whose features are remembered, for messages that are delivered again. It should be at least the number of rows in flight.").
			Default(1000).
			Advanced().
			LintRule(`root = if this < 0 || this > 100000 { [ "replay_rows is " + this.string() + ", must be 0 to 100000" ] }`),
		service.NewStringEnumField(learnDurability, durabilityBatch, durabilityInterval).
			Description("`batch`: a batch is passed on only after the state that contains it is in the cache. `interval`: the state is written once per `every` and at shutdown. A crash can then lose or repeat the rows of one interval.").
			Default(durabilityBatch),
		service.NewDurationField(learnEvery).
			Description("How often the state is written with `durability: interval`.").
			Default(defaultEvery).
			Advanced(),
	}
}

// featureTypes lists the catalogue for the description: each type with its
// settings.
func featureTypes() string {
	var b strings.Builder
	for _, typ := range features.Catalogue() {
		settings := ""
		for i, p := range typ.Parameters {
			if settings += ", "; i == 0 {
				settings = " ("
			}
			settings += "`" + p.Name + "`"
		}
		if settings != "" {
			settings += ")"
		}
		fmt.Fprintf(&b, "- `%s`%s: %s\n", typ.Name, settings, typ.Summary)
	}
	return b.String()
}

// addFeatures is the processor. One instance serves all pipeline threads. The functions
// are what differs in sml_change, which keeps its state in the same way.
type addFeatures struct {
	processor string
	// values returns a function that reads the values of the plan's fields of a message of
	// the batch.
	values func(batch service.MessageBatch) valuesAt
	render func(d *features.Delivery) []byte // the result
	taken  func(rows []features.Delivery)    // what else happens once rows are stored; may be nil

	plan  *features.Plan
	now   func() time.Time
	key   *service.InterpolatedString
	shard *service.InterpolatedString
	// position, source and timestamp are nil when they are not configured.
	position  *service.InterpolatedString
	source    *service.InterpolatedString
	timestamp *service.InterpolatedString

	paths  [][]string    // of the plan's fields
	path   []string      // of the result
	names  [][]byte      // of the features, as keys of the result
	texts  *schema.Texts // that read numbers and times
	log    *service.Logger
	name   string
	rows   *accounts
	shards *features.Shards
}

func newFeatures(*live.Table) service.BatchProcessorConstructor {
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		p, err := readFeatures(conf)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		if err := p.open(conf, resources); err != nil {
			return nil, err
		}
		return p, nil
	}
}

// open opens the state of the plan, and the account of rows.
func (p *addFeatures) open(conf *service.ParsedConfig, resources *service.Resources) error {
	label, err := conf.FieldString(fieldCache)
	if err != nil {
		return err
	}
	store, err := cachestore.New(resources, label)
	if err != nil {
		return fmt.Errorf("%s.%s: %w", where(resources), fieldCache, err)
	}
	p.log = resources.Logger()
	if p.name, err = conf.FieldString(featuresState); err != nil {
		return err
	}
	if p.rows, err = newAccounts(conf, resources, p.processor); err != nil {
		return fmt.Errorf("%s: %w", where(resources), err)
	}
	if p.shards, err = openFeatures(conf, p.plan, store, resources); err != nil {
		return fmt.Errorf("%s: %w", where(resources), err)
	}
	return nil
}

// ProcessBatch adds the features to each message of the batch. With durability
// batch it returns when the state is stored or ctx ends.
func (p *addFeatures) ProcessBatch(ctx context.Context, batch service.MessageBatch) ([]service.MessageBatch, error) {
	rows, documents := p.read(batch)
	p.rows.Delivered(p.name, len(rows))
	if err := persist(ctx, p.log, p.processor, func() error { return p.shards.Take(ctx, rows) }); err != nil {
		p.rows.LeftOut(p.name, live.ReasonInterrupted, len(rows), account.Example{Err: err})
		return nil, err
	}
	for i := range rows {
		if rows[i].Err == nil {
			rows[i].Err = insertResult(batch[i], documents[i], p.path, p.render(&rows[i]), featuresResultPath)
		}
		if rows[i].Err != nil {
			batch[i].SetError(rows[i].Err)
		}
	}
	if p.taken != nil {
		p.taken(rows)
	}
	p.settle(rows)
	return []service.MessageBatch{batch}, nil
}

// settle takes the rows of a batch off those that wait: each is done, or is left out
// for a reason.
func (p *addFeatures) settle(rows []features.Delivery) {
	done, left, examples := 0, map[live.Outcome]int{}, map[live.Outcome]account.Example{}
	for i := range rows {
		reason, example := p.outcome(&rows[i])
		if reason == live.OutcomeDone {
			done++
			continue
		}
		if left[reason]++; left[reason] == 1 {
			examples[reason] = example
		}
	}
	p.rows.Done(p.name, done)
	for _, reason := range live.Reasons() {
		if left[reason] > 0 {
			p.rows.LeftOut(p.name, reason, left[reason], examples[reason])
		}
	}
}

// outcome says what became of a row. One that has none of the fields that features
// are made of is in the state all the same, as a row without values.
func (p *addFeatures) outcome(d *features.Delivery) (live.Outcome, account.Example) {
	switch {
	case d.Err != nil:
		return live.ReasonRefused, account.Example{Err: d.Err}
	case d.Replayed:
		return live.ReasonReplayed, account.Example{Field: "position", Value: fmt.Sprintf("%s %d", d.Shard, d.Offset)}
	case len(d.Values) > 0 && !slices.ContainsFunc(d.Values, func(v float64) bool { return !math.IsNaN(v) }):
		return live.ReasonNoInput, account.Example{Field: "fields", Value: strings.Join(p.plan.Fields(), ", "), Err: errors.New("none of them is a number in the document")}
	}
	return live.OutcomeDone, account.Example{}
}

// Close writes what is not stored yet.
func (p *addFeatures) Close(ctx context.Context) error {
	defer p.rows.Closed()
	return p.shards.Close(ctx)
}
