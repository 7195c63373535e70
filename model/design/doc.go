// Package design turns inputs into the terms of a linear model: numeric columns,
// levels of categories, products; and reads the weights, means and co-moments of
// these terms off statistics.
package design
