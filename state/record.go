package state

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// recordVersion is the first byte of the payload of a shard, and the version in
// the envelope of an entry of a directory; every version has a decoder of its
// own, for ever. A shard of which holes were closed is of version floorVersion.
const (
	recordVersion = 1
	floorVersion  = 2
)

// encodeShard writes format version, positions, with version 2 their floor,
// and statistics.
func encodeShard(p *Positions, a stats.Additive) []byte {
	var w wire.Writer
	if !p.hasFloor {
		w.Byte(recordVersion)
		p.Encode(&w)
	} else {
		w.Byte(floorVersion)
		p.Encode(&w)
		p.encodeFloor(&w)
	}
	a.Encode(&w)
	return w.Bytes()
}

// decodeShard reads what encodeShard wrote; no payload at all is an empty
// shard. The error wraps wire.ErrCorrupt or wire.ErrUnknownVersion, or is that
// of the maker.
func decodeShard(payload []byte, maker stats.Maker) (*Positions, stats.Additive, error) {
	if payload == nil {
		a, err := maker.New()
		return &Positions{}, a, err
	}
	r := wire.NewReader(payload)
	version := r.Byte()
	if r.Err() == nil && version != recordVersion && version != floorVersion {
		return nil, nil, fmt.Errorf("%w: %d, this build reads %d and %d", wire.ErrUnknownVersion, version, recordVersion, floorVersion)
	}
	p, err := DecodePositions(r)
	if err == nil && version == floorVersion {
		err = p.decodeFloor(r)
	}
	if err != nil {
		return nil, nil, err
	}
	a, err := maker.Decode(r)
	if err != nil {
		return nil, nil, err
	}
	return p, a, r.Close()
}
