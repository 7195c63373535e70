package incident

import (
	"strings"
	"testing"
	"time"
)

// TestRulesAreChecked: what is wrong is refused with the setting and its value.
func TestRulesAreChecked(t *testing.T) {
	good := Rules{Open: Opening{Alarms: 1}, Close: Closing{Rows: 1}, MaxKeys: 1}
	for _, c := range []struct {
		name string
		set  func(r *Rules)
		want string
	}{
		{"no alarms", func(r *Rules) { r.Open.Alarms = 0 }, "open.alarms is 0, must be 1 to 1000"},
		{"many alarms", func(r *Rules) { r.Open.Alarms = 1001 }, "open.alarms is 1001"},
		{"rows", func(r *Rules) { r.Open.Rows = -1 }, "open.rows is -1"},
		{"closing rows", func(r *Rules) { r.Close.Rows = -3 }, "close.rows is -3"},
		{"keys", func(r *Rules) { r.MaxKeys = 0 }, "max_keys is 0, must be 1 to 100000"},
		{"replay", func(r *Rules) { r.Replay = -1 }, "replay_rows is -1"},
		{"closed", func(r *Rules) { r.Closed = -1 }, "keep_closed is -1"},
		{"within", func(r *Rules) { r.Open.Within = -time.Second }, "open.within is -1s"},
		{"lasting", func(r *Rules) { r.Open.Lasting = -time.Second }, "open.lasting is -1s"},
		{"quiet", func(r *Rules) { r.Close.Quiet = -time.Second }, "close.quiet is -1s"},
		{"duration", func(r *Rules) { r.Close.MaxDuration = -time.Hour }, "close.max_duration is -1h0m0s"},
		{"both", func(r *Rules) { r.Open = Opening{Alarms: 2, Rows: 3, Within: time.Second} }, "open.rows is 3 and open.within is 1s"},
		{"neither", func(r *Rules) { r.Open.Alarms = 3 }, "open.alarms is 3 without"},
		{"one of several", func(r *Rules) { r.Open.Rows = 3 }, "open.alarms is 1"},
		{"few rows", func(r *Rules) { r.Open = Opening{Alarms: 4, Rows: 3} }, "open.rows is 3, fewer than open.alarms, which is 4"},
		{"lasting beside", func(r *Rules) { r.Open = Opening{Alarms: 4, Lasting: time.Second} }, "open.lasting is 1s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := good
			c.set(&r)
			if err := r.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want it to contain %q", err, c.want)
			}
		})
	}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	if r := (Rules{}).WithDefaults(); r.Close.Rows != defaultQuietRows {
		t.Errorf("closes after %d rows by default", r.Close.Rows)
	}
}
