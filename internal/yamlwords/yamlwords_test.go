package yamlwords_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
)

// TestWords: no text of the YAML library is left.
func TestWords(t *testing.T) {
	for typ, want := range map[string]string{"int": "a whole number", "uint8": "a whole number", "float64": "a number", "bool": "true or false", "string": "a text", "[]string": "a list", "map[string]yaml.Node": "an object", "sml.config": "an object", "*docs.Field": "an object"} {
		for tag, found := range map[string]string{"str `x y`": "the text x y", "int `3`": "the number 3", "bool `true`": "true", "seq": "a list", "map": "an object"} {
			in := fmt.Sprintf("field 'a': yaml: unmarshal errors:\n  line 1: cannot unmarshal !!%s into %s", tag, typ)
			if got := yamlwords.Text(in); got != "field 'a': "+found+", want "+want {
				t.Errorf("%q is %q", in, got)
			}
		}
	}
}

// TestError: an error that is in words already stays what it is.
func TestError(t *testing.T) {
	plain := errors.New("folds: 1, want 0 or a whole number from 2 to 100")
	if yamlwords.Error(plain) != plain || yamlwords.Error(nil) != nil {
		t.Error("it has changed")
	}
	if err := yamlwords.Error(errors.New("cannot unmarshal !!str `a` into int")); err.Error() != "the text a, want a whole number" {
		t.Errorf("it says %v", err)
	}
}
