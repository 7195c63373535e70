package live

import (
	"errors"
	"fmt"
	"slices"
)

// errWhole is wrapped by the errors of rows that could be learned, of a batch that
// is learned whole or not at all.
var errWhole = errors.New("the batch is learned whole or not at all (whole_batches)")

// isWhole reports whether a batch is learned whole or not at all.
func (l *learner) isWhole(messages []Message) bool {
	settings := l.settings.Load()
	return settings != nil && settings.Whole || slices.ContainsFunc(messages, func(m Message) bool { return m.Whole })
}

// refuseWhole refuses all rows of a batch where one of them has an error, and
// reports whether it has. Their positions are not kept, so the batch can be
// delivered again, mended.
func refuseWhole(messages []Message) bool {
	bad := -1
	for i := range messages {
		if messages[i].Err != nil && messages[i].isWaiting() {
			bad = i
			break
		}
	}
	if bad < 0 {
		return false
	}
	cause := messages[bad].Err
	for i := range messages {
		m := &messages[i]
		if !m.isWaiting() {
			continue
		}
		if m.Err == nil {
			m.Err = fmt.Errorf("%w, and row %d of it cannot be learned: %w", errWhole, bad, cause)
		}
		m.Outcome = outcomeOf(m.Err)
	}
	return true
}

// refuseOthers refuses all fresh messages of a group of rows to forget, as one of
// them cannot be forgotten. None is accepted.
func refuseOthers(g *group, fresh []int, refused map[int]error) []int {
	var cause error
	for _, err := range refused {
		cause = err
	}
	for _, k := range fresh {
		if at := g.messages[k]; refused[at] == nil {
			refused[at] = fmt.Errorf("%w: %w", errWhole, cause)
		}
	}
	return nil
}
