// Package detect has sequential detectors of change: tests that read a stream of
// numbers one at a time and say when the numbers after a moment are no longer as
// those before it.
//
// [Catalogue] lists the types with their options, [New] makes a [Detector] of one.
// Four types read the errors of a model (0 or 1), two of them also losses from 0 to
// 1, and the others any number. Each is exact to the paper that its file names, and
// finds what River 0.26 finds, value by value; what differs is said in the file.
//
// A detector is bounded in memory, and its state is written and read without loss:
// one that goes on from stored bytes finds what it would have found. Detectors of two
// streams do not merge, as what they find depends on the order of the values. The
// example of the package is a short tour.
package detect
