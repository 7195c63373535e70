package live

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/account"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// batchReader turns messages into rows. It is reused: readers learn the order
// of keys, and the memory of a block serves the next.
// It serves one goroutine at a time, between the pool's get and its release.
type batchReader struct {
	pool   *pool[*batchReader] // that it belongs to
	reader *schema.Reader
	block  schema.Block
	rowOf  []int // per message its row, or -1
	rows   stats.Rows

	// dropEmpty makes documents without a value of any attribute have no row.
	dropEmpty bool

	powers *Powers    // nil for none
	plan   *powerPlan // of the schema read last

	weights  []float64
	times    []int64
	overflow []stats.Overflow
	keys     []string // per row its key
	groups   []group

	tests *Tests // of the batch; nil where no row is scored before it is learned

	prints                    []state.Print
	hashed                    *stats.Layout // of the hashes of its columns' names
	numericHashes, codeHashes []uint64
}

// noRow says that a message has no row.
const noRow = -1

// read encodes all messages under the schema. What a message has wrong is put
// into its Err; it then has no row.
// Powers are computed afterwards, so a document cannot set them for a row that has
// their attribute.
func (b *batchReader) read(current *schema.Schema, messages []Message) {
	b.reader.SetSchema(current)
	b.encode(current, messages)
}

// readAll reads the messages, and again under what grow makes of the schema as long as they
// bring attributes or categories that it does not have. So every message is read under
// what those before it have made of the schema, as it would be alone, and one that is
// refused adds nothing. It returns the schema that they are read under.
// Errors of one reading are taken back for the next, as a grown schema may read the row.
func (b *batchReader) readAll(s *schema.Schema, messages []Message, grow func(schema.Growth) (*schema.Schema, error)) (*schema.Schema, error) {
	before := make([]error, len(messages))
	for i := range messages {
		before[i] = messages[i].Err
	}
	b.reader.Collect(true)
	b.read(s, messages)
	for {
		growth := b.growth(s)
		if growth.Empty() {
			return s, nil
		}
		grown, err := grow(growth)
		if err != nil {
			return nil, err
		}
		if grown == s { // it is at its bounds
			return s, nil
		}
		again(messages, before)
		b.reader.Again(grown)
		b.encode(grown, messages)
		s = grown
	}
}

// again gives messages the errors back that they had before they were read.
func again(messages []Message, before []error) {
	for i := range messages {
		messages[i].Err = before[i]
	}
}

// encode makes rows of the messages under the schema that the reader has.
func (b *batchReader) encode(current *schema.Schema, messages []Message) {
	if b.powers != nil && (b.plan == nil || b.plan.schema != current) {
		b.plan = b.powers.plan(current)
	}
	b.block.Reset(current)
	b.rowOf = b.rowOf[:0]
	for i := range messages {
		m := &messages[i]
		b.rowOf = append(b.rowOf, noRow)
		if m.Err != nil || m.Skip || m.Outcome != "" && !m.isWaiting() {
			continue
		}
		err := checkWeight(m.Weight)
		if err != nil {
			m.Err = err
			continue
		}
		if m.Data != nil {
			err = b.reader.ReadJSON(m.Data, &b.block)
		} else {
			err = b.reader.ReadStructured(m.Value, &b.block)
		}
		if err != nil {
			m.Err = err
			continue
		}
		if err := b.checkHeavy(current, m.Weight); err != nil {
			b.block.DropLast()
			m.Err = err
			continue
		}
		if err := b.checkComputed(current); err != nil {
			b.block.DropLast()
			m.Err = err
			continue
		}
		if b.dropEmpty && b.block.DropEmpty() {
			continue
		}
		b.rowOf[i] = b.block.N - 1
	}
	b.rows = stats.Rows{
		N: b.block.N, Numeric: b.block.Numeric, Categorical: b.block.Categorical,
		Values: b.block.Values, Codes: b.block.Codes, Sets: b.block.Sets,
	}
	if b.powers != nil {
		for i := range b.rows.N {
			b.plan.fill(b.rows.Row(i))
		}
	}
	current.Expand(b.rows.Values)
	b.overflow = b.overflow[:0]
	for _, o := range b.block.Overflow {
		b.overflow = append(b.overflow, stats.Overflow{Row: o.Row, Column: o.Column, Value: o.Value})
	}
	b.rows.Overflow = b.overflow
	b.weigh(messages)
}

// growth returns what the schema lacks of what was read, and of the powers of
// that.
// Powers come with their attribute, in the same growth: no row has the one without
// the others.
func (b *batchReader) growth(s *schema.Schema) schema.Growth {
	g := b.reader.Growth()
	if b.powers != nil {
		g = b.powers.missing(s, g)
	}
	return g
}

