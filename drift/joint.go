package drift

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// maxJoint bounds the attributes that are compared jointly, as time grows with their cube.
const maxJoint = 500

// JointOptions choose what is compared. The zero value compares all numeric and binary attributes.
type JointOptions struct {
	// Attributes are the numeric and binary attributes; none is the same as all.
	Attributes []string
	// Share is the share of the variance of the reference that the principal components keep, 0 to 1; 0 is
	// defaultShare. Components is their number instead of a share, 0 for none given.
	Share      float64
	Components int
	// Tiles are the statistics of rows that follow each other, oldest first, of one of the states or of both. What
	// means and covariances vary by between them is what tests compare with when there are at least 8, so that
	// neither heavy tails nor rows that depend on each other matter.
	Tiles []*stats.Summary
}

// defaultShare is the share of variance that principal components keep.
const defaultShare = 0.9

// Joint is how two states of several numeric attributes differ together.
type Joint struct {
	// Rows says which rows the covariances are of: complete, those that have all attributes, or pairwise, those that
	// have two of them.
	Rows string `json:"rows"`
	// Reference and Recent are the effective numbers of rows.
	Reference Number `json:"reference_rows"`
	Recent    Number `json:"recent_rows"`
	// Attributes are those that are compared with what each contributes; LeftOut are the others.
	Attributes []JointAttribute `json:"attributes"`
	LeftOut    []LeftOut        `json:"left_out,omitempty"`
	// Broken says that a constant, or a linear relation without error, holds in both states with other values.
	Broken bool `json:"broken_relation,omitempty"`
	// Shrinkage is the weight of a multiple of the identity in the correlations of both states, 0 when there are rows
	// enough; ShrinkageReference and ShrinkageRecent are the weights of the mean of both covariances in that of a state
	// whose covariance is singular. Distances and the classifier are of the shrunken covariances.
	Shrinkage          Number `json:"shrinkage"`
	ShrinkageReference Number `json:"shrinkage_reference"`
	ShrinkageRecent    Number `json:"shrinkage_recent"`
	// Kurtosis is the mean excess kurtosis of the attributes within the states.
	Kurtosis Number `json:"kurtosis"`

	Distances   JointDistances  `json:"distances"`
	Means       MeansTest       `json:"means"`
	Covariances CovarianceTest  `json:"covariances"`
	PCA         *Reconstruction `json:"pca"`
	Classifier  Classifier      `json:"classifier"`
	// P is that of the tests of means and of covariances together (Fisher's combination: the two are independent for
	// normal rows).
	P Number `json:"p"`
	// Drift and PAdjusted are as those of an attribute; the effect is the Hellinger distance.
	Drift     bool   `json:"drift"`
	PAdjusted Number `json:"p_adjusted"`
}

// JointAttribute is what an attribute contributes to each number: a column adds up to the number beside its name.
// Those of Frechet and of the reconstruction are not negative, the others may be.
type JointAttribute struct {
	Attribute string `json:"attribute"`
	// Bhattacharyya adds up to JointDistances.Bhattacharyya, and so on.
	Bhattacharyya       Number `json:"bhattacharyya"`
	KullbackLeibler     Number `json:"kullback_leibler"`
	Stein               Number `json:"stein"`
	Frechet             Number `json:"frechet"`
	FrechetStandardised Number `json:"frechet_standardised"`
	BoxM                Number `json:"box_m"`
	// Mahalanobis is weight times difference of the means, which adds up to Classifier.Mahalanobis; Weight is that of
	// the discriminant, per standard deviation within the states.
	Mahalanobis Number `json:"mahalanobis"`
	Weight      Number `json:"weight"`
	// ErrorReference and ErrorRecent add up to those of Reconstruction.
	ErrorReference Number `json:"error_reference"`
	ErrorRecent    Number `json:"error_recent"`
}

// LeftOut is an attribute that is not compared. It is constant, a linear combination of others (dependent), or has
// fewer than two rows in one of the states (too_few_rows).
type LeftOut struct {
	Attribute string `json:"attribute"`
	Reason    string `json:"reason"`
}

// Reasons of LeftOut.
const (
	reasonConstant  = "constant"
	reasonDependent = "dependent"
	reasonTooFew    = "too_few_rows"
)

// check refuses options out of range; NaN too.
func (o *JointOptions) check() error {
	switch {
	case !(o.Share >= 0 && o.Share <= 1):
		return fmt.Errorf("share is %v, want 0 to 1", o.Share)
	case o.Components < 0:
		return fmt.Errorf("components is %d, want 0 or more", o.Components)
	}
	return nil
}

