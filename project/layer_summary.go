package project

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// summaryLayer is the settings of the summaries, inside all wrappers.
type summaryLayer stats.SummaryOptions

var _ Layer = summaryLayer{}

func summaryRow() row {
	r := newRow("summary", stageSummary, (*summaryLayer).options)
	r.stored = bound((*summaryLayer).record)
	r.get = func(c *Composition) Layer { return summaryLayer(c.Summary) }
	r.put = func(c *Composition, l Layer) {
		if s, ok := l.(summaryLayer); ok {
			c.Summary = stats.SummaryOptions(s)
		}
	}
	return r
}

// precisions are the values of ExtendedUpTo that have a name.
var precisions = []struct {
	name string
	upTo int
}{{"auto", 0}, {"extended", math.MaxInt32}, {"double", -1}}

// precision returns the name of a value of ExtendedUpTo. One that only a program
// can set has a phrase in its place.
func precision(upTo int) string {
	for _, p := range precisions {
		if upTo == p.upTo {
			return p.name
		}
	}
	return fmt.Sprintf("extended up to %d", upTo)
}

func (s *summaryLayer) options(f *param.Fields) {
	*s = summaryLayer(brief(stats.SummaryOptions(*s)))
	named := precision(s.ExtendedUpTo)
	param.Var(f, &named, param.Parameter{
		Name: "precision", Default: "auto", Choices: []string{"auto", "extended", "double"},
		Description: "The arithmetic of the co-moments. `extended` has about 31 digits. `double` has 16 digits and is faster with many attributes. `auto` takes `extended` up to 64 attributes.",
	})
	for _, p := range precisions {
		if p.name == named {
			s.ExtendedUpTo = p.upTo
		}
	}
	full := inFull(stats.SummaryOptions(*s))
	param.Var(f, &full.HistogramBins, param.Parameter{
		Name: "histogram_bins", Default: stats.DefaultBins, Range: param.Between(stats.MinBins, stats.MaxBins), Examples: []any{64, 16},
		Description: "The maximum number of bins of the histogram of an attribute.",
	})
	param.Var(f, &full.ConditionalBins, param.Parameter{
		Name: "conditional_bins", Default: 0, Range: param.Between(stats.MinBins, stats.MaxBins).OrZero(), Examples: []any{100, 16},
		Description: "The maximum number of bins of conditional histograms: one histogram for each number given each category or value of a binary attribute. `bivariate` needs them for conditional medians. `0` keeps none. Each histogram costs time and memory.",
	})
	param.Var(f, &full.MaxPatterns, param.Parameter{
		Name: "max_patterns", Default: stats.DefaultMaxPatterns, Range: param.Between(1, 1<<16), Examples: []any{1, 2},
		Description: "The maximum number of presence patterns (combinations of attributes that a row has) with their own block of co-moments. Rows with further patterns go into a pairwise block, which is as exact but slower.",
	})
	full.ExtendedUpTo = s.ExtendedUpTo
	*s = summaryLayer(brief(full))
}

// record binds what is stored: what is at its default is 0.
func (s *summaryLayer) record(f *param.Fields) {
	*s = summaryLayer(brief(stats.SummaryOptions(*s)))
	s.recordAll(f)
}

// recordAll is record with what is at its default too.
func (s *summaryLayer) recordAll(f *param.Fields) {
	f.Object(param.Parameter{Name: "summary"}, nil, func(f *param.Fields) {
		param.Var(f, &s.ExtendedUpTo, param.Parameter{Name: "extended_up_to", Range: param.AtLeast(-1)})
		param.Var(f, &s.HistogramBins, param.Parameter{Name: "histogram_bins", Range: param.Between(stats.MinBins, stats.MaxBins).OrZero()})
		param.Var(f, &s.ConditionalBins, param.Parameter{Name: "conditional_bins", Range: param.Between(stats.MinBins, stats.MaxBins).OrZero()})
		param.Var(f, &s.MaxPatterns, param.Parameter{Name: "max_patterns", Range: param.Between(1, 1<<16).OrZero()})
	})
}

func (s summaryLayer) isOn() bool { return true }

func (s summaryLayer) over(_ stats.Maker, summary stats.SummaryMaker) (stats.Maker, error) {
	return stats.SummaryMaker{Options: stats.SummaryOptions(s), Columns: summary.Columns}, nil
}

// brief returns the options with 0 for what is at its default.
func brief(o stats.SummaryOptions) stats.SummaryOptions {
	if o.ExtendedUpTo == stats.DefaultExtendedUpTo {
		o.ExtendedUpTo = 0
	}
	if o.HistogramBins == stats.DefaultBins {
		o.HistogramBins = 0
	}
	if o.MaxPatterns == stats.DefaultMaxPatterns {
		o.MaxPatterns = 0
	}
	return o
}

// inFull is the opposite of brief.
func inFull(o stats.SummaryOptions) stats.SummaryOptions {
	if o.ExtendedUpTo == 0 {
		o.ExtendedUpTo = stats.DefaultExtendedUpTo
	}
	if o.HistogramBins == 0 {
		o.HistogramBins = stats.DefaultBins
	}
	if o.MaxPatterns == 0 {
		o.MaxPatterns = stats.DefaultMaxPatterns
	}
	return o
}

// effects says what becomes of what was learned when the options change.
func effects(from, to stats.SummaryOptions) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	switch {
	case to.HistogramBins < from.HistogramBins:
		say("histogram_bins %d to %d: histograms are as if all rows had been learned with these bins", from.HistogramBins, to.HistogramBins)
	case to.HistogramBins > from.HistogramBins:
		say("histogram_bins %d to %d: a histogram that had more values than bins stays as coarse as it is; the others take the new rows in full resolution", from.HistogramBins, to.HistogramBins)
	}
	switch {
	case to.ConditionalBins == from.ConditionalBins:
	case to.ConditionalBins == 0:
		say("conditional_bins %d to 0: conditional histograms are dropped", from.ConditionalBins)
	case from.ConditionalBins == 0:
		say("conditional_bins 0 to %d: conditional histograms begin with the rows from now on; rows of before cannot be forgotten any more", to.ConditionalBins)
	default:
		say("conditional_bins %d to %d: as histogram_bins", from.ConditionalBins, to.ConditionalBins)
	}
	if to.MaxPatterns != from.MaxPatterns {
		say("max_patterns %d to %d: every answer stays the same", from.MaxPatterns, to.MaxPatterns)
	}
	switch {
	case to.ExtendedUpTo < from.ExtendedUpTo:
		say("precision %s to %s: co-moments are rounded to 16 digits", precision(brief(from).ExtendedUpTo), precision(brief(to).ExtendedUpTo))
	case to.ExtendedUpTo > from.ExtendedUpTo:
		say("precision %s to %s: co-moments of the rows so far keep the digits that they have, 16 where they were double", precision(brief(from).ExtendedUpTo), precision(brief(to).ExtendedUpTo))
	}
	return out
}
