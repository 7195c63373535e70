package param

// Attribute reads the name of an attribute; empty for none.
func (r *Reader) Attribute(name string, need Need, description string) string {
	return r.word(Parameter{Name: name, Kind: KindAttribute, Required: bool(need), Description: description})
}

// Attributes reads names of attributes; nil for none.
func (r *Reader) Attributes(name string, need Need, description string) []string {
	return r.words(Parameter{Name: name, Kind: KindAttributes, Required: bool(need), Description: description})
}

// Text reads any text; empty for none.
func (r *Reader) Text(name string, need Need, description string) string {
	return r.word(Parameter{Name: name, Kind: KindText, Required: bool(need), Description: description})
}

// Texts reads a list of any texts; nil for none.
func (r *Reader) Texts(name string, need Need, description string) []string {
	return r.words(Parameter{Name: name, Kind: KindTexts, Required: bool(need), Description: description})
}

// Choice reads one of some texts.
func (r *Reader) Choice(name, fallback string, choices []string, description string) string {
	value, ok := r.take(Parameter{Name: name, Kind: KindText, Default: fallback, Choices: choices, Description: description})
	return or(value, ok, fallback)
}

// RequiredChoice reads one of some texts that must be given; empty when it is not.
func (r *Reader) RequiredChoice(name string, choices []string, description string) string {
	return r.word(Parameter{Name: name, Kind: KindText, Required: true, Choices: choices, Description: description})
}

func (r *Reader) word(p Parameter) string {
	value, ok := r.take(p)
	return or(value, ok, "")
}

func (r *Reader) words(p Parameter) []string {
	value, ok := r.take(p)
	return or[[]string](value, ok, nil)
}