// weigh adds weights, where a message has one, and times to the rows.
// Without any weight the rows have none at all, which is the faster way to learn.
func (b *batchReader) weigh(messages []Message) {
	weighted := false
	b.times, b.keys = b.times[:0], b.keys[:0]
	for i, row := range b.rowOf {
		if row != noRow {
			weighted = weighted || messages[i].Weight != 0
			b.times = append(b.times, messages[i].Time)
			b.keys = append(b.keys, messages[i].Key)
		}
	}
	b.rows.Times = b.times
	if !weighted {
		return
	}
	b.weights = b.weights[:0]
	for i, row := range b.rowOf {
		if row != noRow {
			w := messages[i].Weight
			if w == 0 {
				w = 1
			}
			b.weights = append(b.weights, w)
		}
	}
	b.rows.Weights = b.weights
}

// maxWeight and maxFourth are what the statistics take of a weight, and of a weight
// times the fourth power of a value, so that no sum overflows: ten times less than
// they do, as decay weighs the newest row a little more.
const (
	maxWeight = 1e99
	maxFourth = 1e289
)

// checkHeavy refuses the last row of the block where a value is too large for the
// weight.
func (b *batchReader) checkHeavy(current *schema.Schema, weight float64) error {
	if weight <= 1 {
		return nil
	}
	for j, v := range b.block.Values[len(b.block.Values)-b.block.Numeric:] {
		if square := v * v; square*square > maxFourth/weight {
			return fmt.Errorf("attribute %q is %v, which is too large for a row of weight %v: its fourth power times the weight is beyond %g",
				current.Attributes()[current.Numeric()[j]].Name, v, weight, float64(maxFourth))
		}
	}
	return nil
}

// checkComputed refuses the last row of the block where its document gives a value that is
// computed.
func (b *batchReader) checkComputed(current *schema.Schema) error {
	row := b.block.Values[len(b.block.Values)-b.block.Numeric:]
	if at := current.Given(row); at >= 0 {
		return given(current, row, at, "expand")
	}
	if b.powers == nil {
		return nil
	}
	for i := range b.plan.targets {
		t := &b.plan.targets[i]
		at := slices.IndexFunc(t.columns, func(at int) bool { return !math.IsNaN(row[at]) })
		switch {
		case at >= 0:
			at = t.columns[at]
		case !math.IsNaN(row[t.jacobian]):
			at = t.jacobian
		default:
			continue
		}
		return given(current, row, at, "power")
	}
	return nil
}

// given is the error of a document that gives a value of a numeric column which a field
// of sml_learn makes computed.
func given(current *schema.Schema, row []float64, at int, field string) error {
	a := &current.Attributes()[current.Numeric()[at]]
	return account.NewFault(a.Name, strconv.FormatFloat(row[at], 'g', -1, 64), "value %s is given, and sml_learn computes the attribute (`"+field+"`): give it another name")
}

// checkWeight refuses what is not a weight: a negative number, NaN, and what would
// overflow. 0 means that none was given.
func checkWeight(w float64) error {
	if w != 0 && !(w > 0 && w <= maxWeight) {
		return fmt.Errorf("weight is %v, want a positive number up to %g", w, float64(maxWeight))
	}
	return nil
}

// selectRows gathers the rows of those of the messages that are fresh. When
// that is the whole block in order, it is returned as it is.
func (b *batchReader) selectRows(room *stats.Rows, messages, fresh []int) *stats.Rows {
	if len(fresh) == len(b.rowOf) {
		return &b.rows
	}
	room.Reset(b.rows.Numeric, b.rows.Categorical)
	for _, k := range fresh {
		if row := b.rowOf[messages[k]]; row != noRow {
			room.Append(&b.rows, row)
		}
	}
	return room
}

// selectForgotten is selectRows for rows that are to be taken away.
func (b *batchReader) selectForgotten(room *stats.Rows, messages, chosen []int) *stats.Rows {
	room.Reset(b.rows.Numeric, b.rows.Categorical)
	room.Forgotten = true
	for _, k := range chosen {
		if row := b.rowOf[messages[k]]; row != noRow {
			room.Append(&b.rows, row)
		}
	}
	return room
}

// newReaders returns a pool of readers that compute powers, nil for none.
func newReaders(rules *schema.Rules, powers *Powers) *pool[*batchReader] {
	p := &pool[*batchReader]{}
	p.fresh = func() *batchReader {
		return &batchReader{reader: schema.NewReader(rules), powers: powers, pool: p}
	}
	return p
}

// release lets the reader serve others.
func (b *batchReader) release() {
	b.dropEmpty, b.tests = false, nil
	b.pool.put(b)
}

// selectKeys gathers the keys of those of the messages that are fresh, in the
// order of selectRows.
func (b *batchReader) selectKeys(into []string, messages, fresh []int) []string {
	if len(fresh) == len(b.rowOf) {
		return append(into, b.keys...)
	}
	for _, k := range fresh {
		if row := b.rowOf[messages[k]]; row != noRow {
			into = append(into, b.keys[row])
		}
	}
	return into
}
