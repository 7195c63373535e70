package live

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// TestEverySettingMustAgree: two learners that differ in any one setting, however
// deep it is, are told of it: none is missing from the list of fields.
func TestEverySettingMustAgree(t *testing.T) {
	leaves := 0
	var visit func(path string, at func(l *LearnSettings) reflect.Value)
	visit = func(path string, at func(l *LearnSettings) reflect.Value) {
		kind := at(&LearnSettings{}).Type()
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
	if leaves < 30 {
		t.Errorf("only %d settings were visited", leaves)
	}
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
