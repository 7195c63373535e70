package portable

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// exportVersion is the version in the envelope of a file; every version has a
// decoder of its own, for ever.
const exportVersion = 1

// Encode returns the file of the project: an envelope around its name and its
// content. The same content gives the same bytes.
func (e *Export) Encode() []byte {
	var w wire.Writer
	w.String(e.Project)
	return wire.Seal(wire.KindExport, exportVersion, append(w.Bytes(), e.content()...))
}

// content is what counts: schema, models, and of each shard id, whether it has
// ended, positions and statistics.
func (e *Export) content() []byte {
	var w wire.Writer
	w.Blob(attributes(e.Schema))
	w.Uvarint(uint64(len(e.Models)))
	for _, name := range slices.Sorted(maps.Keys(e.Models)) {
		w.String(name)
		w.Blob(e.Models[name])
	}
	w.Uvarint(uint64(len(e.Shards)))
	for _, s := range e.Shards {
		w.String(s.ID)
		w.Bool(s.Ended)
		s.Positions.Encode(&w)
		var inner wire.Writer
		s.Statistics.Encode(&inner)
		w.Blob(inner.Bytes())
	}
	return w.Bytes()
}

// attributes returns the bytes of the schema as if it had been made at once:
// how often it has grown is no part of the content.
func attributes(s *schema.Schema) []byte {
	b, err := s.Anew().MarshalBinary()
	if err != nil {
		return nil // MarshalBinary never fails, as its source shows
	}
	return b
}

// Decode reads what Encode wrote. Which statistics the shards hold is told by the
// export itself. The error wraps wire.ErrCorrupt, wire.ErrUnknownVersion,
// schema.ErrCorrupt or stats.ErrIncompatible.
func Decode(file []byte) (*Export, error) {
	version, payload, err := wire.Open(file, wire.KindExport)
	if err != nil {
		return nil, fmt.Errorf("read export: %w", err)
	}
	if version != exportVersion {
		return nil, fmt.Errorf("read export: %w: %d, this build reads %d", wire.ErrUnknownVersion, version, exportVersion)
	}
	e, err := decodeExport(wire.NewReader(payload))
	if err != nil {
		return nil, fmt.Errorf("read export: %w", err)
	}
	return e, nil
}

func decodeExport(r *wire.Reader) (*Export, error) {
	e := &Export{Project: r.String(), Schema: &schema.Schema{}, Models: map[string][]byte{}}
	attributes := r.Blob()
	if r.Err() != nil {
		return nil, r.Err()
	}
	if err := e.Schema.UnmarshalBinary(attributes); err != nil {
		return nil, err
	}
	last := ""
	for i := range r.Count(2) {
		name := r.String()
		if i > 0 && name <= last {
			r.Fail("model %.40q after %.40q", name, last)
		}
		e.Models[name] = slices.Clone(r.Blob())
		last = name
	}
	if err := e.decodeShards(r); err != nil {
		return nil, err
	}
	return e, r.Close()
}

// decodeShards reads the shards and then their statistics, which may tell how
// they are to be read.
func (e *Export) decodeShards(r *wire.Reader) error {
	var encoded [][]byte
	last := ""
	for i := range r.Count(4) {
		s := Shard{ID: r.String(), Ended: r.Bool()}
		var err error
		if s.Positions, err = state.DecodePositions(r); err != nil {
			return err
		}
		if s.ID == "" || i > 0 && s.ID <= last {
			return fmt.Errorf("%w: shard %.80q after %.80q", wire.ErrCorrupt, s.ID, last)
		}
		last = s.ID
		encoded = append(encoded, r.Blob())
		if r.Err() != nil {
			return r.Err()
		}
		e.Shards = append(e.Shards, s)
	}
	if r.Err() != nil {
		return r.Err()
	}
	var err error
	if e.composition, err = project.CompositionOf(e.Models, encoded); err != nil {
		return err
	}
	maker, err := e.composition.Maker(nil)
	if err != nil {
		return err
	}
	for i, b := range encoded {
		if err := e.Shards[i].decode(b, maker); err != nil {
			return fmt.Errorf("shard %q: %w", e.Shards[i].ID, err)
		}
	}
	return nil
}

func (s *Shard) decode(b []byte, maker stats.Maker) (err error) {
	r := wire.NewReader(b)
	if s.Statistics, err = maker.Decode(r); err != nil {
		return err
	}
	return r.Close()
}
