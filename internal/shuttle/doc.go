// Package shuttle holds the Statlog (Shuttle) data set in the form that is
// used for anomaly detection: 49,097 rows of nine numbers and a class, of which
// class 1 is normal and the 3,511 rows of the other classes are anomalous.
//
//	r, err := shuttle.Open() // CSV text
//
// README.md names source, licence and what was changed. The package does not
// parse, sample, scale or reorder.
package shuttle
