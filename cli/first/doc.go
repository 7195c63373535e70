// Package first has the commands init and preview: from a file or topic that the
// program has not seen to a first pipeline, with a model, a threshold and a page.
//
// preview reads the first rows of a file by the host's own inputs, learns them into a
// project in memory by the same readers as a pipeline, and shows what became of them.
// init writes a pipeline by what that found.
package first
