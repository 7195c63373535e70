package model

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// YeoJohnson returns psi(y) for the power lambda (I. Yeo and R. Johnson, A new
// family of power transformations to improve normality or symmetry, Biometrika
// 87, 2000, equation 2.1): it rises with y for every lambda.
func YeoJohnson(y, lambda float64) float64 {
	if y >= 0 {
		return boxCox(y, lambda)
	}
	return -boxCox(-y, 2-lambda)
}

// boxCox returns ((1+y)^lambda - 1) / lambda, y at least 0.
func boxCox(y, lambda float64) float64 {
	l := math.Log1p(y)
	if lambda == 0 {
		return l
	}
	return math.Expm1(lambda*l) / lambda
}

// InverseYeoJohnson returns the y for which YeoJohnson is z. A z that no y
// reaches gives the y at the nearest that one does.
func InverseYeoJohnson(z, lambda float64) float64 {
	if z >= 0 {
		return inverseBoxCox(z, lambda)
	}
	return -inverseBoxCox(-z, 2-lambda)
}

// reachable is how near to the bound of the transformed values, which there is
// for negative powers, is still told from it.
const reachable = 1e-9

func inverseBoxCox(z, lambda float64) float64 {
	if lambda == 0 {
		return math.Expm1(z)
	}
	return math.Expm1(math.Log(max(1+lambda*z, reachable)) / lambda)
}

// LogJacobian returns what one row adds to the logarithm of the Jacobian of the
// transformation, per lambda - 1: sign(y) log(|y|+1).
func LogJacobian(y float64) float64 { return math.Copysign(math.Log1p(math.Abs(y)), y) }

// Columns of powers, which are learned beside their attribute.
const (
	powerPrefix    = "pt_"
	powerSeparator = "^"
	jacobianSuffix = "log"
)

// PowerColumn names the column of an attribute's power, such as pt_y^-2.0.
func PowerColumn(attribute string, lambda float64) string {
	text := strconv.FormatFloat(lambda, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return powerPrefix + attribute + powerSeparator + text
}

// JacobianColumn names the column of LogJacobian of an attribute.
func JacobianColumn(attribute string) string {
	return powerPrefix + attribute + powerSeparator + jacobianSuffix
}

var powerForm = regexp.MustCompile(`^pt_.+\^(-?\d+\.\d+|log)$`)

// IsPowerColumn reports whether a name is that of a power: no attribute that is
// an input unless it is named.
func IsPowerColumn(name string) bool {
	return strings.HasPrefix(name, powerPrefix) && powerForm.MatchString(name)
}

// PowersOf returns the powers of an attribute among the names of columns.
func PowersOf(attribute string, names []string) (lambdas []float64) {
	for _, name := range names {
		text, ok := strings.CutPrefix(name, powerPrefix+attribute+powerSeparator)
		if !ok {
			continue
		}
		if lambda, err := strconv.ParseFloat(text, 64); err == nil {
			lambdas = append(lambdas, lambda)
		}
	}
	return lambdas
}
