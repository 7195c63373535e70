package docgen

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
)

// Models renders the page of all model types from their catalogue.
func Models() string {
	var b strings.Builder
	b.WriteString(notice + "# Model types\n\nA model is defined by `{ name, type, target, inputs, options }`. It is computed from the statistics of the project and never trained on rows.\nIt is rebuilt as the statistics grow.\n\n")
	for _, e := range catalogue.All() {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n| option | default | meaning |\n|---|---|---|\n", e.Type, e.Summary)
		for _, o := range e.Options {
			fmt.Fprintf(&b, "| `%s` | `%v` | %s |\n", o.Name, shown(o.Default), o.Description)
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// shown is a default as it is written in a configuration.
func shown(x any) string {
	if list, ok := x.([]any); ok {
		if text, err := json.Marshal(list); err == nil {
			return string(text)
		}
	}
	return fmt.Sprint(x)
}
