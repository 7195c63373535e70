package schema

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // names of time zones, also where the machine has none
)

// Units of numbers that are times since 1970.
const (
	unitAuto    = "auto"
	unitSeconds = "s"
	unitMillis  = "ms"
	unitMicros  = "us"
	unitNanos   = "ns"
)

// From these sizes on a number is not seconds, milliseconds and microseconds any
// more: 1e11 seconds are in the year 5138, and 1e11 milliseconds in 1973.
const (
	mostSeconds = 1e11
	mostMillis  = 1e14
	mostMicros  = 1e17
)

// times reads times in text, and numbers that are times since 1970. The zero value
// tells units apart by size and is in UTC.
type times struct {
	unit string
	zone *time.Location // nil for UTC
}

// times returns the reader of valid settings.
func (r *Reading) times() times {
	zone, _ := locationOf(r.Timezone) // validated
	return times{unit: r.TimestampUnit, zone: zone}
}

// perSecond returns how many of the unit of v are a second.
func (t *times) perSecond(v float64) float64 {
	switch t.unit {
	case unitSeconds:
		return 1
	case unitMillis:
		return 1e3
	case unitMicros:
		return 1e6
	case unitNanos:
		return 1e9
	}
	switch a := math.Abs(v); {
	case a < mostSeconds:
		return 1
	case a < mostMillis:
		return 1e3
	case a < mostMicros:
		return 1e6
	}
	return 1e9
}

// seconds returns the seconds since 1970 that a number means.
func (t *times) seconds(v float64) float64 {
	if per := t.perSecond(v); per != 1 {
		return v / per
	}
	return v
}

// mostUnscaled is the largest mantissa of a number that is certainly in seconds.
func (t *times) mostUnscaled() uint64 {
	switch t.unit {
	case unitSeconds:
		return maxExact
	case unitAuto, "":
		return mostSeconds - 1
	}
	return 0
}

// errTime is returned for text that is no time.
var errTime = errors.New("is neither a number nor an RFC 3339 time, such as 2024-03-31T02:30:00Z, 2024-03-31 02:30:00 or 2024-03-31")

// maxNanoSeconds keeps times within the range of nanoseconds in an int64.
const maxNanoSeconds = 9e9

// nanoseconds reads a time and returns nanoseconds since 1970. The error says what
// is wrong with text and quotes it.
func (t *times) nanoseconds(text string) (int64, error) {
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		per := t.perSecond(v)
		if s := v / per; !(s >= -maxNanoSeconds && s <= maxNanoSeconds) {
			return 0, fmt.Errorf("%q is not within %g seconds of 1970", text, float64(maxNanoSeconds))
		}
		if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
			return whole * int64(1e9/per), nil // exact beyond 2^53
		}
		return int64(v / per * 1e9), nil
	}
	at, err := t.parse(strings.TrimSpace(text))
	if err != nil {
		return 0, fmt.Errorf("%q %w", shorten(text), err)
	}
	if s := at.Unix(); s < -maxNanoSeconds || s > maxNanoSeconds {
		return 0, fmt.Errorf("%q is not within %g seconds of 1970", text, float64(maxNanoSeconds))
	}
	return at.UnixNano(), nil
}

// Layouts of times, with and without an offset. Fractions of a second are read
// after any seconds.
var (
	offsetLayouts = []string{"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05-0700", "2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05Z07", "2006-01-02 15:04:05Z07", "2006-01-02 15:04:05 MST"}
	localLayouts  = []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02", "2006-01-02 15:04", "2006-01-02T15:04", "2006/01/02 15:04:05", "2006/01/02"}
)

// parse reads RFC 3339 and its relatives. What has no offset is in the zone.
func (t *times) parse(text string) (time.Time, error) {
	if len(text) < len("2006-01-02") || len(text) > 64 || text[0]-'0' > 9 {
		return time.Time{}, errTime
	}
	for _, layout := range localLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return t.local(at), nil
		}
	}
	for _, layout := range offsetLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			if strings.HasSuffix(layout, "MST") && !strings.HasSuffix(text, " UTC") && !strings.HasSuffix(text, " GMT") {
				break // an abbreviation has no single meaning
			}
			return at, nil
		}
	}
	return time.Time{}, errTime
}

// local returns the moment at which clocks of the zone show what at shows in UTC.
// Where they show it twice it is the first moment; where they skip it, it is the one
// that the offset of before the change gives.
func (t *times) local(at time.Time) time.Time {
	if t.zone == nil || t.zone == time.UTC {
		return at
	}
	const day = 24 * time.Hour // further than any offset
	_, before := at.Add(-day).In(t.zone).Zone()
	_, after := at.Add(day).In(t.zone).Zone()
	first, second := at.Add(-time.Duration(before)*time.Second), at.Add(-time.Duration(after)*time.Second)
	if _, offset := first.In(t.zone).Zone(); offset == before {
		return first
	}
	if _, offset := second.In(t.zone).Zone(); offset == after {
		return second
	}
	return first
}

// locationOf returns the zone of a name or an offset; nil for an empty name.
// The zone of the machine is refused, as processes would differ in it.
func locationOf(name string) (*time.Location, error) {
	switch {
	case name == "":
		return nil, nil
	case name == "Local":
		return nil, fmt.Errorf("%q differs from machine to machine: name the zone", name)
	}
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if at, err := time.Parse(layout, name); err == nil {
			_, offset := at.Zone()
			return time.FixedZone(name, offset), nil
		}
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q is neither a name of the IANA database, such as Europe/Berlin, nor an offset, such as +02:00", shorten(name))
	}
	return zone, nil
}
