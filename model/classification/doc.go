// Package classification has the models that predict a class: linear and quadratic
// discriminants, naive Bayes and the proximal support vector machine. [Entries]
// lists them.
package classification
