//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"text/template"
)

// Names that the pipeline uses.
const (
	topic       = "rows"
	group       = "chaos"
	projectName = "chaos"
	prefix      = "sml"
)

// pipelineText is the pipeline of one process. The session is short, so that
// the group soon notices who is dead; batches are small enough that a kill is
// likely to strike in the middle of a write.
const pipelineText = `
http: { address: "127.0.0.1:{{.Port}}" }
logger: { level: INFO, format: logfmt, add_timestamp: true }
metrics: { prometheus: {} }
shutdown_timeout: 10s

cache_resources:
  - label: {{.Label}}
    {{.Cache}}

input:
{{- if eq .Input "sml_kafka"}}
  sml_kafka:
    seed_brokers: [ "{{.Broker}}" ]
    topics: [ {{.Topic}} ]
    consumer_group: {{.Group}}
    client_id: {{.Name}}
    {{if .Static}}instance_id: {{.Name}}{{end}}
    session_timeout: {{.Session}}
    heartbeat_interval: 500ms
    rebalance_timeout: 8s
    revoke_timeout: 3s
    commit_period: 500ms
    max_yield_batch_bytes: {{.Yield}}
{{- else if eq .Input "redpanda"}}
  redpanda:
    seed_brokers: [ "{{.Broker}}" ]
    topics: [ {{.Topic}} ]
    consumer_group: {{.Group}}
    client_id: {{.Name}}
    {{if .Static}}instance_id: {{.Name}}{{end}}
    start_offset: earliest
    session_timeout: {{.Session}}
    heartbeat_interval: 500ms
    rebalance_timeout: 8s
    commit_period: 500ms
    metadata_max_age: 10s
    max_yield_batch_bytes: {{.Yield}}
{{- else}}
  kafka:
    addresses: [ "{{.Broker}}" ]
    topics: [ {{.Topic}} ]
    consumer_group: {{.Group}}
    client_id: {{.Name}}
    {{if .Static}}instance_id: {{.Name}}{{end}}
    target_version: 2.8.0
    start_from_oldest: true
    checkpoint_limit: 20000
    commit_period: 500ms
    group: { session_timeout: {{.Session}}, heartbeat_interval: 500ms, rebalance_timeout: 8s }
    batching: { count: 500, period: 50ms }
{{- end}}

pipeline:
  threads: 4
  processors:
    - sml_learn:
        project: {{.Project}}
        prefix: {{.Prefix}}
        cache: {{.Label}}
        durability: batch
        attributes: { flag: binary, state: categorical, machine: categorical, "*": continuous }
        models: {{.Models}}

output:
  drop: {}
`

// pipeline returns the pipeline of the process of that name.
func (s *site) pipeline(name string, port int) ([]byte, error) {
	settings, err := s.cacheYAML()
	if err != nil {
		return nil, err
	}
	text, err := template.New("pipeline").Parse(pipelineText)
	if err != nil {
		return nil, err
	}
	models, err := json.Marshal(treeModels())
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = text.Execute(&b, map[string]any{
		"Port": port, "Label": cacheLabel, "Cache": settings, "Broker": s.kafka.address(), "Topic": topic, "Group": group,
		"Name": name, "Input": s.opts.input, "Static": s.opts.cache != cacheRedis, "Session": session.String(), "Yield": s.opts.yield,
		"Project": projectName, "Prefix": prefix, "Models": string(models),
	})
	return b.Bytes(), err
}
