package paged

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// EncodeRefs writes the number of names and of each, in the order of the list,
// the page (where the layout is Numbered), nonce and number of parts.
func (l Layout) EncodeRefs(w *wire.Writer, refs []Ref) {
	w.Uvarint(uint64(len(refs)))
	for _, r := range refs {
		if l.Numbered {
			w.Uvarint(uint64(r.Page))
		}
		w.Uint64(r.Nonce)
		w.Uvarint(r.Parts)
	}
}

// DecodeRefs reads what EncodeRefs wrote, of which pages are below pages where
// the layout is Numbered. What is wrong is the error of r.
func (l Layout) DecodeRefs(r *wire.Reader, pages int) (out []Ref) {
	least := 9 // bytes of a name: nonce and parts
	if l.Numbered {
		least++
	}
	for range r.Count(least) {
		var page uint64
		if l.Numbered {
			if page = r.Uvarint(); page >= uint64(pages) {
				r.Fail("page %d, want less than %d", page, pages)
			}
		}
		ref := Ref{Page: int(page), Nonce: r.Uint64(), Parts: r.Uvarint()}
		if r.Err() != nil {
			return nil
		}
		out = append(out, ref)
	}
	return out
}

// EncodeBlobs writes the number of keys and of each, in alphabetical order, key
// and bytes.
func EncodeBlobs(w *wire.Writer, blobs map[string][]byte) {
	w.Uvarint(uint64(len(blobs)))
	for _, key := range slices.Sorted(maps.Keys(blobs)) {
		w.String(key)
		w.Blob(blobs[key])
	}
}

// DecodeBlobs reads what EncodeBlobs wrote. The bytes alias the input. What is
// wrong, such as a key that occurs twice, is the error of r.
func DecodeBlobs(r *wire.Reader) map[string][]byte {
	n := r.Count(2)
	out := make(map[string][]byte, n)
	for range n {
		key := r.String()
		if _, twice := out[key]; twice {
			r.Fail("key %.100q occurs twice", key)
		}
		out[key] = r.Blob()
		if r.Err() != nil {
			return nil
		}
	}
	return out
}

// WriteBlobs stores keys with their bytes as one value, and returns no name when
// there are none. The error is that of Write.
func (v *Values) WriteBlobs(ctx context.Context, page int, blobs map[string][]byte) (Ref, error) {
	if len(blobs) == 0 {
		return Ref{}, nil
	}
	var w wire.Writer
	EncodeBlobs(&w, blobs)
	return v.Write(ctx, page, w.Bytes())
}

// ReadBlobs returns what WriteBlobs stored. The error is that of Read.
func (v *Values) ReadBlobs(ctx context.Context, r Ref) (map[string][]byte, error) {
	if !r.Named() {
		return map[string][]byte{}, nil
	}
	value, err := v.Read(ctx, r)
	if err != nil {
		return nil, err
	}
	reader := wire.NewReader(value)
	blobs := DecodeBlobs(reader)
	if err := reader.Close(); err != nil {
		return nil, fmt.Errorf("value %q: %w", v.Key(r, 0), err)
	}
	return blobs, nil
}
