package model

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

// Needs is what a model is read off, beyond the weight, mean and spread of each
// numeric attribute by itself. A project that keeps less for its keys, or counts
// in binnings, learns from it which models it can build.
type Needs struct {
	// Full says that the model needs a full summary, such as pairs of attributes
	// or counts of categories.
	Full bool
	// Histograms says that it needs the histograms of the attributes.
	Histograms bool
	// Binnings are those whose counts it is read off; none for most types.
	Binnings []BinningNeed
	// Forests are those whose counts it is read off; none for most types.
	Forests []ForestNeed
	// Pools are the models that follow the stream for it; none for most types.
	Pools []PoolNeed
	// Likelihoods are those of the rows that it is fitted by; none for most types.
	Likelihoods []LikelihoodNeed
	// Members says that it is mixed of other models of its project; nil for most types.
	Members *MemberNeed
}

// ForestNeed is a forest that grows, and that rows are counted in, for a model.
type ForestNeed struct {
	// Spec is how it grows; Spec.Key finds it again. Definitions that need the same
	// forest share it. Whoever begins it gives it an ID and a seed.
	Spec forest.Spec
	// Selects chooses its inputs among the attributes.
	Selects func(attribute string) bool
}

// PoolNeed is a pool of models that learns each row of a shard, in the order of the rows.
type PoolNeed struct {
	// Spec is what is in it; Spec.Key finds it again. Definitions that need the same
	// pool share it.
	Spec adaptive.Spec
	// Selects chooses its inputs among the attributes.
	Selects func(attribute string) bool
	// Over returns the model that is read off pools as they are, which is good until one of
	// them learns. Layout is that of the rows that it is to predict. An error is as of a build.
	Over func(pools []*adaptive.Pool, layout *stats.Layout) (Model, error)
}

// LikelihoodNeed is a likelihood that rows are kept in for a model.
type LikelihoodNeed struct {
	stats.LikelihoodSpec
	// Optional says that the model predicts without it too.
	Optional bool
	// Settle returns the frame that sums are to be expanded in from now on, nil for that
	// which there is, or none while the rows are kept as they are.
	Settle func(ctx context.Context, of *stats.Likelihood, now *stats.LikelihoodFrame) (*stats.LikelihoodFrame, error)
}

// BinningNeed is a binning that rows are counted in for a model. It is drawn once
// per project and then kept: later ranges would be another binning.
type BinningNeed struct {
	// Key finds the binning again. Definitions that need the same binning share it.
	Key string
	// Optional says that the model scores without the binning too.
	Optional bool
	// Draw returns the binning with the ranges that the summary's attributes have.
	// While there are fewer rows than it wants, or no attribute varies, the error
	// wraps stats.ErrTooFew.
	Draw func(s *stats.Summary, seed uint64) (stats.Binning, error)
}

// Add makes the needs those of both.
func (n *Needs) Add(o Needs) {
	n.Full, n.Histograms = n.Full || o.Full, n.Histograms || o.Histograms
	n.Binnings = append(n.Binnings, o.Binnings...)
	n.Forests = append(n.Forests, o.Forests...)
	n.Pools = append(n.Pools, o.Pools...)
	n.Likelihoods = append(n.Likelihoods, o.Likelihoods...)
	if o.Members != nil {
		n.Members = o.Members
	}
}

// Draw returns the binnings, as BinningNeed.Draw does each; none where none is
// needed.
func (n *Needs) Draw(s *stats.Summary, seed uint64) ([]stats.Binning, error) {
	var out []stats.Binning
	for _, need := range n.Binnings {
		f, err := need.Draw(s, seed)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// Needs returns what a definition needs. One that is not valid is an error as of
// Validate.
func (c Catalogue) Needs(d Definition) (Needs, error) {
	if err := c.Validate(&d); err != nil {
		return Needs{}, err
	}
	entry, err := c.Lookup(d.Type)
	if err != nil {
		return Needs{}, err
	}
	return entry.NeedsOf(&d)
}

// NeedsOf returns what a valid definition of the type needs: a full summary where
// the entry says nothing.
func (e *Entry) NeedsOf(d *Definition) (Needs, error) {
	if e.Needs == nil {
		return Needs{Full: true}, nil
	}
	n, err := e.Needs(d)
	if err != nil {
		return n, fmt.Errorf("model %q: %w", d.Name, err)
	}
	return n, nil
}

// Such returns the types of a role whose needs, by the defaults of their options,
// the condition holds for, in order.
func (c Catalogue) Such(role Role, condition func(Needs) bool) []string {
	var out []string
	for i := range c {
		if c[i].Role != role {
			continue
		}
		if n, err := c[i].NeedsOf(&Definition{Name: c[i].Type, Type: c[i].Type}); err == nil && condition(n) {
			out = append(out, c[i].Type)
		}
	}
	return out
}
