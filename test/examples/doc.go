// Package examples holds no code: its tests, which have the build tag
// integration, run the pipelines of config-examples with the binary itself, each
// against the servers that it needs, and check what comes out.
//
//	test/examples/run.sh
package examples
