package live

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/incident"
	"github.com/rpconnect-sml/rpconnect-sml/internal/hash"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// IncidentObserver is what an [Observer] may have besides, to be told of incidents.
type IncidentObserver interface {
	// Incidents reports how many incidents of a name were opened or closed (event).
	Incidents(project, name, event string, count int)
	// OpenIncidents reports how many incidents of a name are open, of the sources that this
	// process takes.
	OpenIncidents(project, name string, count int)
}

// IncidentBatch is the messages of one batch, with what each says and gets.
type IncidentBatch struct {
	Messages []Message
	// Rows say verdict, score and contributions of each message; Take fills in the rest from
	// the message.
	Rows []incident.Row

	answers []incident.Answer
	known   []bool
}

// JSON returns the result of message i, which has no error.
func (b *IncidentBatch) JSON(i int) []byte {
	if !b.known[i] {
		return []byte(`{"id":null,"state":null,"suppressed":null,"replayed":true}`)
	}
	return b.answers[i].AppendJSON(nil)
}

// Events returns the incidents that message i has closed or opened.
func (g *Grouper) Events(b *IncidentBatch, i int) []incident.Event {
	if !b.known[i] {
		return nil
	}
	return b.answers[i].Events(g.log.settings.Name, b.Messages[i].Shard)
}

// Take takes the rows of a batch into the incidents of their shards, each shard's rows in
// the order of the batch. A message that does not fit has an Err, and its position counts
// as seen. A message that is delivered again gets what it got. After an error, Take may be
// called again with the same batch: what has been taken is passed over.
func (g *Grouper) Take(ctx context.Context, b *IncidentBatch) error {
	x, messages := g.log.of, b.Messages
	if err := x.home.start(ctx); err != nil {
		return err
	}
	if b.answers == nil {
		b.answers, b.known = make([]incident.Answer, len(messages)), make([]bool, len(messages))
	}
	refuseLater(x.home.now(), g.log.settings.Ahead, messages)
	for i := range messages {
		m, row := &messages[i], &b.Rows[i]
		row.Key, row.Time, row.Offset, row.HasOffset = m.Key, m.Time, m.Offset, m.HasOffset
	}
	for _, group := range (&batchReader{}).groupsOf(messages) {
		if err := g.log.take(ctx, b, &group); err != nil {
			return err
		}
	}
	g.log.gauge()
	return nil
}

// take takes the messages of one shard.
func (l *incidentLog) take(ctx context.Context, b *IncidentBatch, g *group) error {
	shard, err := l.open(ctx, g.shard)
	if err != nil {
		return err
	}
	seed, isFresh := incident.Seed(l.settings.Name, g.shard), make([]bool, len(g.messages))
	out, err := shard.LearnFrom(ctx, l.arrivals(b, g), func(s *incident.State, fresh []int) error {
		clear(isFresh)
		for _, k := range fresh {
			isFresh[k] = true
		}
		for k, i := range g.messages {
			m := &b.Messages[i]
			switch {
			case m.Err != nil:
			case isFresh[k]:
				b.answers[i], b.known[i] = s.Take(&l.settings.Rules, seed, &b.Rows[i]), true
			case m.HasOffset:
				b.answers[i], b.known[i] = s.Recall(m.Offset)
			}
		}
		return nil
	})
	if err != nil {
		return l.failed(shard.ID(), err)
	}
	for _, k := range out.Contradicted {
		b.Messages[g.messages[k]].Err = out.Contradiction
	}
	if out.Contradiction != nil {
		l.of.stops.note(stopContradiction, shard.ID(), out.Contradiction.Error())
	}
	l.of.missing.decided(shard.ID(), &out)
	l.decide(b, g, isFresh)
	return nil
}

// decide sets the outcomes of the messages of a group that was taken, and reports what they
// have opened and closed for the first time.
func (l *incidentLog) decide(b *IncidentBatch, g *group, isFresh []bool) {
	events := map[string]int{}
	for k, i := range g.messages {
		m := &b.Messages[i]
		switch {
		case m.Err != nil:
			m.Outcome = outcomeOf(m.Err)
			continue
		case !isFresh[k]:
			m.Outcome = ReasonReplayed
			continue
		}
		m.Outcome = OutcomeDone
		for event, n := range b.answers[i].Count() {
			events[event] += n
		}
	}
	to, ok := l.of.home.observer.(IncidentObserver)
	for _, event := range []string{incident.EventOpened, incident.EventClosed} {
		if n := events[event]; ok && n > 0 {
			to.Incidents(l.of.home.project, l.settings.Name, event, n)
		}
	}
}

// failed tells of messages that contradict what was taken, or pass over some that are to be
// delivered again.
func (l *incidentLog) failed(id string, err error) error {
	for reason, is := range map[string]error{stopContradiction: state.ErrContradiction, stopOwed: state.ErrOwed} {
		if errors.Is(err, is) {
			l.of.stops.note(reason, "incidents "+id, fmt.Sprintf("no more alarms of %q are grouped, and nothing is acknowledged: %v", id, err))
		}
	}
	return fmt.Errorf("incidents %q: %w", id, err)
}

// arrivals describes messages by position, origin and fingerprint. Of what they say only
// the key is in it: a model may judge a message that is delivered again otherwise.
func (l *incidentLog) arrivals(b *IncidentBatch, g *group) state.Arrivals {
	a := state.Arrivals{Count: len(g.messages), Offsets: g.offsets, Origin: g.origin, Begin: g.begin, Verify: l.settings.Verify}
	if g.offsets == nil {
		return a
	}
	a.Prints = make([]state.Print, len(g.messages))
	for k, i := range g.messages {
		m, content := &b.Messages[i], uint64(0)
		if m.Err == nil {
			content = hash.String(hash.Offset, m.Key) | 1
		}
		a.Prints[k] = state.NewPrint(m.Stamp, content)
	}
	return a
}
