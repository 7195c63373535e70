package state

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// recordVersion is the first byte of the payload of a shard and of the model
// definitions; every version has a decoder of its own, for ever. A shard of
// which holes were closed is of version floorVersion.
const (
	recordVersion = 1
	floorVersion  = 2
)

// encodeShard writes format version, positions, with version 2 their floor,
// and content.
func encodeShard(p *Positions, content Encoder) []byte {
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
func decodeShard[T any](payload []byte, codec Codec[T]) (p *Positions, content T, err error) {
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

// encodeDefinitions writes format version (1), number of entries, and of each,
// in order of name, name and value.
func encodeDefinitions(m map[string][]byte) []byte {
	var w wire.Writer
	w.Byte(recordVersion)
	w.Uvarint(uint64(len(m)))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		w.String(name)
		w.Blob(m[name])
	}
	return w.Bytes()
}

// decodeDefinitions reads what encodeDefinitions wrote; no payload at all is
// no definition. The error wraps wire.ErrCorrupt or wire.ErrUnknownVersion.
func decodeDefinitions(payload []byte) (map[string][]byte, error) {
	m := map[string][]byte{}
	if payload == nil {
		return m, nil
	}
	r := wire.NewReader(payload)
	if err := checkVersion(r); err != nil {
		return nil, err
	}
	last := ""
	for i := range r.Count(2) {
		name := r.String()
		if i > 0 && name <= last {
			r.Fail("name %.40q after %.40q", name, last)
		}
		m[name] = slices.Clone(r.Blob())
		last = name
	}
	if err := r.Close(); err != nil {
		return nil, err
	}
	return m, nil
}

func checkVersion(r *wire.Reader) error {
	if v := r.Byte(); r.Err() == nil && v != recordVersion {
		return fmt.Errorf("%w: %d, this build reads %d", wire.ErrUnknownVersion, v, recordVersion)
	}
	return r.Err()
}
