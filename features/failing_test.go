package features

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestFailingIsToldEachMinute: a failure that goes on is told once a minute, with how long
// it lasts and the last error, and its end once.
func TestFailingIsToldEachMinute(t *testing.T) {
	var f failing
	began := time.Unix(0, 0)
	for second := range 200 {
		want := ""
		switch second {
		case 0:
			want = "the cache fails, and is tried again"
		case 60, 120, 180:
			want = fmt.Sprintf("the cache still fails, after %v, and", time.Duration(second)*time.Second)
		}
		got := f.note(fmt.Errorf("%w: attempt %d", state.ErrStore, second), began.Add(time.Duration(second)*time.Second))
		if !strings.HasPrefix(got, want) || (got == "") != (want == "") || want != "" && !strings.HasSuffix(got, fmt.Sprintf("attempt %d", second)) {
			t.Errorf("second %d: %q is told, want %q", second, got, want)
		}
	}
	if got := f.note(nil, began.Add(time.Hour)); got != "the cache works again" {
		t.Errorf("%q is told of the end", got)
	}
	for _, err := range []error{nil, errors.New("other")} {
		if got := f.note(err, began.Add(2*time.Hour)); got != "" {
			t.Errorf("%q is told of %v", got, err)
		}
	}
}
