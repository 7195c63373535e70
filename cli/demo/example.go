package demo

import (
	"errors"
	"fmt"

	"gopkg.in/yaml.v3"
)

// memoryCache is where the demo keeps its state unless told otherwise. Keys of
// the memory cache expire unless compaction is off.
const memoryCache = `
label: sml_state
memory:
  compaction_interval: ""
`

const cacheResources = "cache_resources"

// names are what the demo must know of the pipeline that it runs.
type names struct {
	source, sink   string // topics
	group          string // consumer group
	project, model string
}

// parseNames finds the names in a pipeline that reads a topic, scores, learns
// and writes a topic.
func parseNames(pipeline string) (names, error) {
	var conf struct {
		Input struct {
			Kafka struct {
				Topics []string `yaml:"topics"`
				Group  string   `yaml:"consumer_group"`
			} `yaml:"sml_kafka"`
		} `yaml:"input"`
		Pipeline struct {
			Processors []struct {
				Score struct {
					Project string `yaml:"project"`
					Model   string `yaml:"model"`
				} `yaml:"sml_score"`
			} `yaml:"processors"`
		} `yaml:"pipeline"`
		Output struct {
			Kafka struct {
				Topic string `yaml:"topic"`
			} `yaml:"sml_kafka"`
		} `yaml:"output"`
	}
	if err := yaml.Unmarshal([]byte(pipeline), &conf); err != nil {
		return names{}, fmt.Errorf("parse the pipeline: %w", err)
	}
	n := names{group: conf.Input.Kafka.Group, sink: conf.Output.Kafka.Topic}
	if len(conf.Input.Kafka.Topics) == 1 {
		n.source = conf.Input.Kafka.Topics[0]
	}
	for _, p := range conf.Pipeline.Processors {
		if p.Score.Project != "" {
			n.project, n.model = p.Score.Project, p.Score.Model
		}
	}
	for _, field := range []struct{ path, value string }{
		{"input.sml_kafka.topics, one topic", n.source},
		{"input.sml_kafka.consumer_group", n.group},
		{"sml_score.project", n.project},
		{"sml_score.model", n.model},
		{"output.sml_kafka.topic", n.sink},
	} {
		if field.value == "" {
			return names{}, fmt.Errorf("the pipeline has no %s", field.path)
		}
	}
	return n, nil
}

// withCache returns the pipeline with another cache: the text of one cache
// resource, or of a file with cache_resources. Nothing else is changed.
func withCache(pipeline, cache string) (string, error) {
	var document, resource yaml.Node
	if err := yaml.Unmarshal([]byte(pipeline), &document); err != nil {
		return "", fmt.Errorf("parse the pipeline: %w", err)
	}
	if err := yaml.Unmarshal([]byte(cache), &resource); err != nil {
		return "", fmt.Errorf("parse the cache: %w", err)
	}
	if len(resource.Content) == 0 || resource.Content[0].Kind != yaml.MappingNode {
		return "", errors.New("a cache resource is a label and the cache's own fields, as in `label: sml_state`, `redis: {...}`")
	}
	list := valueOf(resource.Content[0], cacheResources)
	if list == nil {
		list = &yaml.Node{Kind: yaml.SequenceNode, Content: resource.Content}
	}
	if len(document.Content) == 0 {
		return "", errors.New("the pipeline is empty")
	}
	old := valueOf(document.Content[0], cacheResources)
	if old == nil {
		return "", fmt.Errorf("the pipeline has no %s", cacheResources)
	}
	*old = *list
	out, err := yaml.Marshal(&document)
	if err != nil {
		return "", fmt.Errorf("write the pipeline: %w", err)
	}
	return string(out), nil
}

// valueOf returns what a key of a mapping has, nil when the key is not there.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}
