package jsonedit

import (
	"errors"
	"testing"
)

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name, doc, want string
		path            []string
		ok              bool
	}{
		{name: "number", doc: ` {"a": 1.50 ,"b":2}`, path: []string{"a"}, want: "1.50", ok: true},
		{name: "nested", doc: `{"a":{"x":"}","b":[1,{"b":2}]}}`, path: []string{"a", "b"}, want: `[1,{"b":2}]`, ok: true},
		{name: "last duplicate", doc: `{"a":1,"a":2}`, path: []string{"a"}, want: "2", ok: true},
		{name: "none", doc: `{"b":{"a":1}}`, path: []string{"a"}},
		{name: "through a number", doc: `{"a":1}`, path: []string{"a", "b"}},
		{name: "empty object", doc: `{}`, path: []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok, err := Find([]byte(c.doc), c.path)
			if err != nil || ok != c.ok || string(got) != c.want {
				t.Errorf("%s, %v, %v, want %s, %v", got, ok, err, c.want, c.ok)
			}
		})
	}
	for _, doc := range []string{``, `[1]`, `7`} {
		if _, _, err := Find([]byte(doc), []string{"a"}); !errors.Is(err, errNotObject) {
			t.Errorf("%q: error %v", doc, err)
		}
	}
	if _, _, err := Find([]byte(`{"a" 1}`), []string{"a"}); err == nil {
		t.Error("a damaged document is taken")
	}
}
