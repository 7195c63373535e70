package processors

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

func featureFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringField(featureName).
			Description("The name of the feature in the result. The default is field and type, as in `temp_mean`, or the type alone.").
			Default(""),
		service.NewStringEnumField(featureType, features.Types()...).Description("The type of feature."),
		service.NewStringField(featureOf).Description(settingText(featureOf) + " Features of the time alone have no input.").Default(""),
		service.NewStringListField(featureParts).Description(settingText(featureParts)).Default([]any{}),
		service.NewIntField(featureRows).Description(settingText(featureRows)).Default(0),
		service.NewStringField(featureOver).Description(settingText(featureOver)).Example("1h").Default(""),
		service.NewStringField(featureSeason).Description(settingText(featureSeason)).Default(""),
		service.NewIntField(featureShort).Description(settingText(featureShort)).Default(0),
		service.NewAnyMapField(featureOptions).Description(settingText(featureOptions) + " `docs/drift.md` lists them.").Default(map[string]any{}),
	}
}

// settingText describes a setting as the catalogue of features has it: what it
// means, what it takes, and the default of each type.
func settingText(name string) string {
	var about param.Parameter
	var defaults []string // in the order of the catalogue
	types := map[string][]string{}
	for _, typ := range features.Catalogue() {
		for _, p := range typ.Parameters {
			if p.Name != name {
				continue
			}
			about = p
			if p.Default == nil {
				continue
			}
			text := p.DefaultText()
			if types[text] == nil {
				defaults = append(defaults, text)
			}
			types[text] = append(types[text], "`"+typ.Name+"`")
		}
	}
	if len(defaults) == 1 && about.Kind == param.KindInteger {
		return about.Help() + " 0 means the default."
	}
	if len(defaults) < 2 {
		return about.Help()
	}
	for i, text := range defaults {
		defaults[i] = text + " for " + strings.Join(types[text], ", ")
	}
	about.Default = nil
	return about.Help() + " 0 means the default of the type: " + strings.Join(defaults, "; ") + "."
}

// featureRowFields returns the fields about single rows.
func featureRowFields() []*service.ConfigField {
	timestamp := service.NewInterpolatedStringField(learnTimestamp).
		Description("The time of a row: a number since 1970 (see `timestamp_unit`), RFC 3339, or a time without an offset (see `timezone`). By default it is Kafka's timestamp, or the time of arrival when the message has no such timestamp.").
		Example(`${! json("time") }`).
		Optional()
	return append([]*service.ConfigField{timestamp}, positionFields()...)
}

// positionFields say where a row comes from.
func positionFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewInterpolatedStringField(learnShard).
			Description("The shard for messages that have no Kafka metadata. One process at a time may write a shard.").
			Default(defaultShard).
			Advanced(),
		service.NewInterpolatedStringField(learnPosition).
			Description("The position of a message within its shard, for messages without Kafka metadata: an integer that grows. Without it, a message of `sml_s3` has its object as shard and its number there as position. When messages have no position, a message that is delivered twice counts twice.").
			Example(`${! json("seq") }`).
			Optional().
			Advanced(),
		sourceField(),
		verifyField(),
	}
}

func readFeatures(conf *service.ParsedConfig) (*addFeatures, error) {
	p := &addFeatures{processor: featuresName, now: time.Now}
	p.values = func(service.MessageBatch) valuesAt { return p.fields }
	p.render = p.result
	texts, err := readTexts(conf)
	if err != nil {
		return nil, err
	}
	p.texts = texts
	list, err := conf.FieldObjectList(featuresList)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list) > features.MaxFeatures {
		return nil, fmt.Errorf("%s: there are %d features, want 1 to %d", featuresList, len(list), features.MaxFeatures)
	}
	specs := make([]features.Spec, len(list))
	for i, c := range list {
		if err := readFeature(c, &specs[i]); err != nil {
			return nil, fmt.Errorf("%s.%d.%w", featuresList, i, err)
		}
	}
	if p.plan, err = features.NewPlan(specs); err != nil {
		return nil, fmt.Errorf("%s.%w", featuresList, err)
	}
	if p.names, err = resultKeys(p.plan.Names()); err != nil {
		return nil, err
	}
	for _, f := range p.plan.Fields() {
		p.paths = append(p.paths, strings.Split(f, "."))
	}
	path, err := conf.FieldString(featuresResultPath)
	if err != nil {
		return nil, err
	}
	if p.path, err = resultPath(featuresResultPath, path); err != nil {
		return nil, err
	}
	return p, p.readPlace(conf)
}

