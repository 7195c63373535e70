package live

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/account"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// partitioned looks at the attribute that a project is partitioned by.
type partitioned struct {
	home *home
	said atomic.Bool // that no row has it
}

// refuse marks the messages whose value of the attribute makes no part: a number, or
// several values. The others of a batch are learned. An attribute that no row has is
// told of once, with the nearest that there is: all rows go to one part meanwhile.
func (p *partitioned) refuse(c *project.Composition, layout *stats.Layout, b *batchReader, messages []Message) (refused bool) {
	by := string(project.Of[project.Partition](c))
	if by == "" {
		return false
	}
	numeric, categorical := layout.NumericIndex(by), layout.CategoricalIndex(by)
	switch {
	case numeric < 0 && categorical < 0:
		if b.rows.N > 0 && !p.said.Swap(true) {
			var known []string
			for _, c := range layout.Numeric {
				known = append(known, c.Name)
			}
			for i := range layout.Categorical {
				known = append(known, layout.Categorical[i].Name)
			}
			p.home.warn("partition: no row has an attribute %q so far, and all rows go to one part%s", by, param.DidYouMean(by, known))
		}
		return false
	case numeric >= 0 && layout.Numeric[numeric].Binary, categorical >= 0 && !layout.Categorical[categorical].List:
		return false
	}
	for i, row := range b.rowOf {
		if row == noRow {
			continue
		}
		var fault *account.Fault
		if numeric >= 0 {
			if x := b.rows.Row(row)[numeric]; !math.IsNaN(x) {
				fault = account.NewFault("partition", fmt.Sprint(x), fmt.Sprintf("attribute %q is continuous (%%s), want a category or 0 and 1: declare it under attributes", by))
			}
		} else if b.rows.RowCodes(row)[categorical] != stats.Missing {
			fault = account.NewFault("partition", "several values", fmt.Sprintf("attribute %q is a list (%%s), want one category a row", by))
		}
		if fault != nil {
			messages[i].Err, refused = fault, true
		}
	}
	return refused
}
