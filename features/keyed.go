package features

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
)

// Limits bound what a shard holds.
type Limits struct {
	// Keys bounds the keys in the record and in memory; those beyond leave for
	// pages, and come back at their next row. 0 means DefaultKeys.
	Keys int
	// Replay is the number of last rows whose features are remembered, so that
	// a row that is delivered again gets the same.
	Replay int
}

// DefaultKeys is used when Limits.Keys is 0.
const DefaultKeys = 1000

// Row is one row of a key. A value that is no number, or beyond 1e75 on
// either side, counts as missing.
type Row struct {
	Key    string
	Time   int64     // nanoseconds since 1970
	Values []float64 // one per field of the plan; NaN for missing
}

// keyed is the state of all keys of one shard: the content of a state.Shard,
// whose lock it is used under. Keys that were not used for long leave the record
// for pages.
type keyed struct {
	plan   *Plan
	limits Limits

	entities paged.Recent[*entity]
	rows     uint64

	answers state.Answers[[]float64]

	paged   *Plan // that keys in pages are kept for, where it is another one; nil mostly
	pages   paged.Table
	garbage paged.Garbage
}

// newKeyed returns the empty state.
func newKeyed(plan *Plan, limits Limits) *keyed {
	if limits.Keys <= 0 {
		limits.Keys = DefaultKeys
	}
	limits.Replay = max(limits.Replay, 0)
	return &keyed{plan: plan, limits: limits, pages: paged.Table{Refs: make([]paged.Ref, pageCount), Of: pageOf}}
}

// take returns the features of a row, one per feature of the plan, and keeps
// what later rows need of it. NaN means that the feature has no value: the row
// does not have the field, or there are too few earlier rows. It is an error when
// the row does not have one value per field of the plan.
func (k *keyed) take(row Row) ([]float64, error) {
	if len(row.Values) != len(k.plan.fields) {
		return nil, fmt.Errorf("row has %d values, want one for each of the %d fields", len(row.Values), len(k.plan.fields))
	}
	e := k.entities.Get(row.Key)
	if e == nil {
		e = k.entities.Add(row.Key, k.plan.newEntity(row.Key))
	}
	k.entities.Touch(e)
	k.rows++
	return k.plan.take(e.Value, row.Time, row.Values), nil
}

// remember keeps the features of the row at offset for recall, as long as not
// more than Limits.Replay rows come after it.
func (k *keyed) remember(offset int64, values []float64) {
	k.answers.Add(offset, values, k.limits.Replay)
}

// recall returns the features that the row at offset got, nil when they are not
// remembered.
func (k *keyed) recall(offset int64) []float64 {
	values, _ := k.answers.Of(offset)
	return values
}
