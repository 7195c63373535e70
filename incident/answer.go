package incident

import "strconv"

// Answer is what a row got.
type Answer struct {
	isOpen, suppressed bool
	id                 uint64 // of the incident of the row's key, where one is open
	events             []event
}

// event is an incident as it was when it was opened or closed.
type event struct {
	opened bool
	record
}

// Event is an incident as it was when a row opened or closed it.
type Event struct {
	// Event is opened or closed.
	Event string `json:"event"`
	Incident
}

// Kinds of events.
const (
	EventOpened = "opened"
	EventClosed = "closed"
)

// AppendJSON appends the result of the row: the incident of its key that is open after it,
// and whether it was an alarm that did not open one.
func (a *Answer) AppendJSON(b []byte) []byte {
	if !a.isOpen {
		b = append(b, `{"id":null,"state":"none","suppressed":`...)
	} else {
		b = append(b, `{"id":"`...)
		b = append(b, idText(a.id)...)
		b = append(b, `","state":"open","suppressed":`...)
	}
	return append(strconv.AppendBool(b, a.suppressed), '}')
}

// Events returns the incidents of a component and shard that the row has closed or opened,
// in this order.
func (a *Answer) Events(name, shard string) []Event {
	var out []Event
	for i := range a.events {
		e := &a.events[i]
		out = append(out, Event{Event: e.kind(), Incident: e.tell(name, shard)})
	}
	return out
}

// Count returns how many incidents the row has opened and closed, by the kind of event.
func (a *Answer) Count() map[string]int {
	if len(a.events) == 0 {
		return nil
	}
	out := map[string]int{}
	for i := range a.events {
		out[a.events[i].kind()]++
	}
	return out
}

// kind is the event as it is told.
func (e *event) kind() string {
	if e.opened {
		return EventOpened
	}
	return EventClosed
}
