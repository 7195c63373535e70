package schema

import (
	"bytes"
	"encoding/json"
	"math"
)

// Texts read single values of documents the way that a [Reader] does, for those who
// read no rows. They are immutable and safe for concurrent use.
type Texts struct{ words *conventions }

// NewTexts returns what reads values; what the reading does not set is as in
// DefaultReading. The error names the setting and its value.
func NewTexts(r Reading) (*Texts, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	full := r.Over(DefaultReading())
	if err := full.validate(); err != nil {
		return nil, err
	}
	return &Texts{words: full.conventions()}, nil
}

// Nanoseconds reads a time, or a number that is one, and returns nanoseconds since
// 1970. The error says what is wrong with text and quotes it.
func (t *Texts) Nanoseconds(text string) (int64, error) { return t.words.times.nanoseconds(text) }

// Number reads a JSON value: a number, a truth value as 1 or 0, or either in a
// string. Anything else, a marker of missing values among them, is NaN.
func (t *Texts) Number(value []byte) float64 {
	value = bytes.TrimSpace(unwrapScalar(value))
	switch {
	case len(value) == 0:
		return math.NaN()
	case value[0] == '"':
		var text string
		if json.Unmarshal(value, &text) != nil || t.words.isMissing([]byte(text)) {
			return math.NaN()
		}
		return t.numberOf(bytes.TrimSpace([]byte(text)), t.words.number)
	}
	return t.numberOf(value, func(text []byte) (float64, bool) {
		v, end := parseNumber(text, 0)
		return v, end == len(text)
	})
}

func (t *Texts) numberOf(text []byte, read func([]byte) (float64, bool)) float64 {
	if truth, ok := truthOf(text, false); ok {
		if truth {
			return 1
		}
		return 0
	}
	if v, ok := read(text); ok && !math.IsInf(v, 0) {
		return v
	}
	return math.NaN()
}
