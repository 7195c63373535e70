package param

import "strings"

// Markdown says in words what the parameter takes, such as "a whole number from 1
// to 100" or "one of `auto`, `static`, `dynamic`".
func (p *Parameter) Markdown() string { return p.wants("`") }

// Help is the description, and in a sentence after it what is taken and what the
// default is, where either says something.
func (p *Parameter) Help() string {
	var facts []string
	if p.bounded() {
		takes := p.Markdown()
		facts = append(facts, strings.ToUpper(takes[:1])+takes[1:])
	}
	if p.Default != nil {
		facts = append(facts, "default `"+p.DefaultText()+"`")
	}
	if len(facts) == 0 {
		return p.Description
	}
	sentence := strings.Join(facts, "; ")
	return p.Description + " " + strings.ToUpper(sentence[:1]) + sentence[1:] + "."
}

// DefaultText is the default as one would write it; empty for none.
func (p *Parameter) DefaultText() string {
	switch v := p.Default.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return show(p.Default)
}

// bounded reports whether what is taken is less than all of the kind.
func (p *Parameter) bounded() bool {
	return len(p.Choices) > 0 || p.Min != nil || p.Max != nil
}

// wants says what Markdown does, with the mark on either side of a choice.
func (p *Parameter) wants(mark string) string {
	switch p.Kind {
	case KindAttribute:
		return "the name of an attribute"
	case KindAttributes:
		return "a list of names of attributes"
	case KindTexts:
		return "a list of names"
	case KindNumber:
		return p.orChoice(strings.TrimSpace("a number "+p.Phrase()), mark)
	case KindInteger:
		return strings.TrimSpace("a whole number " + p.Phrase())
	case KindBoolean:
		return "true or false"
	case KindDuration:
		if p.Zero {
			return "a duration of 0s or more, such as 1h30m"
		}
		return "a duration above 0, such as 1h30m"
	case KindNumbers:
		return p.orChoice("an object of numbers, each "+p.each(), mark)
	case KindObject:
		return p.item(mark)
	case KindObjects:
		return "a list, each " + p.item(mark)
	case KindOptions:
		return "an object"
	}
	if len(p.Choices) > 0 {
		return "one of " + marked(p.Choices, mark)
	}
	return "a text"
}

// orChoice adds the choices to what is taken beside them.
func (p *Parameter) orChoice(takes, mark string) string {
	if len(p.Choices) == 0 {
		return takes
	}
	return takes + ", or " + marked(p.Choices, mark)
}

func (p *Parameter) each() string {
	if bounds := p.Phrase(); bounds != "" {
		return bounds
	}
	return "finite"
}

// item says what stands for an object.
func (p *Parameter) item(mark string) string {
	return p.first(mark) + ", or an object with " + p.fieldNames(mark)
}

// first says what the first field takes, for which a text stands.
func (p *Parameter) first(mark string) string {
	if len(p.Fields) == 0 {
		return "a text"
	}
	return p.Fields[0].wants(mark)
}

func (p *Parameter) fieldNames(mark string) string {
	names := make([]string, len(p.Fields))
	for i := range p.Fields {
		names[i] = p.Fields[i].Name
	}
	return marked(names, mark)
}

func marked(names []string, mark string) string {
	return mark + strings.Join(names, mark+", "+mark) + mark
}
