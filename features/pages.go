package features

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Pages are the keys that left the record of a shard: values in the same store,
// each holding the keys of one hash. A page is never changed: keys that join it
// make a new page under a new name, which counts from the moment that a record
// names it. So record and pages change together, and a writer that was overtaken
// leaves at most a page that nobody reads.
type Pages struct {
	store    state.Store
	base     string
	maxValue int
}

// pageCount is the number of hashes. It is part of the format.
const pageCount = 256

const pageVersion = 1

// reference names one page: the zero value none.
type reference struct {
	nonce uint64
	parts uint64
}

type numbered struct {
	page int
	reference
}

// NewPages returns the pages of a shard. All their keys begin with base;
// maxValue bounds the payload of a value in bytes, 0 meaning
// state.DefaultMaxValue.
func NewPages(store state.Store, base, shard string, maxValue int) *Pages {
	if maxValue <= 0 {
		maxValue = state.DefaultMaxValue
	}
	return &Pages{store: store, base: base + ".page." + state.EscapeKey(shard), maxValue: maxValue}
}

func (p *Pages) key(page int, ref reference, part uint64) string {
	return p.base + "." + strconv.Itoa(page) + "." + strconv.FormatUint(ref.nonce, 16) + "." + strconv.FormatUint(part, 10)
}

// pageOf returns the page that a key belongs to.
func pageOf(key string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // never fails, as hash documents
	return int(h.Sum32() % pageCount)
}

// read returns the encoded entities of a page by key.
func (p *Pages) read(ctx context.Context, page int, ref reference) (map[string][]byte, error) {
	var payload []byte
	for part := range ref.parts {
		key := p.key(page, ref, part)
		value, err := p.store.Get(ctx, key)
		if errors.Is(err, state.ErrNotFound) {
			return nil, fmt.Errorf("%w: page %q is gone: %w", state.ErrStore, key, err)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", state.ErrStore, err)
		}
		version, chunk, err := wire.Open(value, wire.KindPart)
		if err == nil && version != pageVersion {
			err = fmt.Errorf("%w: %d, this build reads %d", wire.ErrUnknownVersion, version, pageVersion)
		}
		if err != nil {
			return nil, fmt.Errorf("page %q: %w", key, err)
		}
		payload = append(payload, chunk...)
	}
	out := map[string][]byte{}
	if ref.parts == 0 {
		return out, nil
	}
	r := wire.NewReader(payload)
	for range r.Count(2) {
		name := r.String()
		out[name] = r.Blob()
	}
	return out, r.Close()
}

// write stores a page under a new name.
func (p *Pages) write(ctx context.Context, page int, sorted []string, entities map[string][]byte) (reference, error) {
	var w wire.Writer
	w.Uvarint(uint64(len(sorted)))
	for _, name := range sorted {
		w.String(name)
		w.Blob(entities[name])
	}
	ref := reference{nonce: nonce()}
	for rest := w.Bytes(); len(rest) > 0; ref.parts++ {
		n := min(len(rest), p.maxValue)
		if err := p.store.Set(ctx, p.key(page, ref, ref.parts), wire.Seal(wire.KindPart, pageVersion, rest[:n])); err != nil {
			return reference{}, fmt.Errorf("%w: %w", state.ErrStore, err)
		}
		rest = rest[n:]
	}
	return ref, nil
}

func (p *Pages) remove(ctx context.Context, n numbered) error {
	for part := range n.parts {
		if err := p.store.Delete(ctx, p.key(n.page, n.reference, part)); err != nil {
			return fmt.Errorf("%w: %w", state.ErrStore, err)
		}
	}
	return nil
}

// nonce returns a number that no two writers share.
func nonce() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, as crypto/rand documents
	return binary.LittleEndian.Uint64(b[:])
}
