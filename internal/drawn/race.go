//go:build race

package drawn

const race = true
