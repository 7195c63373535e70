package classification

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

func svmEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "svm",
		Role:    model.RoleClassification,
		Target:  true,
		Summary: "Proximal support vector machine, linear (Fung and Mangasarian, Proximal support vector machine classifiers, KDD 2001, equation 9); with more than two classes, each class against the rest. Categorical inputs have a weight for every value.",
	}, readSVM, buildSVM)
}

// nu weighs errors against the size of the weights; priors stay as observed.
type svmOptions struct {
	classifierOptions
	nu              float64
	standardize     bool
	missing, impute string
}

// readSVM reads the options; a machine has no priors.
func readSVM(r *param.Reader) (o svmOptions) {
	o.readVerdict(r)
	o.nu = r.Number("nu", 1, param.Between(1e-100, 1e100), "The weight of the squared distances from the proximal planes relative to the squares of the weights and of the offset.")
	o.standardize = r.Boolean("standardize", true, "Centre each input and divide it by its standard deviation first.")
	o.missing = readMissing(r)
	o.impute = readImpute(r)
	return o
}

// buildSVM scales all machines by one steepness, their mean over the priors, so that
// the class with the largest decision stays the most probable one.
func buildSVM(_ context.Context, d *model.Definition, o svmOptions, e *model.Evidence) (model.Model, error) {
	g, err := newGroups(d, e, o.missing, design.CodingFull)
	if err != nil {
		return nil, err
	}
	priors, err := o.priorsFor(g.target)
	if err != nil {
		return nil, err
	}
	v, err := o.verdictOn(g.target, priors)
	if err != nil {
		return nil, err
	}
	machines, err := g.proximal(o)
	if err != nil {
		return nil, err
	}
	p, unit := g.terms(), 0.0
	for k, s := range machines {
		unit += priors[k] * g.steepness(k, s.weights)
	}
	m := &linearClassifier{verdict: v, design: g.design, mean: g.total.Means(), center: make([]float64, len(priors)*p)}
	for _, s := range machines {
		m.level = append(m.level, unit*s.level)
		for _, w := range s.weights {
			m.coef = append(m.coef, unit*w)
		}
	}
	if len(machines) == 2 {
		// the second machine is the first one turned over, so half each
		// makes the log odds those of one
		for i := range m.coef {
			m.coef[i] /= 2
		}
		m.level[0], m.level[1] = m.level[0]/2, m.level[1]/2
	}
	if o.impute == design.ImputeConditional {
		m.imputer = design.NewImputer(g.total, p)
	}
	m.pair = newLinearPair(m)
	m.report = func() any { return g.svmReport(m, machines, priors, unit, o) }
	return m, nil
}

// machine is one proximal machine: the decision of a row is level + weights
// times its distance from the means, near 1 in the class and -1 outside.
// level is its decision at the means of the terms, weights are per unit of a term.
type machine struct {
	level   float64
	weights []float64
}

// proximal solves (I/nu + E'E) (w, g) = E'De for each class, E = (A -e) of the
// rows A and D the diagonal of 1 in the class and -1 elsewhere. Standardised
// inputs have mean 0, so the offset is solved by itself.
// All machines share the matrix, so it is factored once. I/nu makes it positive
// definite, and dependent inputs share their weight instead of being an error.
func (g *groups) proximal(o svmOptions) ([]machine, error) {
	p := g.terms()
	n := 0.0
	for _, w := range g.weight {
		n += w
	}
	mean, unit := make([]float64, p), make([]float64, p)
	for i := range p {
		unit[i] = 1
		if !o.standardize {
			mean[i] = g.total.Mean[i].Float()
			continue
		}
		if !design.Constant(g.total, i) {
			unit[i] = 1 / math.Sqrt(g.total.At(i, i).Float()/g.total.Weight.Float())
		}
	}
	q := p + 1
	a := make([]float64, q*q)
	for i := range p {
		for j := range p {
			a[i*q+j] = g.total.At(i, j).Float()*unit[i]*unit[j] + n*mean[i]*mean[j]
		}
		a[i*q+i] += 1 / o.nu
		a[i*q+p], a[p*q+i] = -n*mean[i], -n*mean[i]
	}
	a[p*q+p] = n + 1/o.nu
	f, err := linalg.Factor(a, q, 0)
	if err != nil {
		return nil, err
	}
	if f.Rank() < q {
		return nil, fmt.Errorf("%w: the matrix of the proximal machine is singular at nu %v", design.ErrAliased, o.nu)
	}
	out := make([]machine, len(g.weight))
	for k, w := range g.weight {
		rhs := make([]float64, q)
		for i := range p {
			rhs[i] = 2*w*g.away[k*p+i]*unit[i] + (2*w-n)*mean[i]
		}
		rhs[p] = n - 2*w
		x := f.Solve(rhs)
		s := machine{level: -x[p], weights: x[:p]}
		for i := range p {
			s.level += x[i] * mean[i]
			s.weights[i] *= unit[i]
		}
		out[k] = s
	}
	return out, nil
}

// steepness is how fast the log odds of class k against the rest grow with its
// machine's decision, if that is normal with one variance in both: the
// distance of its means over the variance within (a discriminant analysis of
// one input). 1 where there is no such variance.
func (g *groups) steepness(k int, weights []float64) float64 {
	p, n, total, distance := g.terms(), 0.0, 0.0, 0.0
	for _, w := range g.weight {
		n += w
	}
	own := g.weight[k]
	for i, w := range weights {
		inner := 0.0
		for j, x := range weights {
			inner += x * g.total.At(i, j).Float()
		}
		total += w * inner
		distance += w * g.away[k*p+i]
	}
	// the mean of the rest lies own/(n-own) times as far on the other side
	between := own * distance * distance * (1 + own/(n-own))
	within := (total - between) / n
	if !(within > g.noise*total/n) {
		return 1
	}
	return max(distance*(1+own/(n-own))/within, 0)
}

// svmReport is what Describe returns of svm.
type svmReport struct {
	classifierReport
	Nu float64 `json:"nu"`
	// Steepness is by what a decision is multiplied to be a log odds.
	Steepness float64         `json:"steepness"`
	Machines  []machineReport `json:"machines"`
}

// machineReport is the decision function of a class against the rest: above
// Offset the weighted sum of the terms speaks for the class.
type machineReport struct {
	Class   string    `json:"class"`
	Weights []float64 `json:"weights"`
	Offset  float64   `json:"offset"`
}

// svmReport gives weights and offset in the inputs' own units.
func (g *groups) svmReport(m *linearClassifier, machines []machine, priors []float64, unit float64, o svmOptions) svmReport {
	r := svmReport{classifierReport: g.describe(&m.verdict, priors), Nu: o.nu, Steepness: unit}
	m.functions(r.Classes)
	for k, s := range machines {
		r.Machines = append(r.Machines, machineReport{
			Class: g.target.classes[k], Weights: s.weights, Offset: linalg.DotInFour(m.mean, s.weights) - s.level,
		})
	}
	return r
}
