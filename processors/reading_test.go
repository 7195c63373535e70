package processors

import (
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// TestReadingThatIsNotSet: what a configuration does not have is not set, an empty list
// of markers is one that has none.
func TestReadingThatIsNotSet(t *testing.T) {
	for yaml, want := range map[string]int{
		"{}": -1, "missing_values: []": 0, "missing_values: ['', NA]": 2, "infer: json": -1,
	} {
		spec := service.NewConfigSpec().Fields(readingFields()...)
		conf, err := spec.ParseYAML(yaml, nil)
		if err != nil {
			t.Fatalf("%s: %v", yaml, err)
		}
		reading, err := readReading(conf)
		if err != nil {
			t.Fatalf("%s: %v", yaml, err)
		}
		if got := len(reading.Missing); reading.Missing == nil && want >= 0 || reading.Missing != nil && got != want {
			t.Errorf("%s: markers are %#v, want %d", yaml, reading.Missing, want)
		}
		if yaml == "{}" && !reading.IsZero() {
			t.Errorf("nothing is set, and %+v was read", reading)
		}
	}
}
