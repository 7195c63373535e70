package drift

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
)

// Classifier is the two-sample test by a classifier (D. Lopez-Paz and M. Oquab, Revisiting classifier two-sample
// tests, ICLR 2017) for the linear discriminant: how well rows of one state are told from those of the other. The
// discriminant is read off the statistics, so no row is held out; instead AUC and Accuracy are what new rows of two
// normal distributions with one covariance have, from the distance without its bias.
type Classifier struct {
	// Mahalanobis is D2 = dm' inv(S) dm for the covariance S within the states; Unbiased is its estimate that is right on
	// average, (v-d-1)/v D2 - d (1/n1 + 1/n2), which is 0 on average without a change and may be negative.
	Mahalanobis Number `json:"mahalanobis"`
	Unbiased    Number `json:"unbiased"`
	// AUC is Phi(D/sqrt 2) and Accuracy Phi(D/2), when both states are as likely, for Unbiased, at least 0.5.
	AUC      Number `json:"auc"`
	Accuracy Number `json:"accuracy"`
	// P is that of Hotelling's test, or of that for many attributes.
	P Number `json:"p"`
}

func (f *frame) classify(out *Joint) {
	u := undefined()
	out.Classifier = Classifier{Mahalanobis: u, Unbiased: u, AUC: u, Accuracy: u, P: u}
	if len(f.keep) == 0 {
		return
	}
	to := &out.Classifier
	d, v := float64(len(f.keep)), f.va+f.vb
	square, shares, weights := f.squared(func(a, b float64) float64 { return v / (f.va*a + f.vb*b) })
	for j := range shares {
		out.Attributes[j].Mahalanobis, out.Attributes[j].Weight = Number(shares[j]), Number(weights[j])
	}
	to.Mahalanobis = Number(square)
	scale := 1.0
	if !f.shrunk {
		scale = max(v-d-1, 0) / v
	}
	unbiased := scale*square - d*(1/(f.va+1)+1/(f.vb+1))
	to.Unbiased = Number(unbiased)
	distance := math.Sqrt(max(unbiased, 0))
	to.AUC, to.Accuracy = Number(special.Normal(distance/math.Sqrt2).Lower), Number(special.Normal(distance/2).Lower)
	if to.P = out.Means.Hotelling.P; math.IsNaN(float64(to.P)) {
		to.P = out.Means.Many.P
	}
}
