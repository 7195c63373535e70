package live

import "github.com/rpconnect-sml/rpconnect-sml/state"

// group is the messages of one batch that belong to one shard and have one origin.
// Positions of one shard are all there or all missing within a group.
type group struct {
	shard    string
	origin   state.Origin
	begin    state.Begin // of the first message that has one
	messages []int
	offsets  []int64 // nil when the messages have no positions
	room     []int64 // what offsets are appended to
}

// groupsOf splits a batch by shard, in order of appearance; the result is good
// until the next call. A message that has
// an error but no shard belongs to none, nor does one that is decided already.
// Groups are searched from the newest back: neighbours mostly share a shard.
func (b *batchReader) groupsOf(messages []Message) []group {
	out := b.groups[:0]
	for i := range messages {
		m := &messages[i]
		if m.Shard == "" || !m.isWaiting() {
			continue
		}
		at := -1
		for k := len(out) - 1; k >= 0 && at < 0; k-- {
			if out[k].shard == m.Shard && (out[k].offsets != nil) == m.HasOffset && out[k].origin == m.Origin {
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
			out[at] = group{shard: m.Shard, origin: m.Origin, messages: out[at].messages[:0], room: out[at].room[:0]}
			if m.HasOffset {
				out[at].offsets = out[at].room
			}
		}
		g := &out[at]
		g.messages = append(g.messages, i)
		if !g.begin.Known {
			g.begin = m.Begin
		}
		if m.HasOffset {
			g.offsets = append(g.offsets, m.Offset)
			g.room = g.offsets
		}
	}
	b.groups = out
	return out
}
