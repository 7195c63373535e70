// Package regression has the models that predict a number, all of them from the
// co-moments of a design: least squares, its penalised and projected forms, power
// transforms and support vectors. [Entries] lists them.
package regression
