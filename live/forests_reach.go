package live

import (
	"errors"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/account"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

var errOutOfReach = errors.New("too far from the values that came first to be counted in the trees of a forest, which leave the row out; all other statistics have it. " +
	"A forest that is defined anew with another option begins with the values of then")

// noteReach tells of rows that the forest of a number leaves out.
func (f *forests) noteReach(need *model.ForestNeed, layout *stats.Layout, rows *stats.Rows) {
	a, ok := f.home.observer.(Accountant)
	if !ok || !need.Spec.Numeric {
		return
	}
	_, known, ok := f.active(need.Spec.Key)
	if !ok {
		return
	}
	if n, first := known.forest.OutOfReach(layout, rows); n > 0 {
		a.Noted(f.home.project, noteOutOfReach, n, account.Example{
			Field: "target " + strconv.Quote(need.Spec.Target), Value: strconv.FormatFloat(first, 'g', -1, 64), Err: errOutOfReach,
		})
	}
}
