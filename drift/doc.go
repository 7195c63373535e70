// Package drift tells whether two states of a stream differ, by how much and in which attributes, from
// their statistics alone.
//
// Each attribute is tested on its own: location, spread and distribution of numbers, shares of categories,
// share of missing values. All of them are tested together by their covariances. Every test has a statistic, a
// p-value and an effect size. What the tests need to know of dependence between rows that follow each other
// comes from tiles of time.
package drift
