package schema

import "fmt"

// Reason says what settled the kind of an attribute. The numbers are stored and
// never change their meaning.
type Reason uint8

// The reasons.
const (
	// FromNothing is that of attributes from before reasons were stored, and of
	// attributes that are computed.
	FromNothing     Reason = 0
	FromDeclaration Reason = 1  // a user declared it
	FromNumber      Reason = 2  // the first value is a number
	FromTruth       Reason = 3  // the first value is true or false
	FromTime        Reason = 4  // the first value is a time of a structured document
	FromText        Reason = 5  // the first value is a string that is no number
	FromNumberText  Reason = 6  // the first value is a string that is a number
	FromLeadingZero Reason = 7  // the first value is a string of digits that begins with 0
	FromLongDigits  Reason = 8  // the first value is a string of more digits than maxWhole
	FromTruthText   Reason = 9  // the first value is the string true or false
	FromTextByRule  Reason = 10 // the first value is a string, and inferJSON counts
	lastReason             = FromTextByRule
)

// maxFirstBytes is the most of a first value that is kept, with room for the mark
// of what was cut off.
const maxFirstBytes = shownBytes + 8

// Settled is what settled the kind of an attribute.
type Settled struct {
	Reason Reason
	// First is the first value as text, shortened; empty where it was declared.
	First string
}

// Why returns a phrase for people: what settled the kind. It is empty where that
// is not known.
func (a *Attribute) Why() string {
	first := a.Settled.First
	switch a.Settled.Reason {
	case FromDeclaration:
		return "declared"
	case FromNumber:
		return fmt.Sprintf("the first value was the number %s", first)
	case FromTruth:
		return fmt.Sprintf("the first value was %s", first)
	case FromTime:
		return fmt.Sprintf("the first value was the time %s", first)
	case FromText:
		return fmt.Sprintf("the first value was %q, a string that is no number", first)
	case FromNumberText:
		return fmt.Sprintf("the first value was %q, a string that is a number", first)
	case FromLeadingZero:
		return fmt.Sprintf("the first value was %q, a string of digits with a leading zero, as identifiers have", first)
	case FromLongDigits:
		return fmt.Sprintf("the first value was %q, a string of more than %d digits, as identifiers have", first, maxWhole)
	case FromTruthText:
		return fmt.Sprintf("the first value was %q, a string that is a truth value", first)
	case FromTextByRule:
		return fmt.Sprintf("the first value was %q, a string, and infer is json", first)
	}
	return ""
}
