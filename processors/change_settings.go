package processors

import (
	"fmt"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/detect"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// readChange reads all settings but where the state is.
func readChange(conf *service.ParsedConfig) (*findChanges, error) {
	p := &findChanges{addFeatures: addFeatures{processor: changeName, now: time.Now, render: changeResult}}
	p.values, p.taken = p.valuesOf, p.count
	var err error
	if p.value, err = conf.FieldBloblang(changeValue); err != nil {
		return nil, err
	}
	detector, err := conf.FieldString(changeDetector)
	if err != nil {
		return nil, err
	}
	options, err := readOptions(conf, changeOptions)
	if err != nil {
		return nil, err
	}
	if p.checks, err = detect.New(detector, options); err != nil {
		return nil, fmt.Errorf("%s.%w", changeOptions, err)
	}
	if p.plan, err = changePlan(detector, options); err != nil {
		return nil, err
	}
	path, err := conf.FieldString(changeResultPath)
	if err != nil {
		return nil, err
	}
	if path == "" {
		name, err := conf.FieldString(featuresState)
		if err != nil {
			return nil, err
		}
		path = schema.ResultKey + "." + name
	}
	if p.path, err = resultPath(changeResultPath, path); err != nil {
		return nil, err
	}
	return p, p.readPlace(conf)
}
