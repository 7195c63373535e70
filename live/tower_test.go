package live

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

func TestTower(t *testing.T) {
	for _, c := range []struct {
		name  string
		tower Tower
		want  string // types from the top, names of parts
		fails string
	}{
		{name: "plain", want: "*stats.Framed"},
		{name: "partitioned folds", tower: Tower{Partition: "k", Folds: 3}, want: "*stats.Framed"},
		{name: "window", tower: Tower{Window: Window{Period: time.Hour, Tiles: 6}}, want: "*stats.Window"},
		{name: "row window", tower: Tower{Window: Window{Rows: 100, Tiles: 10}}, want: "*stats.RowWindow"},
		{name: "window beside", tower: Tower{Window: Window{Period: time.Hour, Tiles: 6, Beside: true}}, want: "*stats.Beside[history window]"},
		{name: "decay", tower: Tower{Decay: Decay{HalfLife: time.Hour}}, want: "*stats.Decay"},
		{name: "decay with a window beside", tower: Tower{Decay: Decay{HalfLife: time.Hour}, Window: Window{Rows: 10, Beside: true}}, want: "*stats.Beside[decay window]"},
		{name: "all", tower: Tower{Decay: Decay{HalfLife: time.Hour, Beside: true}, Window: Window{Rows: 10, Beside: true}}, want: "*stats.Beside[history window decay]"},
		{name: "both replace", tower: Tower{Decay: Decay{HalfLife: time.Hour}, Window: Window{Rows: 10}}, fails: "beside"},
		{name: "two windows", tower: Tower{Window: Window{Rows: 10, Period: time.Hour}}, fails: "period"},
		{name: "lateness without a period", tower: Tower{Window: Window{Rows: 10, Lateness: time.Hour}}, fails: "lateness"},
		{name: "lateness beyond the window", tower: Tower{Window: Window{Period: time.Hour, Lateness: 2 * time.Hour}}, fails: "lateness"},
		{name: "one fold", tower: Tower{Folds: 1}, fails: "folds is 1"},
		{name: "tiny period", tower: Tower{Window: Window{Period: time.Millisecond, Tiles: 10}}, fails: "window period"},
	} {
		t.Run(c.name, func(t *testing.T) {
			maker, err := c.tower.Maker()
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) {
					t.Fatalf("error is %v, want %q in it", err, c.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			a, err := maker.New()
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%T", a)
			if b, ok := a.(*wrap.Beside); ok {
				got += fmt.Sprint(b.Names())
			}
			if got != c.want {
				t.Errorf("is %s, want %s", got, c.want)
			}
		})
	}
}
