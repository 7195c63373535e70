package param

// Number reads a finite number.
func (r *Reader) Number(name string, fallback float64, in Range, description string) float64 {
	value, ok := r.take(Parameter{Name: name, Kind: KindNumber, Default: fallback, Range: in, Description: description})
	return or(value, ok, fallback)
}

// RequiredNumber reads a number that must be given; 0 when it is not.
func (r *Reader) RequiredNumber(name string, in Range, description string) float64 {
	value, ok := r.take(Parameter{Name: name, Kind: KindNumber, Required: true, Range: in, Description: description})
	return or(value, ok, 0.0)
}

// NumberIfGiven reads a number without a default; false when there is none.
func (r *Reader) NumberIfGiven(name string, in Range, description string) (float64, bool) {
	value, ok := r.take(Parameter{Name: name, Kind: KindNumber, Range: in, Description: description})
	return or(value, ok, 0.0), ok
}

// NumberOrWord reads a number, or one of some words in its place; the word is
// empty for a number.
func (r *Reader) NumberOrWord(name string, fallback float64, in Range, words []string, description string) (x float64, word string) {
	value, ok := r.take(Parameter{Name: name, Kind: KindNumber, Default: fallback, Range: in, Choices: words, Description: description})
	return or(value, ok, fallback), or(value, ok, "")
}

// Numbers reads an object of numbers, or one of some words in its place; the
// numbers are nil for a word.
func (r *Reader) Numbers(name, fallback string, words []string, in Range, description string) (word string, numbers map[string]float64) {
	value, ok := r.take(Parameter{Name: name, Kind: KindNumbers, Default: fallback, Range: in, Choices: words, Description: description})
	if numbers = or[map[string]float64](value, ok, nil); numbers != nil {
		return "", numbers
	}
	return or(value, ok, fallback), nil
}

// Integer reads a whole number.
func (r *Reader) Integer(name string, fallback int, in Range, description string) int {
	value, ok := r.take(Parameter{Name: name, Kind: KindInteger, Default: fallback, Range: in, Description: description})
	return or(value, ok, fallback)
}

// IntegerIfGiven reads a whole number without a default; false when there is none.
func (r *Reader) IntegerIfGiven(name string, in Range, description string) (int, bool) {
	value, ok := r.take(Parameter{Name: name, Kind: KindInteger, Range: in, Description: description})
	return or(value, ok, 0), ok
}
