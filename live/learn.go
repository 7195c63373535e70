package live

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// batchReader turns messages into rows. It is reused: readers learn the order
// of keys, and the memory of a block serves the next.
type batchReader struct {
	reader *schema.Reader
	block  schema.Block
	rowOf  []int // per message its row, or -1
	rows   stats.Rows

	powers *Powers    // nil for none
	plan   *powerPlan // of the schema read last

	weights  []float64
	times    []int64
	overflow []stats.Overflow
	keys     []string // per row its key
	groups   []group
}

// noRow says that a message has no row.
const noRow = -1

// read encodes all messages under the schema. What a message has wrong is put
// into its Err; it then has no row.
func (b *batchReader) read(current *schema.Schema, messages []Message) {
	b.reader.SetSchema(current)
	b.block.Reset(current)
	b.rowOf = b.rowOf[:0]
	for i := range messages {
		m := &messages[i]
		b.rowOf = append(b.rowOf, noRow)
		if m.Err != nil || m.Skip {
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
		b.rowOf[i] = b.block.N - 1
	}
	b.rows = stats.Rows{
		N: b.block.N, Numeric: b.block.Numeric, Categorical: b.block.Categorical,
		Values: b.block.Values, Codes: b.block.Codes, Sets: b.block.Sets,
	}
	if b.powers != nil {
		if b.plan == nil || b.plan.schema != current {
			b.plan = b.powers.plan(current)
		}
		for i := range b.rows.N {
			b.plan.fill(b.rows.Row(i))
		}
	}
	b.overflow = b.overflow[:0]
	for _, o := range b.block.Overflow {
		b.overflow = append(b.overflow, stats.Overflow{Row: o.Row, Column: o.Column, Value: o.Value})
	}
	b.rows.Overflow = b.overflow
	b.weigh(messages)
}

// growth returns what the schema lacks of what was read, and of the powers of
// that.
func (b *batchReader) growth(s *schema.Schema) schema.Growth {
	g := b.reader.Growth()
	if b.powers != nil {
		g = b.powers.missing(s, g)
	}
	return g
}

// weigh adds weights, where a message has one, and times to the rows.
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

// ErrFrozen is the error of rows that a frozen project refuses.
var ErrFrozen = errors.New("project is frozen")

var errNoKey = errors.New("key is empty, and the project keeps statistics per key")

// maxWeight is what the statistics take, so that no sum overflows.
const maxWeight = 1e100

func checkWeight(w float64) error {
	if w != 0 && !(w > 0 && w <= maxWeight) {
		return fmt.Errorf("weight is %v, want a positive number up to %g", w, float64(maxWeight))
	}
	return nil
}

// group is the messages of one batch that belong to one shard.
type group struct {
	shard    string
	messages []int
	offsets  []int64 // nil when the messages have no positions
	room     []int64 // what offsets are appended to
}

// groupsOf splits a batch by shard, in order of appearance; the result is good
// until the next call. A message that has
// an error but no shard belongs to none.
func (b *batchReader) groupsOf(messages []Message) []group {
	out := b.groups[:0]
	for i := range messages {
		m := &messages[i]
		if m.Shard == "" {
			continue
		}
		at := -1
		for k := len(out) - 1; k >= 0 && at < 0; k-- {
			if out[k].shard == m.Shard && (out[k].offsets != nil) == m.HasOffset {
				at = k
			}
		}
		if at < 0 {
			if at = len(out); at < cap(out) {
				out = out[:at+1]
			} else {
				out = append(out, group{})
			}
			// the lists of the batch before are used again
			out[at] = group{shard: m.Shard, messages: out[at].messages[:0], room: out[at].room[:0]}
			if m.HasOffset {
				out[at].offsets = out[at].room
			}
		}
		g := &out[at]
		g.messages = append(g.messages, i)
		if m.HasOffset {
			g.offsets = append(g.offsets, m.Offset)
			g.room = g.offsets
		}
	}
	b.groups = out
	return out
}

// Learn learns the rows of a batch into their shards. What does not fit is
// said in the message's Err and contributes nothing. Positions that a shard
// contains already are skipped. With LearnSettings.Durable it returns when the
// store has everything; a store that fails is tried again until ctx ends, and
// then nothing of the batch may be acknowledged: the error says so.
func (p *Project) Learn(ctx context.Context, messages []Message) error {
	return p.take(ctx, messages, false)
}

// Forget takes rows away again, with the same guarantees as Learn: the rows
// are kept in shards of their own, which every snapshot subtracts from the
// others. So rows that another process has learned can be forgotten here, and
// a row that is to be forgotten twice by a replay is forgotten once.
func (p *Project) Forget(ctx context.Context, messages []Message) error {
	return p.take(ctx, messages, true)
}

func (p *Project) take(ctx context.Context, messages []Message, forget bool) error {
	if p.learning == nil {
		return fmt.Errorf("project %q is opened for reading only", p.settings.Project)
	}
	if err := p.start(ctx); err != nil {
		return err
	}
	if p.Frozen() {
		for i := range messages {
			messages[i].Err = fmt.Errorf("%w: %q learns nothing", ErrFrozen, p.settings.Project)
		}
		return nil
	}
	if p.learning.Composition.Entities.On {
		for i := range messages {
			if messages[i].Err == nil && messages[i].Key == "" {
				messages[i].Err = errNoKey
			}
		}
	}
	b := p.readers.Get().(*batchReader)
	defer p.readers.Put(b)
	layout, err := p.readLearning(ctx, b, messages)
	if err != nil {
		return err
	}
	learned, replays, failed := 0, 0, 0
	for i := range messages {
		if messages[i].Err != nil {
			failed++
		}
	}
	for _, g := range b.groupsOf(messages) {
		if forget {
			g.shard = project.ForgetPrefix + g.shard
		}
		n, skipped, err := p.learnGroup(ctx, layout, b, g)
		if err != nil {
			return err
		}
		learned, replays = learned+n, replays+skipped
	}
	p.noteOverflow(layout, b.overflow)
	p.observer.Learned(p.settings.Project, learned, replays, failed)
	p.rows.Add(int64(learned))
	if p.models.lacksFrames() && !forget {
		if err := p.settleFrames(ctx); err != nil && ctx.Err() == nil {
			p.tell(p.outage.read(err, p.now()))
		}
	}
	return nil
}

// readLearning reads the batch, and again when it brought attributes or
// categories that the schema did not have: those are settled first.
func (p *Project) readLearning(ctx context.Context, b *batchReader, messages []Message) (*stats.Layout, error) {
	current := p.schema.Load()
	b.reader.Collect(true)
	before := make([]error, len(messages))
	for i := range messages {
		before[i] = messages[i].Err
	}
	b.read(current.schema, messages)
	growth := b.growth(current.schema)
	if growth.Empty() {
		return current.layout, nil
	}
	grown, err := p.grow(ctx, growth)
	if err != nil {
		return nil, err
	}
	for i := range messages {
		messages[i].Err = before[i]
	}
	b.read(grown.schema, messages)
	return grown.layout, nil
}

// learnGroup learns the messages of one shard and returns how many rows were
// learned and how many messages were replays.
func (p *Project) learnGroup(ctx context.Context, layout *stats.Layout, b *batchReader, g group) (learned, replays int, err error) {
	shard, err := p.shard(ctx, g.shard)
	if err != nil {
		return 0, 0, err
	}
	if g.offsets == nil && p.limits.first("positions") {
		p.observer.Warn(fmt.Sprintf("project %q: messages of shard %q have no positions: what is delivered again after a crash is learned again (at least once); `position` of sml_learn maps one, and then each counts once", p.settings.Project, g.shard))
	}
	if p.learning.Durable {
		spanned, end := p.span(ctx, SpanFlush)
		ctx = spanned
		defer func() { end(err) }()
	}
	if p.learning.Composition.Entities.On {
		return p.learnEntities(ctx, shard, layout, b, g)
	}
	var part stats.Rows
	replays, err = shard.Learn(ctx, len(g.messages), g.offsets, func(a stats.Additive, fresh []int) error {
		rows := b.selectRows(&part, g.messages, fresh)
		learned = rows.N
		if rows.N == 0 {
			return nil
		}
		return a.Learn(layout, rows)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("shard %q: %w", g.shard, err)
	}
	return learned, replays, nil
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

// newReaders returns a pool of readers that compute powers, nil for none.
func newReaders(rules *schema.Rules, powers *Powers) *sync.Pool {
	if powers != nil && len(powers.Attributes) == 0 {
		powers = nil
	}
	return &sync.Pool{New: func() any { return &batchReader{reader: schema.NewReader(rules), powers: powers} }}
}
