package expansion

import (
	"regexp"
	"strconv"
	"strings"
)

// Features that a model can use, besides those that expansions compute.
const (
	// Linear are the attributes themselves.
	Linear = "linear"

	splines  = "splines"
	bins     = "bins"
	products = "products"
	fourier  = "fourier"
)

// Features returns what a model can be given, by name.
func Features() []string { return []string{Linear, splines, bins, products, fourier} }

// Feature returns the name of the features that the columns are.
func (e *Expansion) Feature() string { return e.Kind.Feature() }

// Feature returns the name of the features that columns of the kind are.
func (k Kind) Feature() string {
	switch k {
	case Hats, Natural:
		return splines
	case Bins:
		return bins
	case Product:
		return products
	case Copy:
		return Linear
	default:
		return fourier
	}
}

// ID names the expansion. A project has one of each ID.
func (e *Expansion) ID() string {
	switch e.Kind {
	case Hats, Natural:
		return "spline(" + e.Sources[0] + ")"
	case Bins:
		return "bin(" + e.Sources[0] + ")"
	case Product:
		return "product(" + e.Sources[0] + "," + e.Sources[1] + ")"
	case Copy:
		return "linear(" + e.Sources[0] + ")"
	default:
		return fourier
	}
}

// Names returns the names of the columns, such as spline(price,3), bin(price,3),
// product(price,size) and fourier(cos,17). They are numbered from 1.
func (e *Expansion) Names() []string {
	n := e.Columns()
	switch e.Kind {
	case Product, Copy:
		return []string{e.ID()}
	case Fourier:
		out := make([]string, n)
		for i := range n / 2 {
			out[2*i] = fourier + "(cos," + strconv.Itoa(i+1) + ")"
			out[2*i+1] = fourier + "(sin," + strconv.Itoa(i+1) + ")"
		}
		return out
	}
	stem := strings.TrimSuffix(e.ID(), ")") + ","
	out := make([]string, n)
	for i := range out {
		out[i] = stem + strconv.Itoa(i+1) + ")"
	}
	return out
}

var form = regexp.MustCompile(`^((spline|bin)\(.+,[1-9][0-9]*\)|product\(.+,.+\)|linear\(.+\)|fourier\((cos|sin),[1-9][0-9]*\))$`)

// IsColumn reports whether a name has the form of a computed column. Such columns are
// left out where no attribute is named.
func IsColumn(name string) bool {
	return strings.HasSuffix(name, ")") && form.MatchString(name)
}

// IsBounded reports whether a name has the form of a computed column whose values are
// between about -1 and 1: all but products and copies.
func IsBounded(name string) bool {
	return IsColumn(name) && !strings.HasPrefix(name, "product(") && !strings.HasPrefix(name, "linear(")
}

// IsWithin is IsBounded for columns that no value takes out of their bounds.
func IsWithin(name string) bool { return IsBounded(name) && !strings.HasPrefix(name, "spline(") }
