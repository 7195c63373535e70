package state

import "context"

// maxStale bounds the versions that are remembered for a tombstone, and
// maxGarbage the parts that are remembered for deletion.
const (
	maxStale   = 1000
	maxGarbage = 10_000
)

// hintsPerMark is how many hints are written from one mark to the next.
const hintsPerMark = 64

// advance makes version the newest; what it supersedes is left for tidy.
func (j *Journal) advance(version uint64, parts []string) {
	if j.version > 0 {
		j.stale = append(j.stale, j.version)
	}
	j.stale = append(j.stale, j.torn...)
	j.garbage = append(j.garbage, j.parts...)
	j.version, j.parts, j.torn = version, parts, nil
	if excess := len(j.stale) - maxStale; excess > 0 {
		j.stale = j.stale[excess:]
	}
	if excess := len(j.garbage) - maxGarbage; excess > 0 {
		j.garbage = j.garbage[excess:]
	}
}

// tidy clears up behind what was committed: superseded versions become
// tombstones, their parts are deleted, hint and marks follow, and a few of the
// keys before the marks are deleted. What fails here, or is never done, costs
// room in the store and never an answer: it is tried again at a later tidy.
func (j *Journal) tidy(ctx context.Context) {
	for len(j.stale) > 0 {
		if j.access.set(ctx, j.key(j.stale[0]), mark(markSuperseded)) != nil {
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
