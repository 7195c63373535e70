package schema

// Bounds that are not settings. A sensible record does not exceed them.
const (
	// MaxMagnitude is the largest number that is read, positive or negative:
	// the statistics raise values to the fourth power.
	MaxMagnitude = 1e72
	// MaxNameBytes is the longest key that is read and the longest name of an
	// attribute; a longer key is an error.
	MaxNameBytes = 1000
	// MaxValueBytes is the longest category; a longer one counts as other.
	MaxValueBytes = 1000
	// MaxKeys is the largest number of keys of a document, including those of
	// nested objects that are read. More keys are an error.
	MaxKeys = 10_000
	// MaxDepth is how deep a document may nest; deeper is an error.
	MaxDepth = 1000
)

// Defaults and upper ends of the settings.
const (
	DefaultMaxAttributes = 1000
	DefaultMaxCategories = 256
	maxMaxAttributes     = 10_000
	maxMaxCategories     = 65_536
)

// Limits bound how far a schema grows.
type Limits struct {
	// MaxAttributes is the most attributes; 0 means DefaultMaxAttributes.
	MaxAttributes int
	// MaxCategories is the most categories of one attribute. Further categories
	// count as other. 0 means DefaultMaxCategories.
	MaxCategories int
}

// Upper ends are checked in NewRules, where an error can name the setting.
func (l Limits) withDefaults() Limits {
	if l.MaxAttributes <= 0 {
		l.MaxAttributes = DefaultMaxAttributes
	}
	if l.MaxCategories <= 0 {
		l.MaxCategories = DefaultMaxCategories
	}
	return l
}
