// Package s3 holds the input sml_s3, which reads the objects of a bucket of
// Amazon S3, or of a store with its interface, in the order of their keys.
//
// The contract, each line held by a test:
//
//   - Each object is read once, whole, and none begins before the one before it
//     has been handed out. Then the input ends.
//   - A read that breaks off goes on at the message where it broke off, as long
//     as the object is the same one.
//   - No object is passed over in silence: what cannot be read is tried again,
//     and what has no readable content is logged and counted.
//   - Each message has a position within its object, from 0 on, which is the same
//     in every run.
//
// How an object travels: listing.go gives keys in order, store.go opens one as a
// stream that a silent server cannot hold up, object.go cuts it into batches with
// the host's scanners, and input.go hands these out.
//
// The package is in builds with the tag cloud (docs/licence.md).
package s3
