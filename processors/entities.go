package processors

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// Fields about keys.
const (
	fieldKey      = "key"
	fieldEntities = "entities"

	entitiesYoung  = "young"
	entitiesModels = "models"
)

// maxKey bounds a key in bytes.
const maxKey = 200

func learnKeyField() *service.ConfigField {
	return service.NewInterpolatedStringField(fieldKey).
		Description("Keep also a small statistic for each value of this key, such as each machine (see `docs/entities.md`). A key has 1 to 200 bytes. A message without a key is marked as failed. What a project keeps per key is fixed when the project is first learned. `window` and `decay` hold for the population only: the statistics of a key are of all its rows since the first.").
		Example(`${! this.machine_id }`).
		Optional()
}

func scoreEntityFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewInterpolatedStringField(fieldKey).
			Description("Score each message also by the statistics of its key. `sml_learn` must have the same `key`. The result then has `entity_rows`, the number of rows of the key, and in a project with `window` or `decay` also `entity_part: history`: the statistics of a key are of all its rows, those of the population of the recent ones.").
			Example(`${! this.machine_id }`).
			Optional(),
		service.NewObjectField(fieldEntities,
			service.NewFloatField(entitiesYoung).
				Description("The number of rows at which the score of a key and the score of the population have the same weight. With n rows the key has weight n / (n + young). While a key has fewer rows than the model's `min_rows`, only the population counts.").
				Default(50.0).
				LintRule(`root = if this < 0 { [ "young must be 0 or more" ] }`),
			service.NewIntField(entitiesModels).
				Description("The maximum number of models of keys in memory. A model is rebuilt when its key has grown by a twentieth.").
				Default(live.DefaultEntityModels).
				LintRule(`root = if this < 1 { [ "models must be 1 or more" ] }`),
		).Description("How the statistics of the key are used.").Advanced(),
	}
}

// readKey returns nil when no key is configured.
func readKey(conf *service.ParsedConfig) (*service.InterpolatedString, error) {
	if !conf.Contains(fieldKey) {
		return nil, nil
	}
	return conf.FieldInterpolatedString(fieldKey)
}

// readEntityScoring returns nil when no key is configured.
func readEntityScoring(conf *service.ParsedConfig, key *service.InterpolatedString) (*live.EntityScoring, error) {
	if key == nil {
		return nil, nil
	}
	c := conf.Namespace(fieldEntities)
	e := &live.EntityScoring{}
	var err error
	if e.Young, err = c.FieldFloat(entitiesYoung); err != nil {
		return nil, err
	}
	if e.Models, err = c.FieldInt(entitiesModels); err != nil {
		return nil, err
	}
	if e.Models < 1 {
		return nil, fmt.Errorf("%s.%s: %d is less than 1", fieldEntities, entitiesModels, e.Models)
	}
	return e, nil
}

// fillKeys resolves the key of each message. When a key is invalid, the error is
// in the message's Err.
func fillKeys(batch service.MessageBatch, key *service.InterpolatedString, messages []live.Message) {
	if key == nil {
		return
	}
	text := newBatchText(batch, key)
	for i := range messages {
		if messages[i].Err != nil {
			continue
		}
		var err error
		if messages[i].Key, err = text.at(i); err == nil {
			err = checkKey(messages[i].Key)
		}
		if err != nil {
			messages[i].Err = fmt.Errorf("%s: %w", fieldKey, err)
		}
	}
}

// checkKey returns an error when key is not a valid key. An interpolation
// returns "null" for a missing value, so that text is refused too.
func checkKey(key string) error {
	switch {
	case key == "":
		return errors.New("it is empty")
	case key == "null":
		return errors.New("it is null, want a string or a number")
	case len(key) > maxKey:
		return checkKeyLength(key)
	case !utf8.ValidString(key):
		return fmt.Errorf("%.40q is not UTF-8", key)
	case key[0] == '{' || key[0] == '[':
		return fmt.Errorf("%.40q is not a string or a number", key)
	}
	return nil
}

// checkKeyLength returns an error when key has more than maxKey bytes.
func checkKeyLength(key string) error {
	if len(key) > maxKey {
		return fmt.Errorf("%.40q… has %d bytes, want at most %d", key, len(key), maxKey)
	}
	return nil
}
