// Package licences tells which files and modules a build of rpconnect-sml links,
// and under which licences they are.
//
//	files, err := licences.Link(ctx, dir, build)   // what `go list -deps` says
//	kind, err := licences.OfHeader(path)           // of one file, by its header
//	modules, err := files.Modules()                // each with its licence texts
//	text := licences.Notices(modules)              // what an image must carry
//
// A test beside the command holds the result, and writes it to docs/licence.md;
// the command tools/notices prints the notices.
package licences
