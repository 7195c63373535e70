package state

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// ErrName is wrapped when a name cannot be part of a key.
var ErrName = errors.New("invalid name")

// EscapeKey makes one component of a key of any string, injectively: bytes
// outside [A-Za-z0-9-] become _XX in hexadecimal. So it holds no '.', which
// separates components.
func EscapeKey(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if plain(s[i]) {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "_%02X", s[i])
		}
	}
	return b.String()
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-'
}

func directoryBase(base string) string { return base + ".dir" }

// shardBase returns the base key of a shard. Where the escaped id is too long
// for keys of maxKeyBytes, it is cut, and a hash of the id follows "_-", which
// no escaped id contains.
func shardBase(base, id string) string {
	name := EscapeKey(id)
	room := max(maxKeyBytes-suffixBytes-len(base)-len(".shard."), leastShardBytes)
	if len(name) > room {
		sum := sha256.Sum256([]byte(id))
		hash := "_-" + hex.EncodeToString(sum[:hashBytes])
		name = name[:room-len(hash)] + hash
	}
	return base + ".shard." + name
}

const (
	// maxKeyBytes bounds every key of a project whose base has at most 100
	// bytes; memcached takes 250.
	maxKeyBytes = 200
	// suffixBytes is the longest that follows the base key of a journal: a
	// version of 12 digits, a piece of 4 and its nonce.
	suffixBytes = 1 + 12 + 2 + 4 + 1 + 16
	// leastShardBytes is room for the hash and a few readable characters.
	leastShardBytes = 48
	hashBytes       = 16
	// oldKeyBytes is what any cache takes: records of before shortening are
	// looked for where their keys are not longer.
	oldKeyBytes = 250
)

// existingShardBase is shardBase, or the unshortened key where a shard was
// written under that before keys were shortened. The error wraps ErrStore.
func existingShardBase(ctx context.Context, store Store, base, id string) (string, error) {
	short, long := shardBase(base, id), base+".shard."+EscapeKey(id)
	if short == long || len(long)+suffixBytes > oldKeyBytes {
		return short, nil
	}
	written, err := NewJournal(store, long, JournalOptions{Kind: wire.KindShard}).Newer(ctx, 0)
	if err != nil || !written {
		return short, err
	}
	return long, nil
}
