//go:build !race

package drawn

const race = false
