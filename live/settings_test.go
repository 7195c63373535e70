package live

import (
	"errors"
	"maps"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestEverySettingMustAgree: two learners that differ in any one setting, however
// deep it is, are told of it: none is missing from the list of fields.
func TestEverySettingMustAgree(t *testing.T) {
	leaves := 0
	var visit func(path string, at func(l *LearnSettings) reflect.Value)
	visit = func(path string, at func(l *LearnSettings) reflect.Value) {
		kind := at(&LearnSettings{}).Type()
		if kind == reflect.TypeFor[project.Composition]() {
			return // see TestEveryLayerMustAgree
		}
		if kind.Kind() == reflect.Struct {
			for i := range kind.NumField() {
				visit(path+"."+kind.Field(i).Name, func(l *LearnSettings) reflect.Value { return at(l).Field(i) })
			}
			return
		}
		leaves++
		var other LearnSettings
		change(t, path, at(&other))
		a, b := Settings{Project: "p", Learn: &LearnSettings{}}, Settings{Project: "p", Learn: &other}
		if err := a.agree(&b, "first", "second"); !errors.Is(err, errSettings) {
			t.Errorf("%s differs, and both agree: %v", path, err)
		} else if strings.Contains(err.Error(), "<nil>") || strings.Contains(err.Error(), "map[") {
			t.Errorf("%s: %v is not as in a configuration", path, err)
		}
		if err := b.agree(&b, "first", "second"); err != nil {
			t.Errorf("%s: settings do not agree with themselves: %v", path, err)
		}
	}
	visit("Learn", func(l *LearnSettings) reflect.Value { return reflect.ValueOf(l).Elem() })
	if leaves < 15 {
		t.Errorf("only %d settings were visited", leaves)
	}
}

// TestEveryLayerMustAgree: the same for each setting of the table of layers: drawn
// settings, of which one is drawn again, agree when they are the same composition.
func TestEveryLayerMustAgree(t *testing.T) {
	read := func(given param.Values) (project.Composition, error) {
		r := param.NewReader(given, param.Typed)
		c := project.ReadComposition(r)
		return c, r.Close()
	}
	declared := param.List(func(r *param.Reader) { project.ReadComposition(r) })
	left := map[string]bool{}
	for i := range declared {
		for _, f := range fieldsOf(&declared[i]) {
			left[declared[i].Name+"."+f.Name] = true
		}
	}
	for seed := range uint64(6000) {
		random := rand.New(rand.NewPCG(seed, 31))
		draws := paramtest.Draws{Random: random, Attributes: []string{"kind", "line"}}
		given := draws.Values(declared)
		p := &declared[random.IntN(len(declared))]
		fields := fieldsOf(p)
		f := &fields[random.IntN(len(fields))]
		other := maps.Clone(given)
		if p.Kind == param.KindObject {
			inner, _ := given[p.Name].(map[string]any)
			changed := param.Values{}
			maps.Copy(changed, inner)
			changed[f.Name] = draws.Inside(f)
			other[p.Name] = changed
		} else {
			other[p.Name] = draws.Inside(p)
		}
		a, errA := read(given)
		b, errB := read(other)
		if errA != nil || errB != nil {
			continue
		}
		first, second := Settings{Project: "p", Learn: &LearnSettings{Composition: a}}, Settings{Project: "p", Learn: &LearnSettings{Composition: b}}
		err := first.agree(&second, "first", "second")
		if same := reflect.DeepEqual(a, b); same != (err == nil) {
			t.Errorf("seed %d: %v and %v: %v", seed, given, other, err)
		} else if !same {
			delete(left, p.Name+"."+f.Name)
		}
	}
	if len(left) > 0 {
		t.Errorf("no two settings differ in %v", left)
	}
}

// fieldsOf returns the fields of an object, and of anything else that itself.
func fieldsOf(p *param.Parameter) []param.Parameter {
	if p.Kind == param.KindObject {
		return p.Fields
	}
	return []param.Parameter{*p}
}

// change sets a field to something that is not its zero value.
func change(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch v.Interface().(type) {
	case string:
		v.SetString("changed")
	case bool:
		v.SetBool(true)
	case int, time.Duration:
		v.SetInt(int64(time.Second))
	case state.Verify:
		v.SetInt(int64(state.VerifyOff))
	case float64:
		v.SetFloat(1.5)
	case []string:
		v.Set(reflect.ValueOf([]string{"changed"}))
	case map[string]string:
		v.Set(reflect.ValueOf(map[string]string{"a": "changed"}))
	case map[string]int:
		v.Set(reflect.ValueOf(map[string]int{"a": 1}))
	case []model.Definition:
		v.Set(reflect.ValueOf([]model.Definition{{Name: "m", Type: "hba"}}))
	default:
		t.Fatalf("%s is a %s, which the test cannot change", path, v.Type())
	}
}
