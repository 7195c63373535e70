package sml

import (
	"fmt"
	"strings"
	"testing"
)

// TestEpoch: a shard whose source begins anew learns it after a new epoch, and what
// it had learned stays.
func TestEpoch(t *testing.T) {
	s := newSite(t, "p", "")
	rows := func(from int) (out []string) {
		for i := range 20 {
			out = append(out, fmt.Sprintf(`{"x":%d}`, from+i))
		}
		return out
	}
	s.learn("p", "t/0", rows(0))
	if out, code := s.run("epoch", "p", "t/0", "--cache", "first"); code != exitUsage || !strings.Contains(out, "would forget the positions of 20 messages (0-19)") {
		t.Errorf("without --yes: %d, %s", code, out)
	}
	if out, code := s.run("epoch", "p", "t/1", "--cache", "first", "--yes"); code != exitFailed || !strings.Contains(out, `no shard "t/1"`) {
		t.Errorf("another shard: %d, %s", code, out)
	}
	var did epochAnswer
	s.must(&did, "epoch", "p", "t/0", "--cache", "first", "--yes")
	if !did.Done || did.Messages != 20 || fmt.Sprint(did.Positions) != "[[0 19]]" {
		t.Errorf("answer %+v, want 20 messages forgotten", did)
	}
	s.learn("p", "t/0", rows(1000))
	var got infoAnswer
	s.must(&got, "info", "p", "--cache", "first")
	if got.Rows != 40 {
		t.Errorf("%v rows, want 40", got.Rows)
	}
}
