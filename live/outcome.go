package live

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/account"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Accountant is what an [Observer] may have besides, to keep the account of rows:
// each that was delivered is done, is left out for a reason, or waits.
type Accountant interface {
	// Delivered reports rows that have arrived. They wait from now on.
	Delivered(project string, rows int)
	// Done reports rows that wait no longer: they have been learned, scored or
	// judged.
	Done(project string, rows int)
	// LeftOut reports rows that wait no longer and do not count, for one of the
	// reasons, and one of them.
	LeftOut(project string, reason Outcome, rows int, example account.Example)
	// Noted reports rows for a reason of which the account has them elsewhere or not
	// at all, and one of them.
	Noted(project string, reason Outcome, rows int, example account.Example)
	// Closed says that the component has been closed. What is untold is to be told.
	Closed()
}

// Outcome is what became of a message; empty before a project has taken it.
type Outcome string

// Outcomes of rows that count or may still count.
const (
	// outcomeWaiting is that the row has been delivered and nothing is decided.
	outcomeWaiting Outcome = "waiting"
	// OutcomeDone is that the row has been learned, forgotten, scored or judged.
	OutcomeDone Outcome = "done"
)

// Reasons for which rows do not count.
const (
	// ReasonRefused is that the document does not fit. The message is marked as
	// failed.
	ReasonRefused Outcome = "refused"
	// reasonAhead is that the time of a row is too far ahead of the clock. The
	// message is marked as failed.
	reasonAhead Outcome = "ahead"
	// reasonFrozen is that the project learns nothing for now. The message is marked
	// as failed.
	reasonFrozen Outcome = "frozen"
	// reasonNotLearned is that a row to forget is not among those learned, or was
	// forgotten before. The message is marked as failed.
	reasonNotLearned Outcome = "not_learned"
	// reasonContradicted is that the row is not the one that was learned at its
	// position. The message is marked as failed.
	reasonContradicted Outcome = "contradicted"
	// reasonLate is that a row comes too late for a window. What is kept beside
	// the window has learned it.
	reasonLate Outcome = "late"
	// ReasonReplayed is that the statistics contain the position of the row already.
	ReasonReplayed Outcome = "replayed"
	// ReasonFiltered is that the filter of the settings leaves the row out.
	ReasonFiltered Outcome = "filtered"
	// reasonNoAttribute is that the document has no value of any attribute, so that
	// it teaches nothing.
	reasonNoAttribute Outcome = "no_attribute"
	// ReasonNoInput is that the document has nothing of what is scored, judged or
	// made into features.
	ReasonNoInput Outcome = "no_input"
	// ReasonInterrupted is that the component gave up before the row was decided,
	// because it was stopped or because of an error that concerns no single row.
	// Unless the input has gone on, it delivers the row again.
	ReasonInterrupted Outcome = "interrupted"
)

// Reasons for which rows are noted, and are in no other number or in another one.
const (
	// noteNotForgotten is that rows to forget were stored, by an earlier version or
	// by two processes at once, that are not among those learned. All rows of their
	// shard stay.
	noteNotForgotten Outcome = "not_forgotten"
	// noteInexact is that rows that were forgotten have taken digits of the co-moments of
	// an attribute with them: one for each attribute.
	noteInexact Outcome = "inexact"
	// noteAltered is that a replay has other values than when it was learned. It is
	// counted as replayed.
	noteAltered Outcome = "altered"
	// noteWarmingUp is that a row has no score, as the model is warming up. It is
	// counted as done.
	noteWarmingUp Outcome = "warming_up"
	// noteOutOfReach is that the trees of a forest of a number leave a row out. It is
	// counted as learned.
	noteOutOfReach Outcome = "out_of_reach"
)

// Reasons returns all reasons for which rows do not count.
func Reasons() []Outcome {
	return []Outcome{
		ReasonRefused, reasonAhead, reasonFrozen, reasonNotLearned, reasonContradicted, reasonLate, ReasonReplayed, ReasonFiltered, reasonNoAttribute, ReasonNoInput, ReasonInterrupted,
	}
}

var (
	errNoAttribute = errors.New("the document has no value of any attribute, so it teaches nothing")
	errNoInput     = errors.New("the document has a value of none of the inputs")
	errReplayed    = errors.New("the statistics contain this position already")
	errLate        = errors.New("older than the window reaches, or than `lateness` of window allows")
)

