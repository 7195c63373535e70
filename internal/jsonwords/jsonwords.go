// Package jsonwords puts what the standard library says of JSON into words that do not
// depend on the program.
package jsonwords

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Error puts an error about a text that is no JSON of the wanted form into words: the
// field, what is there and what was wanted. A nil error stays nil.
func Error(err error) error {
	if err == nil {
		return nil
	}
	var form *json.UnmarshalTypeError
	if errors.As(err, &form) {
		at := ""
		if form.Field != "" {
			at = form.Field + ": "
		}
		return fmt.Errorf("%s%s at byte %d, want %s", at, form.Value, form.Offset, kindInWords(form.Type))
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("%s: unknown field", strings.Trim(name, `"`))
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

// kindInWords names what a value of a type is in JSON.
func kindInWords(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct, reflect.Interface:
		return "an object"
	}
	return "a number"
}
