package detect

import (
	"errors"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Level is what a detector says of a value.
type Level byte

// The levels.
const (
	// Stable says that there is no sign of a change.
	Stable Level = iota
	// Warning says that a change may have begun. ADWIN, Page-Hinkley and KSWIN never
	// warn.
	Warning
	// Change says that the values have changed.
	Change
)

// version is the first byte of an encoded detector.
const version = 1

// maxMagnitude bounds values, so that no sum of squares overflows.
const maxMagnitude = 1e75

// Detector is one sequential detector with its state. It is for one goroutine.
type Detector struct {
	kind    *kind
	method  method
	changed bool   // the last value was a change: the method begins anew with the next
	changes uint64 // found by now
	since   mean   // of the values after the last change
}

// method is the test of one type.
type method interface {
	// step takes a value and says what it finds.
	step(x float64) Level
	// reset begins anew after a change.
	reset()
	encode(w *wire.Writer)
	// decode fills a new method, and makes the reader fail on what encode never
	// writes.
	decode(r *wire.Reader)
}

// windowed is a method with a window of its own, which it shortens by itself.
type windowed interface {
	window() (values, mean float64)
}

// New returns a detector of that type that has seen nothing. The options are those of
// [Catalogue]; those that are left out have their defaults. The error names the option
// and its value.
func New(typ string, options param.Values) (*Detector, error) {
	k := find(typ)
	if k == nil {
		return nil, fmt.Errorf("detector: %q is none of %q", typ, Names())
	}
	r := param.NewReader(options, param.Typed)
	m := k.read(&reader{of: r})
	if err := r.Close(); err != nil {
		return nil, err
	}
	return &Detector{kind: k, method: m}, nil
}

// Options declares and reads the options of a type, which must be one of [Names], and
// returns all of them with defaults filled in.
func Options(r *param.Reader, typ string) param.Values {
	k := find(typ)
	if k == nil {
		r.Refuse(fmt.Errorf("detector: %q is none of %q", typ, Names()))
		return nil
	}
	read := &reader{of: r, values: param.Values{}}
	k.read(read)
	return read.values
}

// Takes returns an error for a value that the type cannot take: one that is not
// finite or beyond 1e75 on either side and, for a detector of errors, one that is no
// error.
func (d *Detector) Takes(x float64) error {
	switch {
	case !(math.Abs(x) <= maxMagnitude):
		return fmt.Errorf("%w: %v, want a number between -1e75 and 1e75", errValue, x)
	case d.kind.takes == errorsOnly && x != 0 && x != 1:
		return fmt.Errorf("%w: %v, %s takes 0 (right) or 1 (wrong)", errValue, x, d.kind.name)
	case d.kind.takes == losses && (x < 0 || x > 1):
		return fmt.Errorf("%w: %v, %s takes 0 (right) to 1 (wrong)", errValue, x, d.kind.name)
	}
	return nil
}

// errValue is wrapped when a detector cannot take a value.
var errValue = errors.New("value")

// Add takes the next value of the stream and says whether the values have changed. A
// value that Takes refuses changes nothing.
func (d *Detector) Add(x float64) Level {
	if d.Takes(x) != nil {
		return Stable
	}
	if d.changed {
		d.changed, d.since = false, mean{}
		d.method.reset()
	}
	d.since.add(x)
	level := d.method.step(x)
	if level == Change {
		d.changed = true
		d.changes++
	}
	return level
}

// Changes is how many changes have been found.
func (d *Detector) Changes() uint64 { return d.changes }

// Since is how many values came after the last change, or all where none was found.
func (d *Detector) Since() uint64 {
	if d.changed {
		return 0
	}
	return uint64(d.since.n)
}

// Window returns how many values the detector compares the next one with, and their
// mean: ADWIN's window, for others the values since the one after the last change. At
// a change it is still what the change was found in, and ADWIN's is what is left of it,
// so the change was about so many values before. The mean of no values is 0.
func (d *Detector) Window() (values uint64, mean float64) {
	if w, ok := d.method.(windowed); ok {
		n, m := w.window()
		return uint64(n), m
	}
	return uint64(d.since.n), d.since.value
}

// Encode writes format version (1), the last change, the values since and the state
// of the method. Type and options are not written: who stores a detector knows them.
func (d *Detector) Encode(w *wire.Writer) {
	w.Byte(version)
	w.Bool(d.changed)
	w.Uvarint(d.changes)
	d.since.encode(w)
	d.method.encode(w)
}

// Decode reads what Encode wrote into a new detector of the same type and options. A
// failure is the reader's.
func (d *Detector) Decode(r *wire.Reader) {
	if v := r.Byte(); r.Err() == nil && v != version {
		r.Fail("detector of version %d, this build reads %d", v, version)
		return
	}
	d.changed = r.Bool()
	d.changes = r.Uvarint()
	d.since.decode(r)
	d.method.decode(r)
}

// mean is a running mean (West 1979).
type mean struct{ n, value float64 }

func (m *mean) add(x float64) {
	m.n++
	m.value += 1 / m.n * (x - m.value)
}

func (m *mean) encode(w *wire.Writer) {
	w.Uvarint(uint64(m.n))
	if m.n > 0 {
		w.Float64(m.value)
	}
}

func (m *mean) decode(r *wire.Reader) {
	if m.n = whole(r); m.n > 0 {
		m.value = r.Finite()
	}
}

// whole reads a number of values.
func whole(r *wire.Reader) float64 {
	n := r.Uvarint()
	if n > 1<<53 {
		r.Fail("%d values are more than are counted", n)
		return 0
	}
	return float64(n)
}
