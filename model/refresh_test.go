package model

import (
	"errors"
	"testing"
	"time"
)

func TestRefreshDue(t *testing.T) {
	for _, c := range []struct {
		name      string
		refresh   *Refresh
		rows, now float64
		age       time.Duration
		want      bool
	}{
		{name: "none", rows: 10, now: 10, want: true},
		{name: "manual", refresh: &Refresh{Manual: true}, rows: 10, now: 1e9, age: time.Hour},
		{name: "too few rows", refresh: &Refresh{Rows: 100}, rows: 10, now: 109},
		{name: "enough rows", refresh: &Refresh{Rows: 100}, rows: 10, now: 110, want: true},
		{name: "rows forgotten", refresh: &Refresh{Rows: 100}, rows: 210, now: 110, want: true},
		{name: "too early", refresh: &Refresh{Every: "1m"}, now: 100, age: 59 * time.Second},
		{name: "time has come", refresh: &Refresh{Every: "1m"}, now: 100, age: time.Minute, want: true},
		{name: "time without rows", refresh: &Refresh{Every: "1m", Rows: 5}, now: 4, age: time.Hour},
	} {
		if got := c.refresh.Due(c.rows, c.now, c.age); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	for _, bad := range []Refresh{{Rows: -1}, {Every: "soon"}, {Every: "-1s"}} {
		d := Definition{Name: "m", Type: "hba", Refresh: &bad}
		if err := d.Validate(); !errors.Is(err, ErrDefinition) {
			t.Errorf("%+v: error is %v", bad, err)
		}
	}
}
