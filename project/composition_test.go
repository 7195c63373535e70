package project

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

func TestComposition(t *testing.T) {
	for _, c := range []struct {
		name        string
		composition Composition
		want        string // types from the top, names of parts
		fails       string
	}{
		{name: "plain", want: "*wrap.Binned"},
		{name: "partitioned folds", composition: Composition{}.With(Partition("k"), Folds(3)), want: "*wrap.Binned"},
		{name: "window", composition: Composition{}.With(Window{Period: time.Hour, Tiles: 6}), want: "*wrap.Window"},
		{name: "row window", composition: Composition{}.With(Window{Rows: 100, Tiles: 10}), want: "*wrap.RowWindow"},
		{name: "window beside", composition: Composition{}.With(Window{Period: time.Hour, Tiles: 6, Beside: true}), want: "*wrap.Parallel[history window]"},
		{name: "decay", composition: Composition{}.With(Decay{HalfLife: time.Hour}), want: "*wrap.Decay"},
		{name: "decay with a window beside", composition: Composition{}.With(Decay{HalfLife: time.Hour}, Window{Rows: 10, Beside: true}), want: "*wrap.Parallel[decay window]"},
		{name: "all", composition: Composition{}.With(Decay{HalfLife: time.Hour, Beside: true}, Window{Rows: 10, Beside: true}), want: "*wrap.Parallel[history window decay]"},
		{name: "both replace", composition: Composition{}.With(Decay{HalfLife: time.Hour}, Window{Rows: 10}), fails: "beside"},
		{name: "two windows", composition: Composition{}.With(Window{Rows: 10, Period: time.Hour}), fails: "period"},
		{name: "lateness without a period", composition: Composition{}.With(Window{Rows: 10, Lateness: time.Hour}), fails: "lateness"},
		{name: "lateness beyond the window", composition: Composition{}.With(Window{Period: time.Hour, Lateness: 2 * time.Hour}), fails: "lateness"},
		{name: "one fold", composition: Composition{}.With(Folds(1)), fails: "folds is 1"},
		{name: "tiny period", composition: Composition{}.With(Window{Period: time.Millisecond, Tiles: 10}), fails: "window period"},
	} {
		t.Run(c.name, func(t *testing.T) {
			maker, err := c.composition.Maker(nil)
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
			a = a.(*wrap.Adaptive).Inner()
			got := fmt.Sprintf("%T", a)
			if b, ok := a.(*wrap.Parallel); ok {
				got += fmt.Sprint(b.Names())
			}
			if got != c.want {
				t.Errorf("is %s, want %s", got, c.want)
			}
		})
	}
}
