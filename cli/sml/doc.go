// Package smlcli is the subcommand `sml` of the command line: it looks at the
// projects in the caches that a pipeline's configuration defines, and moves,
// merges and mends them. Only the caches of the configuration are built; what
// a project's learner keeps is read from its processor there.
//
// Each command is a function over an [opened] project or cache that returns
// what is printed: as text, or with --json as one object.
package sml
