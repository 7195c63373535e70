package explore

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// anovaResult is the table of a one-way analysis of variance (NIST/SEMATECH
// e-Handbook, section 7.4.3): sums of squares, degrees of freedom and mean
// squares between and within the groups and of the whole, F and its p-value.
// EtaSquared is the share of the sum of squares that lies between the groups,
// OmegaSquared its less biased form (Hays 1963).
type anovaResult struct {
	SSBetween    Number `json:"ss_between"`
	SSWithin     Number `json:"ss_within"`
	SSTotal      Number `json:"ss_total"`
	DFBetween    Number `json:"df_between"`
	DFWithin     Number `json:"df_within"`
	DFTotal      Number `json:"df_total"`
	MSBetween    Number `json:"ms_between"`
	MSWithin     Number `json:"ms_within"`
	F            Number `json:"f"`
	P            Number `json:"p"`
	EtaSquared   Number `json:"eta_squared"`
	OmegaSquared Number `json:"omega_squared"`
	// Groups are those that have rows.
	Groups []sampleResult `json:"groups"`
}

// anovaBy asks whether the means of a numeric attribute differ between the
// values of a categorical or binary one. The values for which a dictionary had
// no room are one group.
func anovaBy(s *stats.Summary, attribute, by string) (*anovaResult, error) {
	i, err := findNumeric(s, attribute)
	if err != nil {
		return nil, err
	}
	c, err := givenOnce(s, by)
	if err != nil {
		return nil, err
	}
	var samples []sample
	for _, g := range groups(s, i, c) {
		samples = append(samples, g.sample)
	}
	return anova(samples), nil
}

// anovaTargets asks whether the means of a numeric attribute differ between
// the rows in which each of several binary attributes is 1, such as the
// columns of a one-hot encoding. That no row has two ones is for the caller to
// know.
func anovaTargets(s *stats.Summary, attribute string, targets []string) (*anovaResult, error) {
	i, err := findNumeric(s, attribute)
	if err != nil {
		return nil, err
	}
	if len(targets) < 2 {
		return nil, fmt.Errorf("targets has %d attributes, want at least 2", len(targets))
	}
	samples := make([]sample, len(targets))
	for k, name := range targets {
		if err := isBinary(s, name); err != nil {
			return nil, err
		}
		by, err := find(s, name)
		if err != nil {
			return nil, err
		}
		samples[k] = groups(s, i, by)[1].sample // of the ones
	}
	return anova(samples), nil
}

// anovaAttributes asks whether the means of several numeric attributes differ:
// each is a group of its own.
func anovaAttributes(s *stats.Summary, attributes []string) (*anovaResult, error) {
	if len(attributes) < 2 {
		return nil, fmt.Errorf("attributes has %d entries, want at least 2", len(attributes))
	}
	samples := make([]sample, len(attributes))
	for k, name := range attributes {
		i, err := findNumeric(s, name)
		if err != nil {
			return nil, err
		}
		samples[k] = all(s, i)
	}
	return anova(samples), nil
}

// anova merges the groups one by one, in double-double (T. F. Chan, G. H. Golub,
// R. J. LeVeque, Updating formulae and a pairwise algorithm for computing sample
// variances, 1979, equation 2.1): what a merge adds to the sum of squares of both
// parts is the sum between them. F is defined when there is more than one group,
// a degree of freedom within them and variance within them.
func anova(samples []sample) *anovaResult {
	var n, mean, between, within dd.Number
	out := &anovaResult{Groups: []sampleResult{}}
	for _, g := range samples {
		// A value of the dictionary that no row has is no group: it would count as a
		// degree of freedom.
		if g.n.IsZero() {
			continue
		}
		out.Groups = append(out.Groups, g.describe())
		whole := n.Add(g.n)
		d, share := g.mean.Sub(mean), g.n.Div(whole)
		between = between.Add(d.Square().Mul(n).Mul(share))
		within = within.Add(g.m2)
		mean, n = mean.Add(d.Mul(share)), whole
	}
	undefined := Number(math.NaN())
	out.SSBetween, out.SSWithin, out.SSTotal = Number(between.Float()), Number(within.Float()), Number(between.Add(within).Float())
	out.MSBetween, out.MSWithin, out.F, out.P, out.EtaSquared, out.OmegaSquared = undefined, undefined, undefined, undefined, undefined, undefined
	dfB := float64(max(len(out.Groups)-1, 0))
	dfW := max(n.AddFloat(-float64(len(out.Groups))).Float(), 0)
	out.DFBetween, out.DFWithin, out.DFTotal = Number(dfB), Number(dfW), Number(dfB+dfW)
	total := between.Add(within)
	if total.Hi > 0 {
		out.EtaSquared = Number(between.Div(total).Float())
	}
	if dfB > 0 {
		out.MSBetween = Number(between.Div(dd.FromFloat(dfB)).Float())
	}
	if !(dfW > 0) {
		return out
	}
	ms := within.Div(dd.FromFloat(dfW))
	out.MSWithin = Number(ms.Float())
	if dfB > 0 && ms.Hi > 0 {
		f := between.Div(dd.FromFloat(dfB)).Div(ms).Float()
		out.F, out.P = Number(f), Number(special.Fisher(f, dfB, dfW).Upper)
		out.OmegaSquared = Number(between.Sub(ms.MulFloat(dfB)).Div(total.Add(ms)).Float())
	}
	return out
}
