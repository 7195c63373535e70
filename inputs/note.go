package inputs

import (
	"strconv"
	"strings"
)

// An offset is committed with a note of two words: the id of the topic that it is of,
// and the last record that was acknowledged before it, which markers of transactions
// may follow.
const (
	idNote   = "topic_id="
	lastNote = "last_record="
)

// mark is what is known of a partition at an offset that is to be committed.
type mark struct {
	at, last int64
	topicID  string
}

// collect adds what an assignment has acknowledged and not committed, and keeps what
// goes with it. The ledger's lock is held.
func (l *ledger) collect(into offsetMap, a *assignment) {
	into.add(a)
	l.marks[a.partition] = mark{at: a.next.Offset, last: a.last, topicID: a.topicID}
}

// note returns the note of an offset that is committed. The id is that of the request,
// empty where its version has none.
func (l *ledger) note(p partition, offset int64, id string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := l.marks[p]
	if id == "" {
		id = m.topicID
	}
	var words []string
	if id != "" {
		words = append(words, idNote+id)
	}
	if m.at == offset && m.last >= 0 {
		words = append(words, lastNote+strconv.FormatInt(m.last, 10))
	}
	return strings.Join(words, " ")
}

// readNote returns what the note of a commit says: an empty id and -1 where it does not.
func readNote(note string) (id string, last int64) {
	last = -1
	for _, word := range strings.Fields(note) {
		if text, ok := strings.CutPrefix(word, idNote); ok {
			id = text
		} else if text, ok := strings.CutPrefix(word, lastNote); ok {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
				last = n
			}
		}
	}
	return id, last
}
