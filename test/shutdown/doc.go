// Package shutdown holds the test that every command and every pipeline ends
// soon after SIGTERM, also while it waits for a server that does not answer. It
// has the build tag integration and needs no server:
//
//	go test -tags integration ./test/shutdown
//
// SML_BINARY names a binary to test; without it the test builds one.
package shutdown
