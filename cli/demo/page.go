package demo

import (
	"fmt"
	"net"

	"gopkg.in/yaml.v3"

	examples "github.com/rpconnect-sml/rpconnect-sml/config-examples"
)

// servePage starts the pipeline of explore.yaml in parallel with the one that
// learns, and prints its address. It finds the project in the process.
func (s *session) servePage() error {
	address, err := freeAddress(s.options.HTTP)
	if err != nil {
		return err
	}
	config, err := pageConfiguration(address)
	if err != nil {
		return err
	}
	if s.page, err = startPipeline(config, s.brokers, s.stderr); err != nil {
		return fmt.Errorf("serve the page: %w", err)
	}
	fmt.Fprintf(s.stderr, "page at http://%s/sml/ (REST: http://%s/sml/openapi.json)\n", address, address)
	return nil
}

// pageStatistics are statistics for the page that the example does not keep:
// folds, for cross-validation, and the last rows of each partition in parallel
// with the history, for drift.
const pageStatistics = `
folds: 5
window: { rows: 500, tiles: 10, beside: true }
`

// withPageStatistics returns the pipeline with pageStatistics in its sml_learn.
func withPageStatistics(pipeline string) (string, error) {
	var document, more yaml.Node
	if err := yaml.Unmarshal([]byte(pipeline), &document); err != nil {
		return "", fmt.Errorf("parse the pipeline: %w", err)
	}
	if err := yaml.Unmarshal([]byte(pageStatistics), &more); err != nil {
		return "", fmt.Errorf("parse the statistics of the page: %w", err)
	}
	processors := valueOf(valueOf(document.Content[0], "pipeline"), "processors")
	for _, processor := range processors.Content {
		if learn := valueOf(processor, "sml_learn"); learn != nil {
			learn.Content = append(learn.Content, more.Content[0].Content...)
		}
	}
	out, err := yaml.Marshal(&document)
	if err != nil {
		return "", fmt.Errorf("write the pipeline: %w", err)
	}
	return string(out), nil
}

// freeAddress checks that the address can be listened on; empty means any port
// of the loopback interface.
func freeAddress(address string) (string, error) {
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", fmt.Errorf("http: %w", err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// pageConfiguration returns the example with another server, which asks for no
// password, and a cache in memory.
func pageConfiguration(address string) (string, error) {
	text, err := withCache(examples.Explore, memoryCache)
	if err != nil {
		return "", err
	}
	var document map[string]any
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return "", fmt.Errorf("parse the page's pipeline: %w", err)
	}
	document["http"] = map[string]any{"enabled": true, "address": address}
	out, err := yaml.Marshal(document)
	if err != nil {
		return "", fmt.Errorf("write the page's pipeline: %w", err)
	}
	return string(out), nil
}
