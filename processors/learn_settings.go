package processors

import (
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// readRules reads the fields that declare attributes.
func readRules(conf *service.ParsedConfig, settings *live.LearnSettings) (err error) {
	c := &settings.Schema
	if c.Attributes, err = conf.FieldStringMap(learnAttributes); err != nil {
		return err
	}
	if c.Types, err = conf.FieldString(learnTypes); err != nil {
		return err
	}
	if c.Order, err = conf.FieldStringList(learnOrder); err != nil {
		return err
	}
	if c.MaxAttributes, err = conf.FieldInt(learnMaxAttributes); err != nil {
		return err
	}
	if c.MaxCategories, err = conf.FieldInt(learnMaxCategories); err != nil {
		return err
	}
	if c.Separator, err = conf.FieldString(learnSeparator); err != nil {
		return err
	}
	if c.HashBuckets, err = conf.FieldIntMap(learnHashBuckets); err != nil {
		return err
	}
	if len(c.HashBuckets) == 0 {
		c.HashBuckets = nil
	}
	if c.Reading, err = readReading(conf); err != nil {
		return err
	}
	_, err = schema.NewRules(*c)
	return err
}

// Fields of power.
const (
	learnPower      = "power"
	powerAttributes = "attributes"
	powerFrom       = "from"
	powerTo         = "to"
	powerSteps      = "steps"
)

func powerField() *service.ConfigField {
	return service.NewObjectField(learnPower,
		service.NewStringListField(powerAttributes).Description("The continuous attributes whose powers are learned.").Default([]any{}),
		service.NewFloatField(powerFrom).Description("The lowest power, -5 or more.").Default(-2.0),
		service.NewFloatField(powerTo).Description("The highest power, at most 5.").Default(2.0),
		service.NewIntField(powerSteps).Description("The number of powers, 1 to 101, with both ends included.").Default(9),
	).Description("Learn also powers (Yeo and Johnson) of these attributes. A model of type `power` can then predict such an attribute with the power that fits the data best. Each power is a numeric column of the statistics with a name like `pt_price^-2.0`.").Advanced()
}

func readPower(conf *service.ParsedConfig, p *live.Powers) (err error) {
	if p.Attributes, err = conf.FieldStringList(powerAttributes); err != nil {
		return err
	}
	if p.From, err = conf.FieldFloat(powerFrom); err != nil {
		return err
	}
	if p.To, err = conf.FieldFloat(powerTo); err != nil {
		return err
	}
	if p.Steps, err = conf.FieldInt(powerSteps); err != nil {
		return err
	}
	if err := p.Validate(); err != nil {
		return fmt.Errorf("%s: %w", learnPower, err)
	}
	if len(p.Attributes) == 0 {
		*p = live.Powers{}
	}
	return nil
}

// Fields of one model definition.
const (
	modelName     = "name"
	modelType     = "type"
	modelTarget   = "target"
	modelInputs   = "inputs"
	modelFeatures = "features"
	modelOptions  = "options"
	modelRefresh  = "refresh"

	refreshRows   = "rows"
	refreshEvery  = "every"
	refreshManual = "manual"
)

func modelFields() []*service.ConfigField {
	types := ""
	for i, e := range catalogue.All() {
		if i > 0 {
			types += ", "
		}
		types += "`" + e.Type + "`"
	}
	return []*service.ConfigField{
		service.NewStringField(modelName).Description("The model's name: 1 to 100 letters, digits, `_` and `-`.").Example("hba1"),
		service.NewStringField(modelType).Description("The type of model: " + types + "."),
		service.NewStringField(modelTarget).Description("The attribute to predict. Anomaly models have no target.").Default(""),
		service.NewStringListField(modelInputs).Description("The attributes that the model uses, by name or pattern. Empty means all except the target.").Default([]any{}),
		service.NewStringListField(modelFeatures).Description("Which columns of the inputs the model uses: `linear` (the attributes themselves) and what `expand` computes of them: `splines`, `bins`, `products`, `fourier`. Empty means `linear`. Categorical and binary inputs are used in any case.").Default([]any{}).Advanced(),
		service.NewAnyMapField(modelOptions).Description("Options of the model type. `docs/models.md` lists them.").Default(map[string]any{}),
		service.NewObjectField(modelRefresh,
			service.NewIntField(refreshRows).Description("The number of rows by which the project must have grown before the model is rebuilt.").Default(0),
			service.NewStringField(refreshEvery).Description("The minimum time between two builds, such as `10m`.").Default(""),
			service.NewBoolField(refreshManual).Description("Build the model once, and after that only on demand.").Default(false),
		).Description("How often the model is rebuilt at most. By default it is rebuilt in the background whenever the statistics have changed enough.").Advanced(),
	}
}

// readModels reads and checks the model definitions.
func readModels(conf *service.ParsedConfig) ([]model.Definition, error) {
	list, err := conf.FieldObjectList(learnModels)
	if err != nil {
		return nil, err
	}
	var out []model.Definition
	seen := map[string]bool{}
	for i, c := range list {
		d, err := readModel(c)
		if err == nil {
			err = catalogue.All().Validate(&d)
		}
		if err == nil && seen[d.Name] {
			err = fmt.Errorf("name %q occurs twice", d.Name)
		}
		if err != nil {
			return nil, fmt.Errorf("%s.%d: %w", learnModels, i, err)
		}
		seen[d.Name] = true
		out = append(out, d)
	}
	if i, err := catalogue.All().CheckMembers(out); err != nil {
		return nil, fmt.Errorf("%s.%d: %w", learnModels, i, err)
	}
	return out, nil
}

func readModel(c *service.ParsedConfig) (d model.Definition, err error) {
	if d.Name, err = c.FieldString(modelName); err != nil {
		return d, err
	}
	if d.Type, err = c.FieldString(modelType); err != nil {
		return d, err
	}
	if d.Target, err = c.FieldString(modelTarget); err != nil {
		return d, err
	}
	if d.Inputs, err = c.FieldStringList(modelInputs); err != nil {
		return d, err
	}
	if d.Features, err = c.FieldStringList(modelFeatures); err != nil {
		return d, err
	}
	if len(d.Features) == 0 {
		d.Features = nil
	}
	options, err := c.FieldAnyMap(modelOptions)
	if err != nil {
		return d, err
	}
	if d.Refresh, err = readRefresh(c.Namespace(modelRefresh)); err != nil {
		return d, err
	}
	for name, value := range options {
		v, err := value.FieldAny()
		if err != nil {
			return d, fmt.Errorf("%s.%s: %w", modelOptions, name, err)
		}
		if d.Options == nil {
			d.Options = map[string]any{}
		}
		d.Options[name] = v
	}
	return d, nil
}

// readRefresh returns nil when no field limits the rebuilds.
func readRefresh(c *service.ParsedConfig) (*model.Refresh, error) {
	rows, err := c.FieldInt(refreshRows)
	if err != nil {
		return nil, err
	}
	r := model.Refresh{Rows: float64(rows)}
	if r.Every, err = c.FieldString(refreshEvery); err != nil {
		return nil, err
	}
	if r.Manual, err = c.FieldBool(refreshManual); err != nil {
		return nil, err
	}
	if r == (model.Refresh{}) {
		return nil, nil
	}
	return &r, nil
}
