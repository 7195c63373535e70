package processors

import (
	"slices"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// readingParameters are the settings that say how the text of documents becomes
// values.
func readingParameters() []param.Parameter {
	return param.List(func(r *param.Reader) { schema.ReadReading(r) })
}

// readingFields returns the fields of these settings, without some.
func readingFields(without ...string) []*service.ConfigField {
	var out []*service.ConfigField
	for _, p := range readingParameters() {
		if !slices.Contains(without, p.Name) {
			out = append(out, configField(&p).Advanced())
		}
	}
	return out
}

// readReading reads the settings; what the configuration does not have is not set.
func readReading(conf *service.ParsedConfig) (schema.Reading, error) {
	given, err := configValues(conf, readingParameters())
	if err != nil {
		return schema.Reading{}, err
	}
	r := param.NewReader(given, param.Typed)
	out := schema.ReadReading(r)
	return out, r.Close()
}

// readTexts reads the settings for a component that reads single values.
func readTexts(conf *service.ParsedConfig) (*schema.Texts, error) {
	reading, err := readReading(conf)
	if err != nil {
		return nil, err
	}
	return schema.NewTexts(reading)
}
