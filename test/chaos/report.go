//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// report is the result of a run: one line of JSON.
type report struct {
	Cache string `json:"cache"`
	Input string `json:"input"`
	Seed  uint64 `json:"seed"`
	OK    bool   `json:"ok"`

	// Produced counts the messages of the topic, without those of aborted
	// transactions; Bad are those of them that are no rows. Lost and Duplicated are summed over partitions.
	Produced   int64 `json:"produced"`
	Bad        int64 `json:"bad"`
	Learned    int64 `json:"learned"`
	Lost       int64 `json:"lost"`
	Duplicated int64 `json:"duplicated"`

	// After a loss the topic is read once more from its beginning, and
	// compared again; the run has failed all the same.
	LostAfterRewind       *int64 `json:"lost_after_rewind,omitempty"`
	DuplicatedAfterRewind *int64 `json:"duplicated_after_rewind,omitempty"`

	// What was done to the processes and the servers.
	Kills          int `json:"kills"`
	Stops          int `json:"stops"`
	Freezes        int `json:"freezes"`
	CacheKills     int `json:"cache_kills"`
	CacheRestarts  int `json:"cache_restarts"`
	CachePauses    int `json:"cache_pauses"`
	BrokerKills    int `json:"broker_kills"`
	BrokerRestarts int `json:"broker_restarts"`
	// Aborts are transactions that were aborted, and AbortedRows the messages in
	// them. Recreations are topics that were deleted and created again.
	Aborts      int   `json:"aborts"`
	AbortedRows int64 `json:"aborted_rows"`
	Recreations int   `json:"recreations"`
	// KeysDeleted is how many keys were deleted from the cache in KeyDeletions and in
	// KeyMoves, when a frozen process lost its partitions to others meanwhile.
	// LostSaid is how often processes have said that some were gone. SetBacks are
	// partitions that stopped and said so, and whose offset was set back.
	KeyDeletions int   `json:"key_deletions"`
	KeyMoves     int   `json:"key_moves"`
	SetBacks     int   `json:"set_backs"`
	KeysDeleted  int   `json:"keys_deleted"`
	LostSaid     int64 `json:"lost_said"`
	// Crashes are processes that ended by themselves.
	Crashes int `json:"crashes"`

	// Rebalances are generations of the group, as the broker logs them. Fenced
	// and Replays are counters of the processes; what a killed one counted
	// after it was read last is missing.
	Rebalances int    `json:"rebalances"`
	Fenced     int64  `json:"fenced"`
	Replays    int64  `json:"replays"`
	Versions   uint64 `json:"versions"`
	// Contradictions counts messages that are not those that were learned at
	// their positions.
	Contradictions int64 `json:"contradictions"`

	// Accounts is how many processes have told what became of their rows, at the
	// last moment at which none waited: Delivered is the sum of DeliveredLearned and
	// LeftOut of all reasons.
	Accounts         int              `json:"accounts"`
	Delivered        int64            `json:"delivered"`
	DeliveredLearned int64            `json:"delivered_learned"`
	LeftOut          map[string]int64 `json:"left_out"`
	// LogAccounts is how many processes that ended in order have logged by reason the
	// rows that they left out, as many as their metrics say.
	LogAccounts int `json:"log_accounts"`

	// Sealed counts the versions that a kill has cut short, in files only.
	Sealed int `json:"sealed"`

	MaxRelativeError    float64 `json:"max_relative_error"`
	HistogramsIdentical bool    `json:"histograms_identical"`
	CategoriesIdentical bool    `json:"categories_identical"`

	// Forests is how many there are: one of each of two targets, and more after losses.
	// ForestRows are the rows in the roots of those of classes, PoolRows those that pools
	// have learned. ForestsBehind lack nodes that were lost with keys: their rows are in the root.
	Forests       int   `json:"forests"`
	ForestsBehind int   `json:"forests_behind"`
	ForestRows    int64 `json:"forest_rows"`
	PoolRows      int64 `json:"pool_rows"`

	// TakeOverSeconds is the longest time from a new assignment until the
	// statistics of a partition of a killed process were stored again by its
	// successor, and TakeOvers the number of partitions that it is of.
	TakeOverSeconds float64 `json:"take_over_seconds"`
	TakeOverMedian  float64 `json:"take_over_median_seconds"`
	TakeOvers       int     `json:"take_overs"`

	Seconds float64  `json:"seconds"`
	Faults  []string `json:"faults,omitempty"`
	more    int
	worst   string
}

// mostFaults bounds the faults that are told.
const mostFaults = 20

// fault notes something that must not be.
// setBack counts partitions that were set back.
func (r *report) setBack(to map[int32]int64) { r.SetBacks += len(to) }

func (r *report) fault(format string, args ...any) {
	if len(r.Faults) >= mostFaults {
		r.more++
		return
	}
	r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
}

// compare notes the error of one number relative to a scale.
func (r *report) compare(what string, got, want, scale float64) {
	if got == want {
		return
	}
	e := math.Abs(got-want) / scale
	if !(e <= bound) {
		r.fault("%s is %v, want %v", what, got, want)
	}
	if e > r.MaxRelativeError {
		r.MaxRelativeError, r.worst = e, what
	}
}

// judge decides.
func (r *report) judge() {
	r.OK = r.Lost == 0 && r.Duplicated == 0 && r.MaxRelativeError <= bound &&
		r.HistogramsIdentical && r.CategoriesIdentical && len(r.Faults) == 0
}

// write prints the report as JSON or in words.
func (r *report) write(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(r)
	}
	_, err := fmt.Fprintf(w, "%s: produced %d, bad %d, learned %d, lost %d, duplicated %d; kills %d, aborted transactions %d, topics recreated %d, keys deleted %d, rebalances %d, fenced %d, replays %d; "+
		"largest relative error %.2g (%s), histograms identical %t, categories identical %t; take-over %.3f s; %.0f s\n",
		map[bool]string{true: "passed", false: "FAILED"}[r.OK], r.Produced, r.Bad, r.Learned, r.Lost, r.Duplicated,
		r.Kills, r.Aborts, r.Recreations, r.KeysDeleted, r.Rebalances, r.Fenced, r.Replays, r.MaxRelativeError, r.worst, r.HistogramsIdentical, r.CategoriesIdentical,
		r.TakeOverSeconds, r.Seconds)
	for _, f := range r.Faults {
		_, err = fmt.Fprintln(w, "  "+f)
	}
	return err
}
