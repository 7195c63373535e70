package first

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	"gopkg.in/yaml.v3"
)

// pipelineText is the pipeline that is written, in the words of docs/walkthrough.md.
var pipelineText = template.Must(template.New("pipeline").Funcs(template.FuncMap{"yaml": indented, "quote": quoted}).Parse(`# Learns {{.Source}} into the project {{.Project}}: each row is scored by what was learned
# before it, and then learned itself.
#
#   rpconnect-sml lint {{.File}}
#   rpconnect-sml test {{.File}}
#   rpconnect-sml run {{.File}}
{{- if .Page}}
#
# While it runs the page is at http://{{.Page}}/sml/.

http:
  address: {{quote .Page}}
{{- else}}

http:
  enabled: false
{{- end}}

cache_resources:
  - label: sml_state
{{yaml 4 .Cache}}
input:
{{- if .Page}}
  broker:
    inputs:
      - {{yaml -8 .Input}}
      # The page: requests are answered from the projects of this process.
      - http_server:
          path: /sml/{rest:(?s:.*)}
          ws_path: ""
          allowed_verbs: [ GET ]
          sync_response:
            status: '${! @status.or("200") }'
            headers: { Content-Type: '${! @content_type.or("application/json") }' }
            metadata_headers: { include_prefixes: [ Allow, Cache-Control, Content-Disposition, Content-Security-Policy, Location, Referrer-Policy, Retry-After, X-Content-Type-Options ] }
        processors:
          - sml_http: {}
          - sync_response: {}
          - mapping: root = deleted()
{{else}}
{{yaml 2 .Input}}{{end}}
pipeline:
  # One thread keeps the rows in their order: each is tested against those before it.
  threads: 1
  processors:
    # How unusual a row is, with a threshold that sets itself: {{.Detector.Begins}}{{.Size}}.
    - sml_score:
        project: {{.Project}}
        cache: sml_state
        model: unusual
        contributions: 3
        threshold: {{.Detector.Threshold}}
{{- if .Target}}
    # {{quote .Target}} by the other attributes, and how good that has been so far.
    - sml_score:
        project: {{.Project}}
        cache: sml_state
        model: prediction
        evaluate: { enabled: true }
{{- end}}
    - sml_learn:
        project: {{.Project}}
        cache: sml_state
{{- if .Position}}
        # The number of the row: a second run learns only what is new.
        position: ${! counter() }
{{- end}}
{{- if .Marks.Decimal}}
        decimal_mark: {{quote .Marks.Decimal}}
{{- end}}
{{- if .Marks.Thousands}}
        thousands_mark: {{quote .Marks.Thousands}}
{{- end}}
{{- if .Declared}}
        attributes:
{{- range .Declared}}
          {{quote .Name}}: {{.Type}}{{if .Why}} # {{.Why}}{{end}}
{{- end}}
{{- end}}
        models:
{{- range .Detector.Why}}
          # {{.}}
{{- end}}
          - { name: unusual, {{.Detector.Model}} }
{{- if .Target}}
          - { name: prediction, type: {{.Type}}, target: {{quote .Target}} }
{{- end}}
    # The alarm: put here what is to be told.
    - switch:
        - check: this.sml.unusual.is_anomaly.or(false)
          processors:
            - log: { level: WARN, message: 'unusual row: ${! content() }' }

# A second run adds to what is there: rows that are learned already are scored again, by
# what has been learned since, and not learned again.
output:
  file: { path: {{quote .Scored}}, codec: lines }
`))

// text writes the pipeline.
func (p *plan) text() (string, error) {
	model := "naive_bayes"
	if p.target != "" && p.regression() {
		model = "ridge"
	}
	page := p.page
	if page == none {
		page = ""
	}
	var out bytes.Buffer
	err := pipelineText.Execute(&out, map[string]any{
		"Source": p.Source, "File": p.output, "Project": p.project, "Page": page, "Cache": p.Cache, "Input": p.Input, "Target": p.target, "Type": model,
		"Declared": p.Declared, "Marks": p.Marks, "Detector": p.Detector, "Size": p.size(), "Position": p.topic == "", "Scored": strings.TrimSuffix(p.stateFolder(), "-state") + "-scored.jsonl",
	})
	if err != nil {
		return "", fmt.Errorf("write the pipeline: %w", err)
	}
	return out.String(), nil
}

// size says for how many rows the threshold was chosen.
func (p *plan) size() string {
	switch {
	case p.rows == nil:
		return ""
	case p.Counted < countedRows:
		return fmt.Sprintf("\n    # (chosen for the %d rows that the file had)", p.Counted)
	}
	return fmt.Sprintf("\n    # (chosen for %d rows or more)", countedRows)
}

// testText writes the unit test: two rows are scored and pass.
func (p *plan) testText() (string, error) {
	var input []any
	if p.rows != nil {
		for _, d := range p.rows.documents[:min(2, len(p.rows.documents))] {
			var document any
			if err := json.Unmarshal(d, &document); err != nil {
				return "", fmt.Errorf("write the test: %w", err)
			}
			input = append(input, map[string]any{"json_content": document})
		}
	} else {
		document := map[string]any{"value": 1.5}
		if p.target != "" {
			document[p.target] = 2
		}
		input = append(input, map[string]any{"json_content": document})
	}
	check := `!errored() && this.sml.unusual.type() == "object"`
	if p.target != "" {
		check += ` && this.sml.prediction.type() == "object"`
	}
	var output []any
	for range input {
		output = append(output, map[string]any{"bloblang": check})
	}
	text, err := yaml.Marshal(map[string]any{"tests": []any{map[string]any{
		"name": "rows are scored and learned", "target_processors": "/pipeline/processors", "input_batch": input, "output_batches": []any{output},
	}}})
	return string(text), err
}

// indented writes a value as YAML at a depth. With a negative depth the first line is
// not indented, as it goes on one.
func indented(depth int, value any) (string, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	margin := strings.Repeat(" ", max(depth, -depth))
	text := margin + strings.ReplaceAll(strings.TrimRight(out.String(), "\n"), "\n", "\n"+margin)
	if depth < 0 {
		return strings.TrimLeft(text, " "), nil
	}
	return text + "\n", nil
}

// quoted writes a text as YAML in double quotes, which is JSON.
func quoted(text string) (string, error) {
	out, err := json.Marshal(text)
	return string(out), err
}
