// Package likelihood has the logarithms of the likelihood of one row, as functions of
// its linear predictors, with their derivatives: what generalised linear models are
// fitted by. It knows neither statistics nor models. [Kernel.Row] is the tour.
package likelihood
