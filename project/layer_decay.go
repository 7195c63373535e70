package project

import (
	"fmt"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// PartDecay is the name of the decayed statistics among those side by side.
const PartDecay = "decay"

// Decay halves the weight of a row every HalfLife.
type Decay struct {
	HalfLife time.Duration
	// Ahead and Beside are as of Window.
	Ahead  time.Duration
	Beside bool
}

var (
	_ recentLayer = Decay{}
	_ timedLayer  = Decay{}
)

func decayRow() row { return newRow(PartDecay, stageRecent, (*Decay).options) }

func (d *Decay) options(f *param.Fields) {
	f.Object(param.Parameter{
		Name:        "decay",
		Description: "Give old rows less weight: forward decay over event time. `timestamp` gives the time of a row. Weights are relative to the newest row, unless that row is more than 10 half-lives ahead of all others: then it waits until a second one is there. Tests, errors and intervals are those of the effective number of rows, (sum w)² / sum w².",
	}, nil, func(f *param.Fields) {
		param.Var(f, &d.HalfLife, param.Parameter{
			Name: "half_life", Default: "0s", Range: param.Any().OrZero(), Examples: []any{"24h", "10s", "1000s"},
			Description: "The time after which a row has half its weight. `0s` means no decay.",
		})
		bindAhead(f, &d.Ahead)
		bindBeside(f, &d.Beside)
		if d.Beside && !d.isOn() {
			f.Fail("beside", d.Beside, "false unless half_life is set: nothing decays")
		}
	})
}

func (d Decay) isOn() bool             { return d.HalfLife > 0 }
func (d Decay) isBeside() bool         { return d.Beside }
func (d Decay) needsTime() bool        { return d.isOn() }
func (d Decay) aheadOf() time.Duration { return d.Ahead }

func (d Decay) over(inner stats.Maker, _ stats.SummaryMaker) (stats.Maker, error) {
	if d.Ahead < 0 {
		return nil, fmt.Errorf("decay: ahead is %v, want 0 or more", d.Ahead)
	}
	return wrap.DecayMaker{Inner: inner, HalfLife: d.HalfLife}, nil
}
