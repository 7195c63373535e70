package features

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Limits bound what a Keyed holds.
type Limits struct {
	// Keys bounds the keys in the record; those beyond leave for Pages. 0 means
	// 1000.
	Keys int
	// Replay is the number of last rows whose features are remembered, so that
	// a row that is delivered again gets the same.
	Replay int
}

// DefaultKeys is used when Limits.Keys is 0.
const DefaultKeys = 1000

// Row is one row of a key.
type Row struct {
	Key    string
	Time   int64     // nanoseconds since 1970
	Values []float64 // one per field of the plan; NaN for missing
}

// Keyed is the state of all keys of one shard: the content of a state.Shard.
type Keyed struct {
	plan   *Plan
	limits Limits

	entities       map[string]*entity
	oldest, newest *entity
	rows           uint64

	answers  []answer
	byOffset map[int64]int // index of answers; nil until it is asked for

	cold     [pageCount]reference // zero where there is no page
	obsolete []numbered           // pages that the record no longer needs
}

// answer is the features that the row at offset got.
type answer struct {
	offset int64
	values []float64
}

var _ state.Content[*Keyed] = (*Keyed)(nil)

// NewKeyed returns the empty state.
func NewKeyed(plan *Plan, limits Limits) *Keyed {
	if limits.Keys <= 0 {
		limits.Keys = DefaultKeys
	}
	limits.Replay = max(limits.Replay, 0)
	return &Keyed{plan: plan, limits: limits, entities: map[string]*entity{}}
}

// Take returns the features of a row, one per feature of the plan, and keeps
// what later rows need of it. NaN means that there is no value: the row lacks
// the field, or there are too few rows before it. The error says that the row
// has another number of values than the plan has fields.
func (k *Keyed) Take(row Row) ([]float64, error) {
	if len(row.Values) != len(k.plan.fields) {
		return nil, fmt.Errorf("row has %d values, want one for each of the %d fields", len(row.Values), len(k.plan.fields))
	}
	e := k.entities[row.Key]
	if e == nil {
		e = k.plan.newEntity(row.Key)
		k.entities[row.Key] = e
	} else {
		k.unlink(e)
	}
	k.append(e)
	k.rows++
	return k.plan.take(e, row.Time, row.Values), nil
}

// Keys returns the number of keys in the record.
func (k *Keyed) Keys() int { return len(k.entities) }

// append makes e the one that was used last.
func (k *Keyed) append(e *entity) {
	e.older, e.newer = k.newest, nil
	if k.newest != nil {
		k.newest.newer = e
	} else {
		k.oldest = e
	}
	k.newest = e
}

func (k *Keyed) unlink(e *entity) {
	if e.older != nil {
		e.older.newer = e.newer
	} else {
		k.oldest = e.newer
	}
	if e.newer != nil {
		e.newer.older = e.older
	} else {
		k.newest = e.older
	}
	e.older, e.newer = nil, nil
}

// Remember keeps the features of the row at offset for Recall, as long as not
// more than Limits.Replay rows come after it.
func (k *Keyed) Remember(offset int64, values []float64) {
	if k.limits.Replay == 0 {
		return
	}
	k.byOffset = nil
	k.answers = append(k.answers, answer{offset, values})
	if extra := len(k.answers) - k.limits.Replay; extra > 0 {
		k.answers = k.answers[extra:]
	}
}

// Recall returns the features that the row at offset got.
func (k *Keyed) Recall(offset int64) ([]float64, bool) {
	if k.byOffset == nil {
		k.byOffset = make(map[int64]int, len(k.answers))
		for i, a := range k.answers {
			k.byOffset[a.offset] = i
		}
	}
	i, ok := k.byOffset[offset]
	if !ok {
		return nil, false
	}
	return k.answers[i].values, true
}
