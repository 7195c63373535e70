package features

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Renew begins a new epoch of a shard of features, as when its source is numbered anew:
// the series of its keys stay, and the positions are forgotten. Which features the shard
// has need not be known. It returns the positions that there were; unless do is set, it
// changes nothing. The error is that of state.RenewShard.
func Renew(ctx context.Context, store state.Store, base, id string, do bool) (*state.Positions, error) {
	return state.RenewShard(ctx, store, base, id, opaqueCodec{}, do)
}

// opaque is the bytes of a content.
type opaque []byte

// opaqueCodec reads any content as its bytes.
type opaqueCodec struct{}

var _ state.Codec[opaque] = opaqueCodec{}

// Encode appends the bytes.
func (o opaque) Encode(w *wire.Writer) { w.Raw(o) }

// New returns no bytes.
func (opaqueCodec) New() (opaque, error) { return nil, nil }

// Decode reads all bytes that are left.
func (opaqueCodec) Decode(r *wire.Reader) (opaque, error) { return opaque(r.Rest()), r.Err() }
