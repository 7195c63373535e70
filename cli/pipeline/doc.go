// Package pipeline reads configurations of pipelines as the host does, for commands
// that look at them and run nothing: variables are put in before the YAML is read,
// then come --set, templates, further resource files, and several files of streams.
//
// It finds the components of this program wherever they stand, each with the file,
// line and path that it has. Values of variables are never in an error.
package pipeline
