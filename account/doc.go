// Package account keeps the account of rows that were delivered and do not count.
//
// A [Ledger] takes how many rows of a component were left out, by reason, with one
// example. It writes at most one line an interval and reason to the log, so that a
// million bad rows cost a few lines and one bad row is not lost among them. The
// counts of all lines of a reason add up to the rows that were left out, once the
// ledger is closed.
//
// A [Fault] is an error about one value. It keeps the value apart from the rest of
// its text, so that a log can do without values.
//
// The package writes to no log and keeps no metrics itself: the caller brings the
// function that writes a line.
package account
