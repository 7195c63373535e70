package state

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// recordVersion is the first byte of the payload of a shard, and the version in
// the envelope of an entry of a directory; every version has a decoder of its
// own, for ever. A shard of which holes were closed is of version floorVersion.
const (
	recordVersion = 1
	floorVersion  = 2
)

// encodeShard writes format version, positions, with version 2 their floor,
// and content.
func encodeShard(p *Positions, content Content) []byte {
	var w wire.Writer
	if !p.hasFloor {
		w.Byte(recordVersion)
		p.Encode(&w)
	} else {
		w.Byte(floorVersion)
		p.Encode(&w)
		p.encodeFloor(&w)
	}
	content.Encode(&w)
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
	version := r.Byte()
	if r.Err() == nil && version != recordVersion && version != floorVersion {
		return nil, content, fmt.Errorf("%w: %d, this build reads %d and %d", wire.ErrUnknownVersion, version, recordVersion, floorVersion)
	}
	if p, err = DecodePositions(r); err == nil && version == floorVersion {
		err = p.decodeFloor(r)
	}
	if err != nil {
		return nil, content, err
	}
	if content, err = codec.Decode(r); err != nil {
		return nil, content, err
	}
	return p, content, r.Close()
}