// readPlace reads where rows come from, and their keys.
func (p *addFeatures) readPlace(conf *service.ParsedConfig) (err error) {
	if p.key, err = conf.FieldInterpolatedString(featuresKey); err != nil {
		return err
	}
	if p.shard, err = conf.FieldInterpolatedString(learnShard); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		into **service.InterpolatedString
	}{{learnPosition, &p.position}, {learnSource, &p.source}, {learnTimestamp, &p.timestamp}} {
		if !conf.Contains(f.name) {
			continue
		}
		if *f.into, err = conf.FieldInterpolatedString(f.name); err != nil {
			return err
		}
	}
	return nil
}

func readFeature(c *service.ParsedConfig, into *features.Spec) (err error) {
	for _, f := range []struct {
		name string
		into *string
	}{{featureName, &into.Name}, {featureType, &into.Type}, {featureOf, &into.Of}, {featureSeason, &into.Season}} {
		if *f.into, err = c.FieldString(f.name); err != nil {
			return err
		}
	}
	if into.Parts, err = c.FieldStringList(featureParts); err != nil {
		return err
	}
	if into.Rows, err = c.FieldInt(featureRows); err != nil {
		return err
	}
	if into.Short, err = c.FieldInt(featureShort); err != nil {
		return err
	}
	if into.Options, err = readOptions(c, featureOptions); err != nil {
		return err
	}
	over, err := c.FieldString(featureOver)
	if err != nil || over == "" {
		return err
	}
	if into.Over, err = time.ParseDuration(over); err != nil {
		return fmt.Errorf("%s: %w", featureOver, err)
	}
	return nil
}

// readOptions reads an object of options; nil for none.
func readOptions(c *service.ParsedConfig, field string) (param.Values, error) {
	given, err := c.FieldAnyMap(field)
	if err != nil || len(given) == 0 {
		return nil, err
	}
	out := param.Values{}
	for name, value := range given {
		if out[name], err = value.FieldAny(); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", field, name, err)
		}
	}
	return out, nil
}

// openFeatures reads how the state is kept, and opens it.
func openFeatures(conf *service.ParsedConfig, plan *features.Plan, store state.Store, resources *service.Resources) (*features.Shards, error) {
	name, err := conf.FieldString(featuresState)
	if err != nil {
		return nil, err
	}
	stops := resources.Metrics().NewCounter("sml_stops_total", "project", "reason")
	missing := resources.Metrics().NewCounter("sml_positions_missing_total", "project", "reason")
	settings := features.Settings{
		Plan: plan, Warn: func(text string) { resources.Logger().Warn(text) }, Stopped: func(reason string) { stops.Incr(1, name, reason) },
		Missing: func(reason string, positions uint64) { missing.Incr(int64(positions), name, reason) },
	}
	prefix, err := conf.FieldString(fieldPrefix)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(project.ValidateName(featuresState, name), project.ValidateName(fieldPrefix, prefix)); err != nil {
		return nil, err
	}
	if settings.Limits.Keys, err = conf.FieldInt(featuresMaxKeys); err != nil {
		return nil, err
	}
	if settings.Limits.Keys < 1 {
		return nil, fmt.Errorf("%s: %d is less than 1", featuresMaxKeys, settings.Limits.Keys)
	}
	if settings.Limits.Replay, err = conf.FieldInt(featuresReplay); err != nil {
		return nil, err
	}
	if settings.Limits.Replay < 0 {
		return nil, fmt.Errorf("%s: %d is negative", featuresReplay, settings.Limits.Replay)
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
	if settings.Verify, err = readVerify(conf); err != nil {
		return nil, err
	}
	return features.NewShards(store, project.FeaturesBase(prefix, name), settings)
}
