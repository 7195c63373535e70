// Package wire writes and reads the bytes that the other packages store.
//
// A [Writer] appends fixed-width little-endian numbers, variable-length
// integers and length-prefixed strings to a buffer. A [Reader] takes them off
// again with a sticky error: after the first failure every further call
// returns a zero value, so a decoder checks the error once, at its end. Every
// length that a Reader returns is bounded by the bytes that are left, before
// anything of that length is allocated.
//
// [Seal] and [Open] put a payload into the envelope that every stored record
// has: magic, format version, kind, length, payload and a CRC-32C over all
// that comes before it.
//
//	w := wire.NewWriter(nil)
//	w.Uvarint(3)
//	w.String("s1")
//	record := wire.Seal(kindExample, 1, w.Bytes())
//	version, payload, err := wire.Open(record, kindExample)
//
// The package knows nothing of what the bytes mean.
package wire
