// Package modeltest has the rows, tables and checks that the tests of the model
// families share. Only tests import it.
package modeltest
