// Package surfaces holds the test that a project describes itself: whatever it was
// learned with, another process that knows project and cache only gives the
// learner's answers on every surface. It has the build tag integration and needs
// no server:
//
//	go test -tags integration ./test/surfaces
//
// SML_BINARY names a binary to test; without it the test builds one.
package surfaces