// isWaiting reports whether nothing is decided about the message yet.
func (m *Message) isWaiting() bool { return m.Outcome == "" || m.Outcome == outcomeWaiting }

// outcomeOf returns the reason of a message that has an error.
func outcomeOf(err error) Outcome {
	switch {
	case errors.Is(err, stats.ErrNotLearned):
		return reasonNotLearned
	case errors.Is(err, state.ErrContradiction):
		return reasonContradicted
	case errors.Is(err, errAhead):
		return reasonAhead
	case errors.Is(err, errFrozen):
		return reasonFrozen
	}
	return ReasonRefused
}

// example returns the message as an example of its outcome.
func (m *Message) example() account.Example {
	switch m.Outcome {
	case reasonLate:
		return account.Example{Field: "timestamp", Value: time.Unix(0, m.Time).UTC().Format(time.RFC3339Nano), Err: errLate}
	case ReasonReplayed:
		return account.Example{Field: "position", Value: fmt.Sprintf("%s %d", m.Shard, m.Offset), Err: errReplayed}
	case reasonNoAttribute:
		return account.Example{Field: "document", Value: m.text(), Err: errNoAttribute}
	case ReasonNoInput:
		return account.Example{Field: "document", Value: m.text(), Err: errNoInput}
	}
	if m.Outcome == ReasonInterrupted {
		return account.Example{Err: m.cause}
	}
	return account.Example{Err: m.Err}
}

// text returns the beginning of the document.
func (m *Message) text() string {
	if m.Data != nil {
		return string(m.Data[:min(len(m.Data), 2*account.ShownBytes)])
	}
	return account.Shorten(fmt.Sprint(m.Value), account.ShownBytes)
}

// arrive takes the messages that come for the first time into the account.
func arrive(to Observer, project string, messages []Message) {
	rows := 0
	for i := range messages {
		if messages[i].Outcome == "" {
			messages[i].Outcome = outcomeWaiting
			rows++
		}
	}
	if a, ok := to.(Accountant); ok && rows > 0 {
		a.Delivered(project, rows)
	}
}

// depart counts the messages whose outcome has been decided since the last time.
func depart(to Observer, project string, messages []Message) {
	type left struct {
		rows    int
		example *Message
	}
	done, reasons := 0, map[Outcome]*left{}
	for i := range messages {
		m := &messages[i]
		if m.isWaiting() || m.counted {
			continue
		}
		m.counted = true
		if m.Outcome == OutcomeDone {
			done++
			continue
		}
		l := reasons[m.Outcome]
		if l == nil {
			l = &left{example: m}
			reasons[m.Outcome] = l
		}
		l.rows++
	}
	a, ok := to.(Accountant)
	if !ok {
		return
	}
	if done > 0 {
		a.Done(project, done)
	}
	for _, reason := range Reasons() {
		if l := reasons[reason]; l != nil {
			a.LeftOut(project, reason, l.rows, l.example.example())
		}
	}
}

// noteWaiting notes the messages that have no answer, as the model is warming up, and
// says what it waits for.
func noteWaiting(to Observer, project string, messages []Message) {
	a, ok := to.(Accountant)
	if !ok {
		return
	}
	rows := 0
	var last *builtModel
	for i := range messages {
		if messages[i].waits != nil {
			last = messages[i].waits
			rows++
		}
	}
	if rows == 0 {
		return
	}
	said := account.Example{Field: fmt.Sprintf("model %q waits for", last.definition.Name)}
	if said.Err = last.cause; said.Err == nil { // no value of a row is in it
		said.Field = fmt.Sprintf("model %q waits: %s", last.definition.Name, last.waits())
	}
	a.Noted(project, noteWarmingUp, rows, said)
}

// giveUp decides the messages that still wait: they will not be tried again, because
// of the error.
func giveUp(messages []Message, err error) {
	for i := range messages {
		if m := &messages[i]; m.isWaiting() {
			m.Outcome = ReasonInterrupted
			m.cause = err
		}
	}
}

// beginAgain makes messages that are taken once more undecided. Where a call has
// failed with some of them, only those: the others have been taken.
func beginAgain(messages []Message) {
	failed := slices.ContainsFunc(messages, func(m Message) bool { return m.Outcome == ReasonInterrupted })
	for i := range messages {
		if m := &messages[i]; !failed || m.Outcome == ReasonInterrupted {
			m.Outcome, m.counted = "", false
		}
	}
}
