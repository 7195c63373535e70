// Package special has the special functions that hypothesis tests and anomaly
// scores need, each once: the tails of the normal, Student, Fisher and
// chi-square distributions and the quantile of Student's t.
//
// A p-value is often far below the rounding of 1, so a distribution function is
// not enough. Each function here returns both tails ([Tails]), and the smaller
// one keeps full relative precision down to 1e-300. An argument without meaning
// gives NaN; nothing panics.
//
// The incomplete beta and gamma functions are our own, because those of gonum's
// mathext (Cephes) are not exact enough: its beta takes a difference of logarithms
// of gamma functions and of 1 and x, which on the reference values in testdata
// loses up to eleven digits near the middle and for many degrees of freedom, and
// its gamma stops after 2000 terms, so that the lower tail is off by a thousandth
// for 1e7 degrees of freedom and by half for 1e9, which a variance over as many
// rows has. Ours lose three digits at most. TestGonum holds that comparison and
// fails when it no longer holds. The logarithm of the beta function and the normal
// quantile are mathext's.
package special
