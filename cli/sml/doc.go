// Package sml is the subcommand `sml` of the command line. It looks at the
// projects in the caches that a pipeline's configuration defines, and moves,
// merges and repairs them. Only the caches of the configuration are built. What
// a project keeps is read from the project itself.
//
// Each command is a function over an [opened] project or cache. It returns its
// answer, which is printed as text, or with --json as one object.
package sml
