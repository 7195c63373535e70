// Package unittest is the command `test`: the host's unit tests of pipelines, with a
// cache of its own for each test case in place of every cache that keeps values outside
// of the process. So a pipeline with a project is tested without a server, nothing of a
// test reaches the state of a real project, and each case begins with nothing learned.
package unittest
