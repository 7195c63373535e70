// Package statstest has the rows and the checks that the tests of stats and of
// its wrappers share. Only tests import it.
package statstest
