package state

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Format versions of the payload of a shard, its first byte; every version has a
// decoder of its own, for ever. The lowest that can hold the positions is written:
// floorVersion where holes were closed, originVersion where there are fingerprints,
// an origin or writers. recordVersion is the version in the envelope of an entry of
// a directory too.
const (
	recordVersion = 1
	floorVersion  = 2
	originVersion = 3
)

// encodeShard writes format version, positions, their floor, with version 3
// whether there is one before it and their origin after it, and content.
func encodeShard(p *Positions, content Content) []byte {
	return encodeShardAs(p, content, &wire.Writer{})
}

// encodeShardAfter is encodeShard of a record that follows one of so many bytes.
func encodeShardAfter(size int, p *Positions, content Content) []byte {
	w := wire.NewWriter(make([]byte, 0, size+size/16))
	w.Tails = true
	return encodeShardAs(p, content, w)
}

func encodeShardAs(p *Positions, content Content, w *wire.Writer) []byte {
	switch {
	case p.prints.all != nil || p.origin != Origin{} || p.past != nil || p.authors != nil:
		w.Byte(originVersion)
		p.Encode(w)
		w.Bool(p.hasFloor)
		if p.hasFloor {
			p.encodeFloor(w)
		}
		p.encodeOrigin(w)
	case p.hasFloor:
		w.Byte(floorVersion)
		p.Encode(w)
		p.encodeFloor(w)
	default:
		w.Byte(recordVersion)
		p.Encode(w)
	}
	content.Encode(w)
	return w.Bytes()
}

// decodeShard reads what encodeShard wrote; no payload at all is an empty
// shard. The error wraps wire.ErrCorrupt or wire.ErrUnknownVersion, or is that
// of the codec.
func decodeShard[T Content](payload []byte, codec Codec[T]) (p *Positions, content T, err error) {
	if payload == nil {
		content, err = codec.New()
		return &Positions{}, content, err
	}
	r := wire.NewReader(payload)
	if p, err = decodePositions(r, r.Byte()); err != nil {
		return nil, content, err
	}
	if content, err = codec.Decode(r); err != nil {
		return nil, content, err
	}
	return p, content, r.Close()
}

// decodePositions reads the positions of a record of that format version.
func decodePositions(r *wire.Reader, version byte) (*Positions, error) {
	if r.Err() == nil && (version < recordVersion || version > originVersion) {
		return nil, fmt.Errorf("%w: %d, this build reads %d to %d", wire.ErrUnknownVersion, version, recordVersion, originVersion)
	}
	p, err := DecodePositions(r)
	if err != nil {
		return nil, err
	}
	if version == floorVersion || version == originVersion && r.Bool() {
		if err := p.decodeFloor(r); err != nil {
			return nil, err
		}
	}
	if version < originVersion {
		return p, r.Err()
	}
	if err := p.decodeOrigin(r); err != nil {
		return nil, err
	}
	if p.prints.all == nil && p.origin == (Origin{}) && p.past == nil && p.authors == nil {
		r.Fail("a record of version %d has nothing that an earlier version has not", originVersion)
	}
	return p, r.Err()
}
