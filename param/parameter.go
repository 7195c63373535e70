package param

// Kind is what a parameter takes.
type Kind string

// The kinds. What a value of each is read into is said by [Parameter.Parse].
const (
	KindAttribute  Kind = "attribute"  // the name of an attribute
	KindAttributes Kind = "attributes" // a list of them
	KindText       Kind = "text"       // a text, or one of the choices
	KindTexts      Kind = "texts"      // a list of texts
	KindNumber     Kind = "number"     // a finite number, or one of the choices
	KindInteger    Kind = "integer"    // a whole number
	KindBoolean    Kind = "boolean"    // true or false
	KindDuration   Kind = "duration"   // a length of time above 0, such as 1h30m; with Zero also 0s
	KindNumbers    Kind = "numbers"    // an object of numbers, or one of the choices
	KindObject     Kind = "object"     // an object of the fields; a text stands for the first of them
	KindObjects    Kind = "objects"    // a list of such objects, at least one
	KindOptions    Kind = "options"    // an object that its reader checks
)

// Parameter says what can be set: one option, argument or setting.
type Parameter struct {
	Name        string `json:"name"`
	Kind        Kind   `json:"kind"`
	Required    bool   `json:"required"`
	Description string `json:"description"`
	// Default is what counts when the parameter is left out, in the form in
	// which it would be given; nil for none.
	Default any `json:"default,omitempty"`
	// Choices are the texts that are taken: of a text the only ones, of numbers
	// those that are taken in their place.
	Choices []string `json:"choices,omitempty"`
	// Range bounds numbers.
	Range
	// Examples are values that are taken and that one would choose.
	Examples []any `json:"examples,omitempty"`
	// Local says that the parameter is a matter of the process that it is given
	// to: it is not stored, and processes may differ in it.
	Local bool `json:"local,omitempty"`
	// Fields are those of an object.
	Fields []Parameter `json:"fields,omitempty"`
}

// Values are what is given, by name.
type Values map[string]any

// Form says in which form values come.
type Form int

// The forms.
const (
	// Typed values are those of JSON or YAML. null is the same as left out.
	Typed Form = iota
	// Texts may stand for values of any kind: "0.5" for a number, "a, b" or a
	// JSON array for a list. An empty text or list is the same as left out.
	Texts
)

// Absent reports whether a value is the same as none.
func (f Form) Absent(value any) bool {
	if f == Texts {
		switch v := value.(type) {
		case string:
			return v == ""
		case []any:
			return len(v) == 0
		case []string:
			return len(v) == 0
		}
	}
	return value == nil
}
