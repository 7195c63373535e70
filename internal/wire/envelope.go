package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// Kind says what a sealed record holds. The numbers are stored and never
// change their meaning.
type Kind byte

// The kinds of record, one per thing that is stored on its own.
const (
	KindStatistic  Kind = 1 // one statistic, for exchange and tests
	KindSummary    Kind = 2 // the statistics of a set of rows
	KindShard      Kind = 3 // positions and statistics of one owner
	KindSchema     Kind = 4 // the attributes of a project
	KindModels     Kind = 5 // the model definitions of a project
	KindDirectory  Kind = 6 // one slot of the shard directory
	KindMark       Kind = 7 // tombstones, seals, marks and hints of a journal
	KindScores     Kind = 8 // statistics of the scores of one scorer
	KindDefinition Kind = 9 // name and settings of a project
	KindPart       Kind = 10
	KindExport     Kind = 11
	KindPlans      Kind = 12 // the lists of features that a state was kept for
)

// ErrUnknownVersion is wrapped when a record has a format version that this
// build cannot read.
var ErrUnknownVersion = errors.New("unknown format version")

const (
	magic      = "rSML"
	headerSize = len(magic) + 1 + 1 + 8
	sumSize    = 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Checksum returns the CRC-32C (Castagnoli) of b.
func Checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// Seal returns the envelope around payload:
// magic (4), version (1), kind (1), length (8), payload, CRC-32C (4).
func Seal(kind Kind, version byte, payload []byte) []byte {
	out := make([]byte, 0, headerSize+len(payload)+sumSize)
	out = append(out, magic...)
	out = append(out, version, byte(kind))
	out = binary.LittleEndian.AppendUint64(out, uint64(len(payload)))
	out = append(out, payload...)
	return binary.LittleEndian.AppendUint32(out, Checksum(out))
}

// Open checks the envelope of record and returns its format version and its
// payload, which aliases record. The error wraps ErrCorrupt and names what is
// wrong; whether the version is known is the caller's to say.
func Open(record []byte, kind Kind) (version byte, payload []byte, err error) {
	if len(record) < headerSize+sumSize {
		return 0, nil, fmt.Errorf("%w: %d bytes are less than an envelope", ErrCorrupt, len(record))
	}
	if string(record[:len(magic)]) != magic {
		return 0, nil, fmt.Errorf("%w: magic is %q, not %q", ErrCorrupt, record[:len(magic)], magic)
	}
	length := binary.LittleEndian.Uint64(record[len(magic)+2:])
	if length != uint64(len(record)-headerSize-sumSize) {
		return 0, nil, fmt.Errorf("%w: envelope announces %d bytes and holds %d", ErrCorrupt, length, len(record)-headerSize-sumSize)
	}
	body := record[:len(record)-sumSize]
	if want, got := binary.LittleEndian.Uint32(record[len(body):]), Checksum(body); want != got {
		return 0, nil, fmt.Errorf("%w: checksum is %08x, computed %08x", ErrCorrupt, want, got)
	}
	if got := Kind(record[len(magic)+1]); got != kind {
		return 0, nil, fmt.Errorf("%w: kind is %d, not %d", ErrCorrupt, got, kind)
	}
	return record[len(magic)], body[headerSize:], nil
}

// KindOf returns the kind of a sealed record without checking the rest of it;
// ok is false when record is no envelope at all.
func KindOf(record []byte) (kind Kind, ok bool) {
	if len(record) < headerSize+sumSize || string(record[:len(magic)]) != magic {
		return 0, false
	}
	return Kind(record[len(magic)+1]), true
}
