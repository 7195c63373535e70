package project

import (
	"errors"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

func TestValidateName(t *testing.T) {
	cases := []struct {
		name, value string
		ok          bool
	}{
		{name: "plain", value: "shuttle-1_A", ok: true},
		{name: "longest", value: strings.Repeat("a", maxNameBytes), ok: true},
		{name: "empty"},
		{name: "too long", value: strings.Repeat("a", maxNameBytes+1)},
		{name: "dot", value: "a.b"},
		{name: "slash", value: "a/b"},
		{name: "not ASCII", value: "größe"},
		{name: "new line", value: "a\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := ValidateName("project", c.value)
			if (err == nil) != c.ok {
				t.Fatalf("error %v", err)
			}
			if err != nil && (!errors.Is(err, state.ErrName) || !strings.Contains(err.Error(), "project")) {
				t.Errorf("error %q does not wrap ErrName and name the field", err)
			}
		})
	}
}
