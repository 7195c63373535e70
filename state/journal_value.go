package state

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// journalVersion is the format version of journal values: in the envelope of
// the journal's kind, nonce (8), number of parts, then without parts the
// payload, else of each part its length and its CRC-32C (8).
const journalVersion = 1

// markVersion is the format version of hints and marks of a level, which tell
// the interval since version 2. Tombstones and seals are of version 1.
const markVersion = 2

// The payload of a mark: what the key says.
const (
	markSuperseded = "superseded"
	markSeal       = "sealed"
	markReached    = "reached"
	markHead       = "head"
)

func (j *Journal) key(version uint64) string { return j.base + "." + strconv.FormatUint(version, 10) }

func (j *Journal) sealKey(version uint64) string { return j.key(version) + ".seal" }

func (j *Journal) headKey() string { return j.base + ".head" }

func (j *Journal) partKey(version uint64, part int, nonce uint64) string {
	return fmt.Sprintf("%s.p%d.%016x", j.key(version), part, nonce)
}

func mark(text string) []byte {
	var w wire.Writer
	w.String(text)
	return wire.Seal(wire.KindMark, journalVersion, w.Bytes())
}

// head returns the hint: the text, the version and the interval of the marks.
func head(version, interval uint64) []byte {
	var w wire.Writer
	w.String(markHead)
	w.Uvarint(version)
	w.Uvarint(interval)
	return wire.Seal(wire.KindMark, markVersion, w.Bytes())
}

// levelMark returns a mark of a level: the text and the interval.
func levelMark(interval uint64) []byte {
	var w wire.Writer
	w.String(markReached)
	w.Uvarint(interval)
	return wire.Seal(wire.KindMark, markVersion, w.Bytes())
}

// parseHead returns zeros for anything that is not a hint, and an interval of
// zero for one of format version 1, which has none.
func parseHead(value []byte) (version, interval uint64) {
	r, format := openMark(value, markHead)
	version = r.Uvarint()
	if format == markVersion {
		interval = r.Uvarint()
	}
	if format == 0 || r.Close() != nil {
		return 0, 0
	}
	return version, interval
}

// parseReached returns the interval of a mark, zero when it does not tell: it
// is of format version 1 or cut short, and counts all the same.
func parseReached(value []byte) uint64 {
	r, format := openMark(value, markReached)
	interval := r.Uvarint()
	if format != markVersion || r.Close() != nil {
		return 0
	}
	return interval
}

// openMark returns what follows the text of a mark, and format version 0 for
// anything that is not such a mark.
func openMark(value []byte, text string) (*wire.Reader, byte) {
	format, payload, err := wire.Open(value, wire.KindMark)
	r := wire.NewReader(payload)
	if err != nil || format > markVersion || r.String() != text {
		return r, 0
	}
	return r, format
}

// part is one piece of a large payload.
type part struct {
	key  string
	size uint64
	sum  uint64
}

// content is what a version key holds.
type content struct {
	superseded bool
	nonce      uint64
	payload    []byte // nil when there are pieces
	sum        uint32 // of the payload, where there are deltas
	chain             // the pieces
}

// parse reads the value of a version key. The error wraps wire.ErrCorrupt or
// wire.ErrUnknownVersion and names the key.
func (j *Journal) parse(version uint64, value []byte) (*content, error) {
	c, err := j.decode(version, value)
	if err != nil {
		return nil, fmt.Errorf("record %q: %w", j.key(version), err)
	}
	return c, nil
}

func (j *Journal) decode(version uint64, value []byte) (*content, error) {
	kind := j.options.Kind
	if found, ok := wire.KindOf(value); ok && found == wire.KindMark {
		kind = wire.KindMark
	}
	format, payload, err := wire.Open(value, kind)
	if err != nil {
		return nil, err
	}
	if format != journalVersion && (format != chainVersion || kind == wire.KindMark) {
		return nil, fmt.Errorf("%w: %d, this build reads %d and %d", wire.ErrUnknownVersion, format, journalVersion, chainVersion)
	}
	r := wire.NewReader(payload)
	c := &content{}
	if kind == wire.KindMark {
		if text := r.String(); text != markSuperseded {
			r.Fail("mark is %.20q, not %q", text, markSuperseded)
		}
		c.superseded = true
		return c, r.Close()
	}
	c.nonce = r.Uint64()
	if format == chainVersion {
		sum := r.Uint64()
		if c.sum = uint32(sum); uint64(c.sum) != sum {
			r.Fail("checksum %x", sum)
		}
		c.chain = j.decodeChain(r, version)
		return c, r.Close()
	}
	if c.whole = j.decodePieces(r, version, c.nonce); len(c.whole) == 0 {
		c.payload = r.Rest()
		return c, r.Close()
	}
	c.chain.version, c.chain.nonce = version, c.nonce
	return c, r.Close()
}

// errPartGone says that a part is missing or not the one that was written: the
// version may have been superseded while it was read.
var errPartGone = errors.New("part is missing or changed")

// pieces reads pieces and joins them.
func (j *Journal) pieces(ctx context.Context, of []part) (all []byte, err error) {
	for _, p := range of {
		piece, err := j.piece(ctx, p)
		if err != nil {
			return nil, err
		}
		all = append(all, piece...)
	}
	return all, nil
}

// piece reads a piece.
func (j *Journal) piece(ctx context.Context, p part) ([]byte, error) {
	value, err := j.access.get(ctx, p.key)
	if errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("%w: %w: %q does not exist", wire.ErrCorrupt, errPartGone, p.key)
	}
	if err != nil {
		return nil, err
	}
	format, piece, err := wire.Open(value, wire.KindPart)
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w", errPartGone, p.key, err)
	}
	if format != journalVersion {
		return nil, fmt.Errorf("%w: %q has %d, this build reads %d", wire.ErrUnknownVersion, p.key, format, journalVersion)
	}
	if sum := uint64(wire.Checksum(piece)); uint64(len(piece)) != p.size || sum != p.sum {
		return nil, fmt.Errorf("%w: %w: %q has %d bytes with checksum %08x, announced are %d with %08x",
			wire.ErrCorrupt, errPartGone, p.key, len(piece), sum, p.size, p.sum)
	}
	return piece, nil
}
