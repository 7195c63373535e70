package paramtest

import (
	"regexp"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// kinds are those that there are.
var kinds = []param.Kind{
	param.KindAttribute, param.KindAttributes, param.KindText, param.KindTexts, param.KindNumber, param.KindInteger,
	param.KindBoolean, param.KindDuration, param.KindNumbers, param.KindObject, param.KindObjects, param.KindOptions,
}

// Declared fails the test where a parameter, or a field of one, lacks its name,
// kind or description, is there twice, has bounds that nothing is within, or a
// default that it does not take. It reports whether there was no such.
func Declared(t testing.TB, where string, parameters []param.Parameter) bool {
	t.Helper()
	seen, good := map[string]bool{}, true
	wrong := func(name, what string) {
		t.Helper()
		good = false
		t.Errorf("%s: parameter %q %s", where, name, what)
	}
	for i := range parameters {
		p := &parameters[i]
		switch {
		case !nameForm.MatchString(p.Name):
			wrong(p.Name, "is not named in lower case")
		case seen[p.Name]:
			wrong(p.Name, "is there twice")
		case !slices.Contains(kinds, p.Kind):
			wrong(p.Name, "has the kind "+string(p.Kind))
		case p.Description == "":
			wrong(p.Name, "has no description")
		case p.Description[len(p.Description)-1] != '.':
			wrong(p.Name, "has a description that is no sentence: "+p.Description)
		case p.Required && p.Default != nil:
			wrong(p.Name, "must be given and has a default")
		case p.Min != nil && p.Max != nil && !p.Contains((*p.Min+*p.Max)/2):
			wrong(p.Name, "has bounds that nothing is within: "+p.Phrase())
		}
		seen[p.Name] = true
		if p.Default != nil {
			if _, err := p.Parse(p.Default, param.Typed); err != nil {
				wrong(p.Name, "has a default that it does not take: "+err.Error())
			}
		}
		if len(p.Fields) > 0 && !Declared(t, where+"."+p.Name, p.Fields) {
			good = false
		}
		if (p.Kind == param.KindObject || p.Kind == param.KindObjects) && len(p.Fields) == 0 {
			wrong(p.Name, "has no fields")
		}
	}
	return good
}

// Steady fails the test where a function that reads declares other parameters
// with drawn values than without any: what it declares must not depend on what
// it reads.
func Steady(t testing.TB, where string, draws *Draws, read func(*param.Reader)) {
	t.Helper()
	want := param.List(read)
	for range 20 {
		r := param.NewReader(draws.Values(want), param.Typed)
		read(r)
		if got := r.Declared(); !slices.EqualFunc(got, want, func(a, b param.Parameter) bool { return a.Name == b.Name && a.Kind == b.Kind }) {
			t.Errorf("%s declares %v with some values, %v without", where, names(got), names(want))
			return
		}
	}
}

func names(parameters []param.Parameter) []string {
	out := make([]string, len(parameters))
	for i := range parameters {
		out[i] = parameters[i].Name
	}
	return out
}
