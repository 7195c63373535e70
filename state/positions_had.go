package state

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Had says which messages a shard contained at one moment. Nothing changes it.
type Had struct{ sets []epoch }

// Contains reports whether the message of a topic at an offset is contained. An empty id of
// a topic stands for any. Messages from before a new epoch of the shard began are not.
func (h *Had) Contains(topic string, offset int64) bool {
	return h != nil && slices.ContainsFunc(h.sets, func(e epoch) bool { return sameTopic(e.topic, topic) && e.set.Contains(offset) })
}

// had returns which messages the positions contain.
func (p *Positions) had() *Had {
	h := &Had{sets: []epoch{{topic: p.origin.Topic, set: offsetSet{intervals: slices.Clone(p.intervals)}}}}
	for _, e := range p.past { // which never change
		if topic, learned := learnedTopic(e.topic); learned && !strings.HasPrefix(e.topic, renewedTopic) || e.topic == forgottenTopic+topic {
			h.sets = append(h.sets, epoch{topic: topic, set: e.set})
		}
	}
	return h
}

// Had returns which messages the shard contains now, stored or not.
func (s *Shard[T]) Had() *Had {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.positions.had()
}

// ReadHad returns which messages the newest record of a shard contains, without opening the
// shard: none where it was never written. The error wraps ErrStore, wire.ErrCorrupt or
// wire.ErrUnknownVersion.
func ReadHad(ctx context.Context, store Store, base, id string) (*Had, error) {
	key, err := existingShardBase(ctx, store, base, id)
	if err != nil {
		return nil, fmt.Errorf("positions of shard %q: %w", id, err)
	}
	record, err := NewJournal(store, key, JournalOptions{Kind: wire.KindShard}).Resolve(ctx)
	if err != nil {
		return nil, fmt.Errorf("positions of shard %q: %w", id, err)
	}
	if record.Payload == nil {
		return &Had{}, nil
	}
	r := wire.NewReader(record.Payload)
	p, err := decodePositions(r, r.Byte())
	if err != nil {
		return nil, fmt.Errorf("positions of shard %q: version %d: %w", id, record.Version, err)
	}
	return p.had(), nil
}
