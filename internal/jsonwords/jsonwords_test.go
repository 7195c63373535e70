package jsonwords_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonwords"
)

// wanted is a value with a field of each sort.
type wanted struct {
	Text   string         `json:"text"`
	Number float64        `json:"number"`
	Whole  *int           `json:"whole"`
	Truth  bool           `json:"truth"`
	List   []string       `json:"list"`
	Inner  map[string]int `json:"inner"`
}

var ofGo = regexp.MustCompile(`\bGo\b|json:|struct|map\[|int\b|float64|\[\]`)

// TestErrorsAreInWords draws documents of the wrong form, and texts cut off: the error
// names no type of the program.
func TestErrorsAreInWords(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 14))
	values, fields := []string{`1`, `1.5`, `"a"`, `true`, `[1]`, `{"k":"v"}`, `[{}]`}, []string{"text", "number", "whole", "truth", "list", "inner", "other"}
	failed := 0
	for range 500 {
		field := fields[r.IntN(len(fields))]
		text := fmt.Sprintf(`{%q:%s}`, field, values[r.IntN(len(values))])
		switch r.IntN(4) {
		case 0:
			text = text[:r.IntN(len(text))]
		case 1:
			text = values[r.IntN(len(values))]
		}
		d := json.NewDecoder(strings.NewReader(text))
		d.DisallowUnknownFields()
		var into wanted
		err := jsonwords.Error(d.Decode(&into))
		if err == nil {
			continue
		}
		failed++
		if found := ofGo.FindString(err.Error()); found != "" {
			t.Errorf("%s: %q has %q", text, err, found)
		}
	}
	if failed < 100 {
		t.Errorf("%d documents were refused, want most", failed)
	}
	if jsonwords.Error(nil) != nil {
		t.Error("nil is an error")
	}
}
