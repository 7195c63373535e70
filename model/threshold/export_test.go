package threshold

// Read is read, for the tests of threshold_test.
var Read = read
