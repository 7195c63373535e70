// Package examples gives the example pipelines that the program itself runs,
// so that what the demo shows is the file that a user reads.
package examples

import _ "embed"

// Shuttle is the text of shuttle.yaml.
//
//go:embed shuttle.yaml
var Shuttle string

// Explore is the text of explore.yaml.
//
//go:embed explore.yaml
var Explore string
