package schema

// Bounds that are not settings. A sensible record does not exceed them.
const (
	// MaxMagnitude is the largest number that is read, positive or negative:
	// the statistics raise values to the fourth power.
	MaxMagnitude = 1e72
	// maxNameBytes is the longest key that is read and the longest name of an
	// attribute; a longer key is an error.
	maxNameBytes = 1000
	// maxValueBytes is the longest category; a longer one counts as other.
	maxValueBytes = 1000
	// maxKeys is the largest number of keys of a document, including those of
	// nested objects that are read. More keys are an error.
	maxKeys = 10_000
	// maxDepth is how deep a document may nest; deeper is an error.
	maxDepth = 1000
)

// Defaults and upper ends of the settings.
const (
	defaultMaxAttributes = 1000
	defaultMaxCategories = 256
	maxMaxAttributes     = MostAttributes
	maxMaxCategories     = MostCategories
)

// The most that limits may be.
const (
	MostAttributes = 10_000
	MostCategories = 65_536
)

// Limits bound how far a schema grows.
type Limits struct {
	// MaxAttributes is the most attributes; 0 means defaultMaxAttributes.
	MaxAttributes int
	// MaxCategories is the most categories of one attribute. Further categories
	// count as other. 0 means defaultMaxCategories.
	MaxCategories int
}

// Upper ends are checked in NewRules, where an error can name the setting.
func (l Limits) withDefaults() Limits {
	if l.MaxAttributes <= 0 {
		l.MaxAttributes = defaultMaxAttributes
	}
	if l.MaxCategories <= 0 {
		l.MaxCategories = defaultMaxCategories
	}
	return l
}
