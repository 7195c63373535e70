package detect

import "github.com/rpconnect-sml/rpconnect-sml/param"

// Type is one row of the catalogue.
type Type struct {
	Name string
	// Summary says what the detector looks for.
	Summary string
	// Input says which values it takes.
	Input string
	// Parameters are the options.
	Parameters []param.Parameter
}

// Catalogue returns all types in the order of the documentation.
func Catalogue() []Type {
	all := catalogue()
	out := make([]Type, len(all))
	for i := range all {
		k := &all[i]
		out[i] = Type{Name: k.name, Summary: k.about, Input: string(k.takes), Parameters: param.List(func(r *param.Reader) { k.read(&reader{of: r}) })}
	}
	return out
}

// Names returns the names of all types in the order of the documentation.
func Names() []string {
	all := catalogue()
	out := make([]string, len(all))
	for i := range all {
		out[i] = all[i].name
	}
	return out
}

// input is what a type takes.
type input string

const (
	anyNumber  input = "any number"
	errorsOnly input = "0 or 1"
	losses     input = "0 to 1"
)

// kind is one type of detector.
type kind struct {
	name, about string
	takes       input
	// read reads the options and makes the method that they describe. What it makes of
	// wrong options is never used.
	read func(o *reader) method
}

// catalogue lists all types.
func catalogue() []kind {
	return []kind{
		{name: "adwin", takes: anyNumber, read: readADWIN, about: "another mean: a window that drops its older part where the means of the two parts differ by more than chance"},
		{name: "page_hinkley", takes: anyNumber, read: readPageHinkley, about: "a mean that has moved: the sum of the distances from the mean so far, which fades"},
		{name: "kswin", takes: anyNumber, read: readKSWIN, about: "another distribution, also one with the same mean: a Kolmogorov-Smirnov test of the last values and as many drawn from those before them"},
		{name: "ddm", takes: errorsOnly, read: readDDM, about: "an error rate that has risen above its least by some standard deviations"},
		{name: "eddm", takes: errorsOnly, read: readEDDM, about: "errors that come closer together than they did; for changes that are slow"},
		{name: "hddm_a", takes: losses, read: readHDDMA, about: "a mean loss above its least by more than Hoeffding's bound; for changes that are abrupt"},
		{name: "hddm_w", takes: losses, read: readHDDMW, about: "an exponentially weighted mean loss above its least by more than McDiarmid's bound; for changes that are slow"},
		{name: "stepd", takes: errorsOnly, read: readSTEPD, about: "more errors among the last values than before them, by a test of equal proportions"},
	}
}

// find returns the type of that name, nil for none.
func find(name string) *kind {
	for _, k := range catalogue() {
		if k.name == name {
			return &k
		}
	}
	return nil
}

// reader reads options, and notes what it has read where values is not nil.
type reader struct {
	of     *param.Reader
	values param.Values
}

func (o *reader) note(name string, value any) {
	if o.values != nil {
		o.values[name] = value
	}
}

func (o *reader) number(name string, fallback float64, in param.Range, about string) float64 {
	x := o.of.Number(name, fallback, in, about)
	o.note(name, x)
	return x
}

// integer reads a whole number of at least least and at most a billion.
func (o *reader) integer(name string, fallback, least int, about string) int {
	return o.integerUpTo(name, fallback, least, 1_000_000_000, about)
}

func (o *reader) integerUpTo(name string, fallback, least, most int, about string) int {
	n := o.of.Integer(name, fallback, param.Between(float64(least), float64(most)), about)
	o.note(name, n)
	return n
}

func (o *reader) boolean(name string, fallback bool, about string) bool {
	b := o.of.Boolean(name, fallback, about)
	o.note(name, b)
	return b
}

func (o *reader) choice(name, fallback string, choices []string, about string) string {
	word := o.of.Choice(name, fallback, choices, about)
	o.note(name, word)
	return word
}

// probability is the range of levels of significance.
func probability() param.Range { return param.Above(0).Below(1) }