// Jointly compares two states of numeric and binary attributes jointly, from means and covariances: distances of
// the normal distributions that have them, tests that they are equal, the reconstruction error of principal
// components, and the classifier that tells the states apart.
//
// Rows that have all attributes are taken where they are all rows, or at least half of those of each pair and more
// than the attributes; else correlations are those of each pair, made positive semidefinite. Weights count as
// effective numbers of rows. What is not defined is NaN, null in JSON; the context ends long work.
func Jointly(ctx context.Context, reference, recent *stats.Summary, o JointOptions) (*Joint, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	names, err := jointNames(reference, recent, o.Attributes)
	if err != nil {
		return nil, err
	}
	out := &Joint{Shrinkage: 0, Kurtosis: undefined(), P: undefined()}
	names = out.present(reference, recent, names)
	a, b, err := readStates(ctx, reference, recent, names)
	if err != nil {
		return nil, err
	}
	out.Rows, out.Reference, out.Recent = a.rows, Number(a.n), Number(b.n)
	f := newFrame(out, names, a, b)
	if err := f.spectrum(out); err != nil {
		return nil, err
	}
	for _, i := range f.keep {
		out.Attributes = append(out.Attributes, undefinedAttribute(f.names[i]))
	}
	tiles := f.tiles(ctx, o.Tiles)
	steps := []func() error{
		func() error { f.distances(out); return nil },
		func() error { return f.frechet(out) },
		func() error { return f.compareMeans(out, tiles) },
		func() error { f.compareCovariances(out, tiles); return nil },
		func() error { return f.reconstruct(out, &o, tiles) },
		func() error { f.classify(out); return nil },
	}
	for _, step := range steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := step(); err != nil {
			return nil, err
		}
	}
	out.P = Number(fisher(float64(out.Means.P), float64(out.Covariances.P)))
	return out, nil
}

// jointNames checks the named attributes against both states; none is the same as all that both have.
func jointNames(reference, recent *stats.Summary, names []string) ([]string, error) {
	if len(names) == 0 {
		for _, c := range reference.Layout().Numeric {
			if !expansion.IsColumn(c.Name) && recent.Layout().NumericIndex(c.Name) >= 0 {
				names = append(names, c.Name)
			}
		}
	}
	if len(names) == 0 || len(names) > maxJoint {
		return nil, fmt.Errorf("attributes has %d numeric entries, want 1 to %d", len(names), maxJoint)
	}
	seen := map[string]bool{}
	for _, name := range names {
		for _, s := range []*stats.Summary{reference, recent} {
			if s.Layout().NumericIndex(name) >= 0 {
				continue
			}
			if s.Layout().CategoricalIndex(name) >= 0 {
				return nil, fmt.Errorf("attribute %q is categorical, not a number", name)
			}
			return nil, fmt.Errorf("%w %q", ErrUnknownAttribute, name)
		}
		if seen[name] {
			return nil, fmt.Errorf("attribute %q is named twice", name)
		}
		seen[name] = true
	}
	return names, nil
}

// present returns the attributes that have at least two rows in both states, and notes the others.
func (j *Joint) present(reference, recent *stats.Summary, names []string) []string {
	var out []string
	for _, name := range names {
		few := false
		for _, s := range []*stats.Summary{reference, recent} {
			few = few || !(s.EffectiveNumber(s.Layout().NumericIndex(name)) >= 2)
		}
		if few {
			j.leave(name, reasonTooFew)
			continue
		}
		out = append(out, name)
	}
	return out
}

func (j *Joint) leave(name, reason string) {
	j.LeftOut = append(j.LeftOut, LeftOut{Attribute: name, Reason: reason})
}

// undefinedAttribute is an attribute of which nothing is known yet.
func undefinedAttribute(name string) JointAttribute {
	u := undefined()
	return JointAttribute{
		Attribute: name, Bhattacharyya: u, KullbackLeibler: u, Stein: u, Frechet: u, FrechetStandardised: u, BoxM: u,
		Mahalanobis: u, Weight: u, ErrorReference: u, ErrorRecent: u,
	}
}

// fisher combines two p-values of independent tests (R. A. Fisher, Statistical Methods for Research Workers, 4th
// edition, 1932, section 21.1): the chi-square tail of -2 ln(pq) with 4 degrees of freedom. One that is not defined
// leaves the other.
func fisher(p, q float64) float64 {
	switch {
	case math.IsNaN(p):
		return q
	case math.IsNaN(q):
		return p
	case p <= 0 || q <= 0:
		return 0
	}
	return min(p*q*(1-math.Log(p)-math.Log(q)), 1)
}
