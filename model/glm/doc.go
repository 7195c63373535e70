// Package glm fits generalised linear models (McCullagh and Nelder, Generalized Linear
// Models, 2nd ed., 1989) to the likelihoods that a project keeps for them: the maximum,
// by Newton's method on rows and on sums together; errors and tests; and the row of terms
// that predictions are made of. It has no model type: classification and regression have.
package glm
