package state

import (
	"context"
	"errors"
	"fmt"
)

// When some keys of a record have gone and others not, a search from its beginning can
// find nothing although a newer version is there, and two processes can then write two
// records among the same keys. Whoever is about to begin a record looks for what may be
// left of one, and whoever keeps one looks whether another was begun below it.

// remnantProbes are the versions that are looked for; what they miss is seen by whoever
// keeps the record (walk).
var remnantProbes = [...]uint64{2, 4, 8, 32, 128, 512}

// findRemnant looks for what is left of a record of which a search has found nothing, and
// notes it. The error wraps ErrStore.
func (j *Journal) findRemnant(ctx context.Context) error {
	hint, err := j.Again().hint(ctx)
	if err != nil {
		return err
	}
	for _, v := range append([]uint64{hint}, remnantProbes[:]...) {
		if v == 0 {
			continue
		}
		newest, err := j.gallop(ctx, 0, v)
		if errors.Is(err, errMoved) {
			continue
		}
		if err != nil {
			return err
		}
		j.remnant = newest
		j.displaced, err = j.newestReadable(ctx, newest)
		return err
	}
	j.remnant = hint
	return nil
}

// walkStep bounds the versions that one look looks at.
const walkStep = 16

// walk looks at a few of the versions before the newest, which are all there from the
// newest mark on, and superseded. One that is gone may have made somebody begin the record
// anew; one that is not superseded may be where that one has come to: it is displaced. The
// error wraps ErrLost or ErrStore.
func (j *Journal) walk(ctx context.Context, covered func(payload []byte) bool) error {
	if own, err := j.standingOf(ctx, j.version, j.nonce); err != nil || own != mine {
		return err // another writer has gone on, and looks itself
	}
	from := max(j.version-j.version%j.options.MarkInterval, 1)
	for range walkStep {
		if j.walked < from || j.walked >= j.version {
			j.walked = from
		}
		v := j.walked
		if v >= j.version {
			return nil
		}
		j.walked++
		standing, err := j.standingOf(ctx, v, j.nonce)
		if err != nil {
			return err
		}
		switch standing {
		case absent:
			return fmt.Errorf("%w: %q does not exist any more", ErrLost, j.key(v))
		case others:
			payload, err := j.payloadOf(ctx, v)
			if errors.Is(err, ErrStore) {
				return err
			}
			if err == nil && payload != nil && !covered(payload) {
				j.displaced = Record{Version: v, Payload: payload}
				return fmt.Errorf("%w: somebody has begun %q anew, and come to version %d", ErrLost, j.base, v)
			}
		}
	}
	return nil
}
