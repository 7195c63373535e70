package pipeline

import (
	"flag"
	"strings"

	"github.com/urfave/cli/v2"
)

// list is a flag that may be given several times. Unlike the library's it takes a
// value as it is, commas included.
type list struct {
	name, alias, usage string
	into               *[]string
}

var _ cli.DocGenerationFlag = (*list)(nil)

// Set adds a value.
func (l *list) Set(value string) error {
	*l.into = append(*l.into, value)
	return nil
}

// String describes the flag, or has the values where the library asks for these.
func (l *list) String() string {
	if l.into == nil {
		return ""
	}
	return cli.FlagStringer(l)
}

// Apply adds the flag to a set.
func (l *list) Apply(set *flag.FlagSet) error {
	for _, name := range l.Names() {
		set.Var(&values{l}, name, l.usage)
	}
	return nil
}

// Names are the name and the short one.
func (l *list) Names() []string { return []string{l.name, l.alias} }

// IsSet reports whether a value was given.
func (l *list) IsSet() bool { return len(*l.into) > 0 }

// TakesValue is true.
func (l *list) TakesValue() bool { return true }

// GetUsage returns what the flag is for.
func (l *list) GetUsage() string { return l.usage }

// GetValue returns the values as text.
func (l *list) GetValue() string { return strings.Join(*l.into, " ") }

// GetDefaultText returns none.
func (l *list) GetDefaultText() string { return "" }

// GetEnvVars returns none.
func (l *list) GetEnvVars() []string { return nil }

// values is the list as a value of package flag.
type values struct{ *list }

// String returns the values.
func (v *values) String() string {
	if v.list == nil || v.into == nil {
		return ""
	}
	return strings.Join(*v.into, " ")
}
