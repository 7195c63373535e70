// Package projecttest draws settings of projects, for tests that a promise holds
// under all of them together.
package projecttest

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Composition draws everything that the statistics of a project depend on. The
// partition, where there is one, is by the attribute "kind".
func Composition(r *rand.Rand) project.Composition {
	pick := func(values ...int) int { return values[r.IntN(len(values))] }
	c := project.Composition{
		Summary: stats.SummaryOptions{
			ExtendedUpTo: pick(0, -1, 1, stats.DefaultExtendedUpTo, math.MaxInt32), HistogramBins: pick(0, 16, 64, stats.DefaultBins),
			ConditionalBins: pick(0, 0, 16, 100), MaxPatterns: pick(0, 1, 2, stats.DefaultMaxPatterns),
		},
		Folds: pick(0, 0, 2, 5),
	}
	if r.IntN(3) == 0 {
		c.Partition = "kind"
	}
	switch r.IntN(4) {
	case 0:
		c.Window = project.Window{Period: time.Duration(pick(60, 3600)) * time.Second, Tiles: pick(1, 4)}
	case 1:
		c.Window = project.Window{Rows: pick(50, 400), Tiles: pick(1, 5)}
	}
	if r.IntN(3) == 0 {
		c.Decay = project.Decay{HalfLife: time.Duration(pick(10, 1000)) * time.Second}
	}
	c.Window.Beside = r.IntN(2) == 0 && (c.Window.Period > 0 || c.Window.Rows > 0)
	c.Decay.Beside = c.Decay.HalfLife > 0 && (r.IntN(2) == 0 || c.Window != (project.Window{}) && !c.Window.Beside)
	if r.IntN(3) == 0 {
		c.Entities = project.Entities{On: true, Resident: pick(0, 3), HistogramBins: pick(0, 16), Pairs: r.IntN(2) == 0}
	}
	return c
}
