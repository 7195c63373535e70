// Package param is the one type for everything that can be set by name:
// options of models, arguments of questions, settings of features, query
// parameters of REST.
//
// A parameter is declared and read by one call of a [Reader]: name, default,
// bounds and description are arguments of the call, the value is its result. So
// no name can be read that is not declared, and what is listed, documented and
// checked is what is read. The example shows all of it.
//
// A function that reads must declare the same parameters whatever the values
// are. The package knows nothing of what the parameters are for.
package param
