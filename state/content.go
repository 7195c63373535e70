package state

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// Content is what a shard holds beside its positions, such as a stats.Additive.
type Content interface {
	// Encode appends the bytes that a Codec decodes. It does not change the
	// content.
	Encode(w *wire.Writer)
}

// Codec makes contents. It is safe for concurrent use.
type Codec[T Content] interface {
	// New returns the content of a shard that has never been written.
	New() (T, error)
	// Decode reads what Encode wrote. The error wraps wire.ErrCorrupt or
	// wire.ErrUnknownVersion, or says that the content was written under other
	// settings. Whatever follows the content in r is left unread.
	Decode(r *wire.Reader) (T, error)
}
