package state

import (
	"context"
	"errors"
	"slices"
)

// maxStale bounds the versions that are remembered for a tombstone, and
// maxGarbage the parts that are remembered for deletion.
const (
	maxStale   = 1000
	maxGarbage = 10_000
)

// hintsPerMark is how many hints are written from one mark to the next.
const hintsPerMark = 64

// stale is a version that is to become a tombstone, with the nonce of its writer; zero
// where the version is damaged.
type stale struct{ version, nonce uint64 }

// advance makes version the newest; what it supersedes is left for tidy.
func (j *Journal) advance(version uint64, next chain) {
	if j.version > 0 {
		j.stale = append(j.stale, stale{j.version, j.nonce})
	}
	j.giveUp(j.torn)
	former := j.chain.keys()
	j.version, j.chain, j.torn = version, next, nil
	j.drop(former)
	if excess := len(j.stale) - maxStale; excess > 0 {
		j.stale = j.stale[excess:]
	}
	if excess := len(j.garbage) - maxGarbage; excess > 0 {
		j.garbage = j.garbage[excess:]
	}
}

// drop lets those of the pieces be deleted that the newest version does not need.
func (j *Journal) drop(pieces []string) {
	needed := j.chain.keys()
	for _, key := range pieces {
		if !slices.Contains(needed, key) {
			j.garbage = append(j.garbage, key)
		}
	}
}

// giveUp lets damaged versions become tombstones.
func (j *Journal) giveUp(damaged []uint64) {
	for _, v := range damaged {
		j.stale = append(j.stale, stale{version: v})
	}
}

// tidy clears up behind what was committed: superseded versions become
// tombstones, their parts are deleted, hint and marks follow, and a few of the
// keys before the marks are deleted. What fails here, or is never done, costs
// room in the store and never an answer: it is tried again at a later tidy.
// It may run long after the commit, when keys have gone from the store and another
// process has begun the record anew under the same numbers: what that one has written
// stays.
func (j *Journal) tidy(ctx context.Context) {
	for len(j.stale) > 0 {
		if j.supersede(ctx, j.stale[0]) != nil {
			break
		}
		j.stale = j.stale[1:]
	}
	for len(j.garbage) > 0 {
		if j.access.remove(ctx, j.garbage[0]) != nil {
			break
		}
		j.garbage = j.garbage[1:]
	}
	if j.version == 0 {
		return
	}
	every := max(j.options.MarkInterval/hintsPerMark, 1)
	if j.hinted == 0 || j.hinted > j.version || j.version-j.hinted >= every {
		if j.access.set(ctx, j.headKey(), head(j.version, j.options.MarkInterval)) == nil {
			j.hinted = j.version
		}
	}
	j.sweep(ctx)
}

// supersede makes a tombstone of a version, unless that is gone or another one by now.
func (j *Journal) supersede(ctx context.Context, v stale) error {
	standing, err := j.standingOf(ctx, v.version, v.nonce)
	if err != nil || standing != mine && standing != damaged {
		return err
	}
	return j.access.set(ctx, j.key(v.version), mark(markSuperseded))
}

// ownership is whose a version is that a journal is to clear up.
type ownership int

const (
	absent    ownership = iota
	tombstone           // superseded, whoever wrote it
	mine                // of the nonce that was asked for
	others              // of another one
	damaged             // not to be read
)

// standingOf says whose a version is now. The error wraps ErrStore.
func (j *Journal) standingOf(ctx context.Context, version, nonce uint64) (ownership, error) {
	value, err := j.access.get(ctx, j.key(version))
	if errors.Is(err, ErrNotFound) {
		return absent, nil
	}
	if err != nil {
		return absent, err
	}
	c, err := j.parse(version, value)
	switch {
	case err != nil:
		return damaged, nil
	case c.superseded:
		return tombstone, nil
	case c.nonce == nonce:
		return mine, nil
	}
	return others, nil
}
