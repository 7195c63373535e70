package state

import (
	"errors"
	"fmt"
	"slices"
)

// Verify says what happens when a message that a shard seems to contain is another
// one than the shard has learned at that position.
type Verify int

const (
	// VerifyStop makes Learn fail with ErrContradiction and learn nothing.
	VerifyStop Verify = iota
	// VerifyFail leaves such messages out, lists them in Outcome.Contradicted and
	// learns the others. While a source is in doubt, messages that would be skipped
	// as replays and cannot be verified are listed too.
	VerifyFail
	// VerifyOff takes positions alone for the identity of a message.
	VerifyOff
)

// verifyNames are the names of the values of Verify, as configurations have them.
var verifyNames = []string{VerifyStop: "stop", VerifyFail: "fail", VerifyOff: "off"}

// String returns the name that ParseVerify reads.
func (v Verify) String() string { return verifyNames[v] }

// ParseVerify reads "stop", "fail" or "off".
func ParseVerify(text string) (Verify, error) {
	if i := slices.Index(verifyNames, text); i >= 0 {
		return Verify(i), nil
	}
	return 0, fmt.Errorf("%q is none of %q", text, verifyNames)
}

// Arrivals are messages as a source delivered them.
type Arrivals struct {
	Count int
	// Offsets are their positions, nil when they have none: then all are fresh.
	Offsets []int64
	// Prints are their fingerprints, nil when there are none.
	Prints []Print
	// Origin is where all of them come from.
	Origin Origin
	// Begin is where the input began to read the source.
	Begin  Begin
	Verify Verify
}

// validate checks the lengths of the lists.
func (a *Arrivals) validate() error {
	if a.Offsets != nil && len(a.Offsets) != a.Count {
		return fmt.Errorf("%d offsets for %d messages", len(a.Offsets), a.Count)
	}
	if a.Prints != nil && len(a.Prints) != a.Count {
		return fmt.Errorf("%d fingerprints for %d messages", len(a.Prints), a.Count)
	}
	return nil
}

// print returns the fingerprint of a message.
func (a *Arrivals) print(i int) Print {
	if a.Prints == nil {
		return 0
	}
	return a.Prints[i]
}

// Outcome is what became of Arrivals.
type Outcome struct {
	// Replays are the messages that the shard contains already.
	Replays int
	// Altered are those of the replays of which the pipeline has made something
	// else than when they were learned.
	Altered int
	// Renewed says that the messages are the first of a topic that was created
	// again under its name.
	Renewed bool
	// Before are the positions that had been acknowledged before these messages, the
	// first of the shard, and are not in it; Vanished says that the directory of the
	// project knew the shard. See [Missing].
	Before   []Interval
	Vanished bool
	// Skipped are positions that had been acknowledged before these messages, behind
	// others that are contained, and are not: a filter has kept them from the shard, or a
	// state with them is gone.
	Skipped []Interval
	// Gone are positions that were to be delivered again and that the source has not
	// any more.
	Gone []Interval
	// Contradicted are the indices of messages that are not what was learned at
	// their position, with VerifyFail; Contradiction is what is wrong with the first.
	Contradicted  []int
	Contradiction error
}

// ErrContradiction is wrapped when a message is not the one that was learned at its
// position, or comes from another cluster than the messages before it.
var ErrContradiction = errors.New("positions contradict what was learned")

// contradiction says that a message is not the one that was learned at its
// position, or comes from another cluster than the messages before it.
type contradiction struct {
	shard  string
	offset int64
	// unverified is how many messages before this one were skipped as replays with
	// nothing that they could be compared with, since the last one that was verified.
	unverified int
	// cluster is that of the message and known that of the messages before it,
	// where these differ.
	cluster, known string
}

// Error says what was found and what to do.
func (e *contradiction) Error() string {
	if e.cluster != e.known {
		return fmt.Sprintf("%v: shard %q has messages of the cluster %q and gets one of %q (position %d): set `source` to tell the clusters apart, such as `source: ${! @kafka_cluster_id }`",
			ErrContradiction, e.shard, e.known, e.cluster, e.offset)
	}
	return fmt.Sprintf("%v: the message at position %d of shard %q is not the one that was learned there; %d messages before it were skipped as replays unverified. "+
		"The source was numbered anew (begin a new epoch with `sml epoch`), or two sources share a shard (set `source` to tell them apart), or the position is not unique (map one that is), "+
		"or the pipeline makes something else of the same message (`verify: off` until it has passed)",
		ErrContradiction, e.offset, e.shard, e.unverified)
}

// Unwrap makes errors.Is find ErrContradiction.
func (e *contradiction) Unwrap() error { return ErrContradiction }
