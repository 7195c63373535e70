package likelihood

import (
	"fmt"
	"math"
)

// Family is a distribution of the target given the inputs, with its link.
type Family string

// The families.
const (
	// Logistic is a class, with the logit of two classes or the generalised one of
	// more, against the first (Agresti, Categorical Data Analysis, 2013, section 8.1).
	Logistic Family = "logistic"
	// Poisson is a count with a logarithmic link.
	Poisson Family = "poisson"
	// Gamma is a positive number with a logarithmic link. The shape is left out of the
	// likelihood, which does not change where its maximum is.
	Gamma Family = "gamma"
	// NegativeBinomial is a count with a logarithmic link and the variance mu + alpha
	// mu^2 (Cameron and Trivedi, Regression Analysis of Count Data, 2013, section 3.3).
	// Its second predictor is the logarithm of alpha, the same for all rows.
	NegativeBinomial Family = "negative_binomial"
	// Quantile is a number whose quantile is linear: the likelihood is less the check
	// loss, smoothed by a normal kernel (He, Pan, Tan and Zhou, Smoothed quantile
	// regression with large-scale inference, Journal of Econometrics 232, 2023).
	Quantile Family = "quantile"
)

// Kernel is the log-likelihood of one row.
type Kernel struct {
	Family Family
	// Classes is how many classes a target of Logistic has, at least 2; else 0.
	Classes int
	// Level is the quantile of Quantile, and Bandwidth the standard deviation of its
	// kernel; else 0.
	Level, Bandwidth float64
	// Sharp says that value and first derivative of Quantile are of the check loss itself,
	// and the second, which that does not have, is a density: what a step from a point
	// near the maximum is made of, without the bias of a kernel.
	Sharp bool
}

// MaxClasses bounds the classes of a kernel.
const MaxClasses = 100

// Validate returns an error that names what is out of range.
func (k *Kernel) Validate() error {
	switch k.Family {
	case Logistic:
		if k.Classes < 2 || k.Classes > MaxClasses {
			return fmt.Errorf("there are %d classes, want 2 to %d", k.Classes, MaxClasses)
		}
		return nil
	case Quantile:
		if !(k.Level > 0 && k.Level < 1) || !(k.Bandwidth > 0) || math.IsInf(k.Bandwidth, 1) {
			return fmt.Errorf("quantile %v with bandwidth %v, want one between 0 and 1 and one above 0", k.Level, k.Bandwidth)
		}
		return nil
	case Poisson, Gamma, NegativeBinomial:
		return nil
	}
	return fmt.Errorf("unknown family %q", k.Family)
}

// Predictors returns how many linear predictors a row has.
func (k *Kernel) Predictors() int {
	switch k.Family {
	case Logistic:
		return k.Classes - 1
	case NegativeBinomial:
		return 2
	}
	return 1
}

// Full reports whether a predictor has the inputs; else it is an intercept only.
func (k *Kernel) Full(predictor int) bool {
	return k.Family != NegativeBinomial || predictor == 0
}

// HasThird reports whether the kernel knows third derivatives: those of one predictor.
func (k *Kernel) HasThird() bool {
	return k.Family == Logistic && k.Classes == 2 || k.Family == Poisson || k.Family == Gamma
}

// Takes reports whether a target can be one of the family: a class by its index, a count,
// a positive number, any number.
func (k *Kernel) Takes(y float64) bool {
	switch k.Family {
	case Logistic:
		return y >= 0 && y < float64(k.Classes) && y == math.Trunc(y)
	case Poisson, NegativeBinomial:
		return y >= 0
	case Gamma:
		return y > 0
	}
	return !math.IsNaN(y)
}

// Derivatives are the log-likelihood of a row and its derivatives by the predictors.
type Derivatives struct {
	Value float64
	// First has a number a predictor, Second one for two of them, row by row.
	First, Second []float64
	// Third is of a single predictor; 0 where the kernel has none.
	Third float64
}

// NewDerivatives makes room for those of a kernel.
func (k *Kernel) NewDerivatives() *Derivatives {
	m := k.Predictors()
	return &Derivatives{First: make([]float64, m), Second: make([]float64, m*m)}
}

// maxPredictor bounds the predictors of which an exponential is taken.
const maxPredictor = 300

// Row fills in the log-likelihood of a target that Takes says is one, and its
// derivatives at the predictors eta.
func (k *Kernel) Row(y float64, eta []float64, out *Derivatives) {
	switch k.Family {
	case Logistic:
		if k.Classes == 2 {
			k.binary(y, eta[0], out)
		} else {
			k.multinomial(int(y), eta, out)
		}
	case Poisson:
		e := bounded(eta[0])
		mu := math.Exp(e)
		out.set(y*e-mu-logFactorial(y), y-mu, -mu, -mu)
	case Gamma:
		e := bounded(eta[0])
		r := y * math.Exp(-e)
		out.set(-r-e, r-1, -r, r)
	case NegativeBinomial:
		negativeBinomial(y, bounded(eta[0]), min(max(eta[1], -30), 30), out)
	case Quantile:
		k.quantile(y-eta[0], out)
	}
}

// set fills in what there is of one predictor.
func (d *Derivatives) set(value, first, second, third float64) {
	d.Value, d.First[0], d.Second[0], d.Third = value, first, second, third
}

func bounded(eta float64) float64 { return min(max(eta, -maxPredictor), maxPredictor) }

func logFactorial(y float64) float64 {
	l, _ := math.Lgamma(y + 1) // the sign is + above 0
	return l
}

// binary is of two classes; eta is the log odds of class 1.
func (k *Kernel) binary(y, eta float64, out *Derivatives) {
	e := math.Exp(-math.Abs(eta))
	p, loss := 1/(1+e), math.Log1p(e)+max(eta, 0)
	if eta < 0 {
		p = e / (1 + e)
	}
	w := e / ((1 + e) * (1 + e))
	out.set(y*eta-loss, y-p, -w, -w*(1-2*p))
}

// multinomial is of more classes; eta are the log odds of all but class 0 against it.
func (k *Kernel) multinomial(y int, eta []float64, out *Derivatives) {
	m := len(eta)
	top := 0.0
	for _, e := range eta {
		top = max(top, e)
	}
	sum := math.Exp(-top)
	for a, e := range eta {
		out.First[a] = math.Exp(e - top)
		sum += out.First[a]
	}
	out.Value, out.Third = -top-math.Log(sum), 0
	for a := range eta {
		out.First[a] /= sum // the probability
	}
	for a := range eta {
		for b := range eta {
			out.Second[a*m+b] = out.First[a] * out.First[b]
		}
		out.Second[a*m+a] -= out.First[a]
	}
	for a := range eta {
		out.First[a] = -out.First[a]
	}
	if y > 0 {
		out.First[y-1]++
		out.Value += eta[y-1]
	}
}

// quantile is of the residual r; less the check loss convolved with a normal kernel.
func (k *Kernel) quantile(r float64, out *Derivatives) {
	u := r / k.Bandwidth
	below := 0.5 * math.Erfc(u/math.Sqrt2)
	density := math.Exp(-u*u/2) / math.Sqrt(2*math.Pi)
	if k.Sharp {
		first := k.Level
		if r < 0 {
			first--
		} else if r == 0 {
			first -= 0.5
		}
		out.set(-r*first, first, -density/k.Bandwidth, 0)
		return
	}
	out.set(-(r*(k.Level-below) + k.Bandwidth*density), k.Level-below, -density/k.Bandwidth, 0)
}
