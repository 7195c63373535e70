package model_test

import (
	"errors"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
)

func TestRefreshDue(t *testing.T) {
	for _, c := range []struct {
		name      string
		refresh   *model.Refresh
		rows, now float64
		age       time.Duration
		want      bool
	}{
		{name: "none", rows: 10, now: 10, want: true},
		{name: "manual", refresh: &model.Refresh{Manual: true}, rows: 10, now: 1e9, age: time.Hour},
		{name: "too few rows", refresh: &model.Refresh{Rows: 100}, rows: 10, now: 109},
		{name: "enough rows", refresh: &model.Refresh{Rows: 100}, rows: 10, now: 110, want: true},
		{name: "rows forgotten", refresh: &model.Refresh{Rows: 100}, rows: 210, now: 110, want: true},
		{name: "too early", refresh: &model.Refresh{Every: "1m"}, now: 100, age: 59 * time.Second},
		{name: "time has come", refresh: &model.Refresh{Every: "1m"}, now: 100, age: time.Minute, want: true},
		{name: "time without rows", refresh: &model.Refresh{Every: "1m", Rows: 5}, now: 4, age: time.Hour},
	} {
		if got := c.refresh.Due(c.rows, c.now, c.age); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	for _, bad := range []model.Refresh{{Rows: -1}, {Every: "soon"}, {Every: "-1s"}} {
		d := model.Definition{Name: "m", Type: "hba", Refresh: &bad}
		if err := catalogue.All().Validate(&d); !errors.Is(err, model.ErrDefinition) {
			t.Errorf("%+v: error is %v", bad, err)
		}
	}
}
