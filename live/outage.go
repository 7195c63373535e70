package live

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// outage tells when the store begins to fail, once a minute while it goes on failing, and
// once when it answers again. Reads and writes fail apart: a full disk can still be read.
// mu guards all below it and is not held while the observer is told.
type outage struct {
	home *home

	mu            sync.Mutex
	reads, writes bool      // whether they fail
	since         time.Time // zero while neither does
	said          time.Time // when the failure was told last
	last          error     // the last failure of the store
	told          string    // the last other failure
}

// down reports whether reads or writes fail at present.
func (o *outage) down() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.reads || o.writes
}

// read takes the result of looking at the store and returns what is to be
// told, if anything.
// An error that is not the store's, such as a damaged record, does not end by itself.
// It is told once, until another one comes.
func (o *outage) read(err error, now time.Time) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err != nil && !errors.Is(err, state.ErrStore) {
		if err.Error() == o.told {
			return ""
		}
		o.told = err.Error()
		return o.told
	}
	o.reads = err != nil
	return o.turn(err, now)
}

// wrote takes the result of a write; nil means that one has succeeded.
func (o *outage) wrote(err error, now time.Time) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.writes = err != nil
	return o.turn(err, now)
}

// remindEvery is how often an outage that goes on is told.
const remindEvery = time.Minute

// turn returns what is to be told of a change, or of what goes on; the lock is held.
func (o *outage) turn(err error, now time.Time) string {
	fails := o.reads || o.writes
	if err != nil {
		o.last = err
	}
	switch {
	case fails && o.since.IsZero():
		o.since, o.said = now, now
		return fmt.Sprintf("the cache fails, and is tried again; nothing is acknowledged meanwhile: %v", err)
	case fails && now.Sub(o.said) >= remindEvery:
		o.said = now
		return fmt.Sprintf("the cache still fails, after %v, and is tried again; nothing is acknowledged meanwhile: %v", now.Sub(o.since).Round(time.Second), o.last)
	case !fails && !o.since.IsZero():
		lasted := now.Sub(o.since).Round(time.Millisecond)
		o.since, o.told, o.last = time.Time{}, "", nil
		return fmt.Sprintf("the cache works again, after %v", lasted)
	}
	return ""
}

// tell hands what there is to be told to the observer.
// The name of the cache is told too, as several projects can share one.
func (o *outage) tell(text string) {
	if text != "" {
		o.home.observer.Warn(fmt.Sprintf("project %q, cache %q: %s", o.home.project, o.home.cache, text))
	}
}

// noteRead tells of a read that failed, and of one that succeeds again.
func (o *outage) noteRead(err error) { o.tell(o.read(err, o.home.now())) }

// waiting tells that the store fails and is tried again, and returns err.
func (o *outage) waiting(err error) error {
	if err == nil || errors.Is(err, state.ErrStore) {
		o.noteRead(err)
	}
	return err
}

// noteFlush tells of a write that failed, and of messages that were dropped.
// A success is not told here: a flush with nothing to write proves nothing.
func (o *outage) noteFlush(err error) {
	if errors.Is(err, state.ErrStore) {
		o.tell(o.wrote(err, o.home.now()))
	} else if err != nil {
		o.tell(err.Error())
	}
}

// noteWrites concludes from what the shards did how their writes fare: those
// of batches are tried again where only the counters tell.
func (o *outage) noteWrites(did state.Counters) {
	switch {
	case did.Flushes > 0:
		o.tell(o.wrote(nil, o.home.now()))
	case did.Retries > 0:
		o.tell(o.wrote(fmt.Errorf("%w: write: %d attempts", state.ErrStore, did.Retries), o.home.now()))
	}
}
