package calibration

import (
	"fmt"
	"math"
)

// Methods by name.
const (
	// None leaves probabilities as they are.
	None = "none"
	// platt is a logistic function of the log odds (Platt, Probabilistic outputs for
	// support vector machines, 1999).
	platt = "platt"
	// isotonic is the best rising function (Zadrozny and Elkan, KDD 2002).
	isotonic = "isotonic"
	// temperature divides the log odds of all classes by one number (Guo and others,
	// On calibration of modern neural networks, ICML 2017).
	temperature = "temperature"
)

// Methods returns all methods.
func Methods() []string { return []string{None, platt, isotonic, temperature} }

// Bin is the weight of the rows of a class, and of all others, at a log odds of the class.
type Bin struct{ Odds, Own, Rest float64 }

// Curve is the bins of a class by rising log odds.
type Curve struct {
	Class string
	Bins  []Bin
}

// weights returns the weight of the rows of the class and of the others.
func (c *Curve) weights() (own, rest float64) {
	for _, b := range c.Bins {
		own += b.Own
		rest += b.Rest
	}
	return own, rest
}

// leastOfClass is the weight of rows of a class, and of others, that the map of a class
// needs. A class with less keeps its probability.
const leastOfClass = 10

// Needs returns the weight of all rows that a method needs. A rising function has as many
// steps as the rows support, and fits chance where they are few (Niculescu-Mizil and
// Caruana, Predicting good probabilities with supervised learning, ICML 2005).
func Needs(method string) float64 {
	if method == isotonic {
		return 1000
	}
	return 100
}

// reach bounds log odds, as exp of more is beyond all counts of rows.
const reach = 32

// oddsOf returns the log odds of a probability.
func oddsOf(p float64) float64 {
	if !(p > 0) {
		return -reach
	}
	return min(max(math.Log(p)-math.Log1p(-min(p, 1)), -reach), reach)
}

// sigmoid is the probability of log odds.
func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// oneMap maps the log odds of a class to its probability.
type oneMap interface {
	at(odds float64) float64
	report(r *ClassReport)
}

// Map calibrates probabilities. Nothing changes it.
type Map struct {
	method string
	of     map[string]oneMap
	report Report
}

// Fit fits a map of a method to curves, one a class; of two classes one suffices. It is nil
// where no class has rows enough. An unknown method is an error.
func Fit(method string, curves []Curve) (*Map, error) {
	m := &Map{method: method, of: map[string]oneMap{}}
	var fit func(c *Curve) oneMap
	switch method {
	case platt:
		fit = fitPlatt
	case isotonic:
		fit = fitIsotonic
	case temperature:
		shared := fitTemperature(curves)
		m.report.Temperature = 1 / shared.slope
		fit = func(*Curve) oneMap { return shared }
	default:
		return nil, fmt.Errorf("calibration method is %q, want one of %q", method, Methods()[1:])
	}
	for i := range curves {
		own, rest := curves[i].weights()
		if own < leastOfClass || rest < leastOfClass {
			continue
		}
		one := fit(&curves[i])
		m.of[curves[i].Class] = one
		told := ClassReport{Class: curves[i].Class, Rows: own, Others: rest}
		one.report(&told)
		m.report.Classes = append(m.report.Classes, told)
	}
	if len(m.of) == 0 {
		return nil, nil
	}
	return m, nil
}

// Apply calibrates the probabilities of classes in place; they add up to 1 again.
func (m *Map) Apply(classes []string, p []float64) {
	if len(p) == 2 {
		m.applyToTwo(classes, p)
		return
	}
	sum := 0.0
	for k, class := range classes {
		if one := m.of[class]; one != nil {
			p[k] = one.at(oddsOf(p[k]))
		}
		sum += p[k]
	}
	for k := range p {
		if sum > 0 {
			p[k] /= sum
		} else {
			p[k] = 1 / float64(len(p))
		}
	}
}

// applyToTwo calibrates two classes by the map of one of them, the second where both have one.
func (m *Map) applyToTwo(classes []string, p []float64) {
	for _, k := range []int{1, 0} {
		if one := m.of[classes[k]]; one != nil {
			p[k] = one.at(oddsOf(p[k]))
			p[1-k] = 1 - p[k]
			return
		}
	}
}

// Report is what is told of a map.
type Report struct {
	// Temperature is what log odds are divided by, of that method only.
	Temperature float64 `json:"temperature,omitempty"`
	// Classes are those that have rows enough; of two classes it is one of them.
	Classes []ClassReport `json:"classes"`
}

// ClassReport is what is told of the map of a class: for platt and temperature the
// logistic function of its log odds, for isotonic the corners of the rising function.
type ClassReport struct {
	Class string `json:"class"`
	// Rows is the weight of the rows of the class, Others of those of other classes.
	Rows   float64 `json:"rows"`
	Others float64 `json:"others"`
	// The probability is 1 / (1 + exp(-(intercept + slope log odds))).
	Slope     *float64 `json:"slope,omitempty"`
	Intercept *float64 `json:"intercept,omitempty"`
	// Points are pairs of an uncalibrated and a calibrated probability, with straight lines
	// between them by log odds.
	Points [][2]float64 `json:"points,omitempty"`
}

// Report tells the map. It must not be changed.
func (m *Map) Report() *Report { return &m.report }
