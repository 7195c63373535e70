// Package model is the contract of models: what a definition says, what a model
// is built from, what it predicts, and what a row of the catalogue has. A model is
// never trained on rows: any model can be built at any time from statistics that
// have been learned. It is immutable then, and safe for concurrent use.
//
// The algorithms are in the folders of their families, one algorithm a file:
// anomaly, classification and regression have model types; design, covariance,
// threshold and evaluation have what these need. Package catalogue lists all
// types. The example of [Catalogue.Build] is the tour.
package model
